// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/activation_blocks.h"
#include "core/stats/pyramid.h"
#include "views/models/ask.h"
#include "views/models/engine_questions.h"
#include "views/models/latest_task.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace batlab::views {

/// The numbers of one site on the sample's first tokens, ready to be shown.
struct ActivationView
{
    std::string variant; ///< whose numbers; kReference: as the model gives them
    int layer = 0;
    Site site = Site::t1;
    int tokens = 0, channels = 0;
    std::vector<std::string> pieces;
    LodPyramid magnitude; ///< |x|, [tokens, channels]
    LodPyramid errors; ///< mean squared quantization error, [tokens, blocks]
    ActivationBlocks blocks;
};

/// Asks the engine for the activations of the selected site, as long as somebody wants them, and
/// works on them off the GUI thread. The newest question wins.
class ActivationSource : public QObject
{
    Q_OBJECT

public:
    static constexpr int kTokens = 64;
    enum class State { idle, loading, ready, noRun, error };

    ActivationSource(WorkbenchDocument *document, SelectionContext *selection,
                     QObject *parent = nullptr);
    void setAsk(Ask ask);
    /// `who` wants the numbers or no longer does; nobody: nothing is asked.
    void setWanted(const QObject *who, bool wanted);
    /// Whose numbers: those of the selected variant, or the model's own.
    void setBefore(bool before);
    void retry();
    void cancel();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const Error &error() const { return m_error; }
    /// Null unless it is of the present selection, and of its layer as it is now.
    [[nodiscard]] std::shared_ptr<const ActivationView> view() const;

Q_SIGNALS:
    void changed();

private:
    struct Key
    {
        std::string variant;
        int layer = 0;
        Site site = Site::t1;
        /// Content hashes of the variant's layer and of its entry; empty: not done, or the model's.
        std::string part, entry;
        bool operator==(const Key &) const = default;
    };
    [[nodiscard]] Key key() const;
    void later();
    void request();
    void take(const Key &key, const Result<Json> &reply);
    void setState(State state);

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    Ask m_ask;
    QTimer m_timer;
    std::vector<const QObject *> m_wanting;
    bool m_before = false;
    State m_state = State::idle;
    Error m_error;
    std::optional<Key> m_asked, m_ready;
    std::shared_ptr<const ActivationView> m_view;
    LatestTask<Result<std::shared_ptr<const ActivationView>>> m_task;
};

} // namespace batlab::views
