// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QStackedWidget;
class QToolButton;

namespace batlab::plots {
class PanelHeader;
class StatePanel;
} // namespace batlab::plots

namespace batlab::views {

/// A panel whose content is a table or a form: the same header as a plot's, content, and the states
/// of design 4.
class PanelFrame : public QWidget
{
    Q_OBJECT

public:
    explicit PanelFrame(const QString &title, QWidget *parent = nullptr);
    void setContent(QWidget *content); ///< takes ownership
    void setTitle(const QString &title);
    void setSubtitle(const QString &subtitle);
    void addHeaderWidget(QWidget *widget);
    void setReady();
    void setEmpty(const QString &text, const QString &action = {});
    /// Text in the colour of errors, and Retry: actionTriggered() when it is pressed.
    void setError(const QString &text);
    [[nodiscard]] QString emptyText() const; ///< empty while ready

Q_SIGNALS:
    void actionTriggered();

protected:
    void changeEvent(QEvent *event) override;

private:
    QString m_title, m_subtitle;
    plots::PanelHeader *m_header;
    QStackedWidget *m_stack;
    plots::StatePanel *m_state;
};

} // namespace batlab::views
