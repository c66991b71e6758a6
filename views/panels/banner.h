// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace batlab::views {

/// One line across the window for what went wrong and the actions that help; no message box.
class Banner : public QWidget
{
    Q_OBJECT

public:
    enum class Tone { info, warning, error };
    explicit Banner(QWidget *parent = nullptr);
    /// Buttons in order; buttonPressed(index) tells which. The close button is always there.
    void showMessage(Tone tone, const QString &text, const QStringList &buttons = {},
                     const QString &details = {});
    [[nodiscard]] QString text() const;
    [[nodiscard]] QStringList buttons() const;

Q_SIGNALS:
    void buttonPressed(int index);
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void recolor();
    Tone m_tone = Tone::info;
    QLabel *m_text;
    QHBoxLayout *m_row;
    QList<QWidget *> m_buttons;
};

} // namespace batlab::views
