// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"
#include "core/spec/sweep.h"
#include "views/models/what_if_model.h"

#include <QElapsedTimer>
#include <QObject>

#include <optional>
#include <vector>

namespace batlab::views {

/// A grid of what-ifs over two or three parameters, asked one after the other; edits of the form
/// keep their own questions, so the window stays quick while it runs.
class WhatIfSweep : public QObject
{
    Q_OBJECT

public:
    struct Cell
    {
        enum class State { queued, running, done, impossible, failed };
        State state = State::queued;
        WhatIfAnswerPtr answer; ///< when done
        QString reason; ///< impossible, failed
        Json changes = Json::object(); ///< of the whole what-if
    };
    static constexpr int kMostCells = 512;

    explicit WhatIfSweep(WhatIfModel *model, QObject *parent = nullptr);

    /// Axes as "path=a,b,c": rows, columns and, optional, groups of columns. Starts at once.
    Result<void> start(const QString &rows, const QString &columns, const QString &groups = {});
    void setPaused(bool paused);
    void cancel(); ///< what is done stays
    void retryFailed(); ///< and what is queued, when none is at work

    [[nodiscard]] bool isEmpty() const { return m_cells.empty(); }
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] bool isPaused() const { return m_paused; }
    [[nodiscard]] int layer() const { return m_layer; }
    [[nodiscard]] const SweepAxis &rows() const { return m_axes[m_axes.size() - 2]; }
    [[nodiscard]] const SweepAxis &columns() const { return m_axes.back(); }
    [[nodiscard]] const SweepAxis *groups() const
    {
        return m_axes.size() > 2 ? &m_axes.front() : nullptr;
    }
    /// Group by group, row by row: the order they are asked in.
    [[nodiscard]] const std::vector<Cell> &cells() const { return m_cells; }
    [[nodiscard]] int doneCount() const; ///< cells that need no more work
    [[nodiscard]] double secondsLeft() const; ///< negative: unknown
    [[nodiscard]] std::optional<int> presentCell() const; ///< the one that equals the form
    [[nodiscard]] QString cellTitle(int at) const; ///< "g1:g2 8×4, scaleRule uos"
    void loadCell(int at); ///< into the form, undoable
    /// What the session keeps of a finished sweep: the output SQNR, and in each cell's
    /// detail.metrics all others by their id (WhatIfMetrics::kinds), of every site.
    [[nodiscard]] Sweep artifact() const;

    /// Parameters that can be swept, those of stages the recipe has first.
    [[nodiscard]] static std::vector<std::string> paths(const WhatIfModel &model);
    [[nodiscard]] static QString pathTitle(const std::string &path);
    /// Values to start with: all choices, or a few around the default.
    [[nodiscard]] static QString suggestedValues(const std::string &path);

Q_SIGNALS:
    void changed();
    void finished();

private:
    void next();
    void stop();

    WhatIfModel *m_model;
    std::vector<SweepAxis> m_axes; ///< [groups,] rows, columns
    std::vector<SweepCell> m_places;
    std::vector<Cell> m_cells;
    QString m_baseKey;
    QElapsedTimer m_clock;
    double m_spent = 0;
    int m_layer = 0, m_asked = 0, m_generation = 0;
    bool m_running = false, m_paused = false;
};

} // namespace batlab::views
