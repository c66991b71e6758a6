// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/recent_files.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace batlab::views {

class SegmentBar;

/// A line of "What is here".
struct HereLine
{
    enum class State { good, info, warning } state = State::info;
    QString name, value, note;
};

/// Shown while nothing is open: the demo, open, recent files, what this machine has, the five
/// pages.
class WelcomePage : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QWidget *parent = nullptr);
    /// Two lines beside the demo button: what it does and how long it takes here.
    void setDemoNote(const QString &first, const QString &second);
    void setDemoEnabled(bool enabled, const QString &why = {});
    void setRecent(const QList<RecentFile> &recent);
    void setHere(const QList<HereLine> &lines);
    void setTheme(const QString &name); ///< "system", "light", "dark"

Q_SIGNALS:
    void demoRequested();
    void sampleRequested();
    void openModelRequested();
    void openFolderRequested();
    void openSessionRequested();
    void recentRequested(const QString &path);
    void clearRecentRequested();
    void themeRequested(const QString &name);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *buildStart();
    [[nodiscard]] QWidget *buildPages();
    [[nodiscard]] QWidget *section(const QString &title, QWidget *link, QGridLayout **grid);
    void arrange();

    QPushButton *m_demo;
    QToolButton *m_sample = nullptr;
    QLabel *m_demoFirst, *m_demoSecond;
    QWidget *m_left, *m_right;
    QGridLayout *m_columns, *m_recent = nullptr, *m_here = nullptr;
    QWidget *m_recentSection = nullptr;
    QToolButton *m_clear = nullptr;
    SegmentBar *m_theme;
};

} // namespace batlab::views
