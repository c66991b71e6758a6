// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace batlab::plots {

/// Title, subtitle, extra widgets, tools, in one row of 32 px. When narrow the subtitle elides
/// first, then the tools fold into the last one ("more").
class PanelHeader : public QWidget
{
    Q_OBJECT
public:
    explicit PanelHeader(QWidget *parent);
    void setTexts(const QString &title, const QString &subtitle);
    void addExtra(QWidget *widget);
    /// A tool added with `keep` stays when the others fold.
    QToolButton *addTool(const QString &glyphName, const QString &text, bool keep = false);
    /// Moves a tool to the left of another.
    void insertTool(QToolButton *before, QToolButton *tool);
    void applyTokens(const Tokens &tokens);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fold();
    QString m_title, m_subtitle;
    QHBoxLayout *m_row;
    QList<QWidget *> m_extras;
    QList<QToolButton *> m_tools;
    QToolButton *m_kept = nullptr;
};

/// The 2-px bar under the header, and the line (with buttons) in the middle of a panel that has no
/// picture.
class ProgressStrip : public QWidget
{
    Q_OBJECT
public:
    explicit ProgressStrip(QWidget *parent);
    /// Shows after 200 ms; progress < 0: unknown.
    void start(double progress);
    void stop();
    [[nodiscard]] bool isShown() const { return m_shown; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QTimer m_delay, m_tick;
    double m_progress = -1, m_phase = 0;
    bool m_shown = false;
};

class StatePanel : public QWidget
{
    Q_OBJECT
public:
    explicit StatePanel(QWidget *parent);
    /// One line, an optional button each; `opaque` covers the picture behind.
    void setLine(const QString &text, const QStringList &buttons, bool isError, bool opaque);
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void pressed(int button);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void recolour();

    QLabel *m_label;
    QHBoxLayout *m_buttons;
    bool m_error = false;
    bool m_opaque = true;
};

} // namespace batlab::plots
