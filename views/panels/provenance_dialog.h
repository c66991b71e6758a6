// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>
#include <QPair>
#include <QString>

namespace batlab::views {

/// What the results stand on, as a table that can be copied.
class ProvenanceDialog : public QDialog
{
    Q_OBJECT

public:
    /// Name and value; an empty value starts a section (session_report.h, provenance()).
    explicit ProvenanceDialog(const QList<QPair<QString, QString>> &lines,
                              QWidget *parent = nullptr);
    [[nodiscard]] QString text() const; ///< tab-separated, one line each

private:
    QList<QPair<QString, QString>> m_lines;
};

} // namespace batlab::views
