// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/spec/run_spec.h"

#include <QDialog>

#include <vector>

class QPushButton;
class QTableWidget;

namespace batlab::views {

class PreflightPanel;

/// What a run will do differently, row by row, and what it needs, before it is frozen and queued:
/// as with the run form, once preflight has answered.
class SpecDifferenceDialog : public QDialog
{
    Q_OBJECT

public:
    SpecDifferenceDialog(const QString &from, const std::vector<SpecDifference> &rows,
                         const QString &note, QWidget *parent = nullptr);
    [[nodiscard]] QTableWidget *table() const { return m_table; }
    [[nodiscard]] PreflightPanel *preflight() const { return m_preflight; }
    [[nodiscard]] QPushButton *queueButton() const { return m_queue; }
    void setChecking();
    /// The engine's answer to preflight. One that cannot check keeps nothing from being queued.
    void setPreflight(const Result<Json> &answer);

Q_SIGNALS:
    void preflightRequested(); ///< once more

private:
    QTableWidget *m_table;
    PreflightPanel *m_preflight;
    QPushButton *m_queue;
};

} // namespace batlab::views
