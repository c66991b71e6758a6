// SPDX-License-Identifier: GPL-3.0-or-later
// Menus, command palette, shortcut sheet, about: all made from the action registry.
#include "app/gui/main_window.h"

#include "app/gui/about_text.h"
#include "app/gui/shell.h"
#include "views/panels/command_palette.h"
#include "views/panels/notice_dialog.h"
#include "views/panels/status_strip.h"
#include "views/plots/theme.h"

#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>

namespace batlab::app {

void MainWindow::buildMenus()
{
    menuBar()->setFixedHeight(plots::px(26));
    views::ActionRegistry *r = m_workbench->actions();
    const struct
    {
        const char *section;
        QString title;
    } menus[] = { { "File", tr("&File") }, { "Edit", tr("&Edit") }, { "View", tr("&View") },
                  { "Go", tr("&Go") },     { "Run", tr("&Run") },   { "Help", tr("&Help") } };
    const auto filled = [r](QMenu *menu, const QString &section) {
        menu->menuAction()->setObjectName(QStringLiteral("menu.") + section);
        for (QAction *action : r->section(section))
            menu->addAction(action);
        return menu;
    };
    for (const auto &m : menus) {
        QMenu *menu = filled(menuBar()->addMenu(m.title), QLatin1String(m.section));
        menu->setToolTipsVisible(true);
        connect(menu, &QMenu::aboutToShow, r, &views::ActionRegistry::refresh);
        if (qstrcmp(m.section, "File") == 0) {
            connect(menu, &QMenu::aboutToShow, this, &MainWindow::lookForLeftovers);
            QMenu *recent = new QMenu(tr("Open recent"), menu);
            recent->menuAction()->setObjectName(QStringLiteral("menu.Recent"));
            menu->insertMenu(r->action(QStringLiteral("file.save")), recent);
            connect(recent, &QMenu::aboutToShow, this, [this, recent, r] {
                recent->clear();
                const QList<views::RecentFile> files = m_recentFiles.list();
                const std::vector<QAction *> actions = r->section(QStringLiteral("Recent"));
                for (qsizetype i = 0;
                     i < files.size() && i < static_cast<qsizetype>(actions.size()); ++i) {
                    QAction *action = actions[static_cast<std::size_t>(i)];
                    action->setText(QFileInfo(files.at(i).path).fileName());
                    action->setToolTip(files.at(i).path);
                    recent->addAction(action);
                }
            });
        } else if (qstrcmp(m.section, "View") == 0) {
            filled(menu->addMenu(tr("Filter")), QStringLiteral("Filter"))->setToolTipsVisible(true);
            filled(menu->addMenu(tr("Theme")), QStringLiteral("Theme"));
        }
    }
    // Shortcuts work wherever the focus is, also of actions that stand in no menu.
    for (QAction *action : r->actions())
        addAction(action);
}

void MainWindow::showPalette()
{
    lookForLeftovers();
    auto *palette =
        new views::CommandPalette(m_workbench->actions(), m_shell->palettePlaces(), this);
    palette->setAttribute(Qt::WA_DeleteOnClose);
    palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, plots::px(70))));
    palette->show();
}

void MainWindow::showAbout()
{
    openNotice(QStringLiteral("about"), tr("About Batlab"),
               tr("Batlab %1, workbench for MXFP4 post-training quantization")
                   .arg(QStringLiteral(BATLAB_VERSION)),
               aboutText(m_workbench->engine()->hello(), m_status->deviceText(),
                         m_status->resourceText(),
                         m_shell->isRemote() ? m_shell->remoteHost() : QString(), gpuNames()));
}

} // namespace batlab::app
