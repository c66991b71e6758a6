// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QIcon>
#include <QLabel>
#include <QPalette>
#include <QToolButton>

#include <initializer_list>
#include <utility>
#include <vector>

class QButtonGroup;
class QSplitter;

/// Small parts every panel is made of; they follow the theme by themselves.
namespace batlab::views {

using TokenColor = QColor plots::Tokens::*;

/// Keeps palette roles of a widget at token colours through theme changes.
void keepColors(QWidget *widget,
                std::initializer_list<std::pair<QPalette::ColorRole, TokenColor>> colors);

/// An icon of resources/icons in the theme's colours ("open", "save", ...).
[[nodiscard]] QIcon themedIcon(const QString &name, const plots::Tokens &tokens);
/// Sets a themed icon on a button and renews it when the theme changes.
void keepIcon(QToolButton *button, const QString &name);

/// A label in one of the text colours.
[[nodiscard]] QLabel *makeLabel(const QString &text, TokenColor color, const QFont &font,
                                QWidget *parent = nullptr);
/// Text in the accent colour that acts like a link.
[[nodiscard]] QToolButton *makeLink(const QString &text, QWidget *parent = nullptr);
/// A flat 28-px tool button with a themed icon.
[[nodiscard]] QToolButton *makeTool(const QString &icon, const QString &toolTip,
                                    QWidget *parent = nullptr);
/// A 1-px line in the colour of borders.
[[nodiscard]] QWidget *makeHairline(Qt::Orientation orientation, QWidget *parent = nullptr);
/// A splitter with a thin handle, whose parts cannot be pushed out of sight. Sessions keep its
/// sizes by the name, which stays and is the only one of its page.
[[nodiscard]] QSplitter *makeSplitter(Qt::Orientation orientation, const QString &name,
                                      QWidget *parent);

/// A short state on a tinted ground.
class Chip : public QLabel
{
    Q_OBJECT

public:
    enum class Tone { neutral, good, warn, bad };
    explicit Chip(QWidget *parent = nullptr);
    void setChip(Tone tone, const QString &text, const QString &toolTip = {});
    [[nodiscard]] Tone tone() const { return m_tone; }

Q_SIGNALS:
    void clicked();

protected:
    void changeEvent(QEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void recolor();
    Tone m_tone = Tone::neutral;
};

/// A label that gives way: wraps to as many lines as it may have, elides the last one and shows the
/// whole text as its tooltip.
class ElidedLabel : public QLabel
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr);
    void setMostLines(int lines); ///< one, unless said
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int m_most = 1;
};

/// Exclusive segments in one framed row ("T1 T2 T3 T4").
class SegmentBar : public QWidget
{
    Q_OBJECT

public:
    explicit SegmentBar(QWidget *parent = nullptr);
    void addSegment(const QString &text, const QString &toolTip, int id);
    void setCurrent(int id); ///< without a signal
    void setText(int id, const QString &text); ///< "Lost 12"
    [[nodiscard]] int current() const;

Q_SIGNALS:
    void chosen(int id);

private:
    QButtonGroup *m_group;
};

} // namespace batlab::views
