// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/run_spec.h"

#include <QDialog>

#include <vector>

class QTableWidget;

namespace batlab::views {

/// What a run will do differently, row by row, before it is frozen and queued.
class SpecDifferenceDialog : public QDialog
{
    Q_OBJECT

public:
    SpecDifferenceDialog(const QString &from, const std::vector<SpecDifference> &rows,
                         const QString &note, QWidget *parent = nullptr);
    [[nodiscard]] QTableWidget *table() const { return m_table; }

private:
    QTableWidget *m_table;
};

} // namespace batlab::views
