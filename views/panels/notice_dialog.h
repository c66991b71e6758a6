// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>

class QDialogButtonBox;
class QPlainTextEdit;

namespace batlab::views {

/// A longer text that was asked for (details of an error, facts of a run): to be read and copied.
class NoticeDialog : public QDialog
{
    Q_OBJECT

public:
    NoticeDialog(const QString &title, const QString &heading, const QString &text,
                 QWidget *parent);
    /// One more button, which closes the dialog and acts.
    void addButton(const QString &label, std::function<void()> act);
    [[nodiscard]] QString text() const;

private:
    QPlainTextEdit *m_text;
    QDialogButtonBox *m_buttons;
};

} // namespace batlab::views
