// SPDX-License-Identifier: GPL-3.0-or-later
// The Ablate page in the window: its door to the engine, its runs, its actions.
#include "app/gui/main_window.h"

#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/sweep_panel.h"

namespace batlab::app {

QWidget *MainWindow::buildAblatePage()
{
    Result<PresetLibrary> presets = m_workbench->presets();
    m_ablate = new views::AblatePage(m_workbench->document(), m_workbench->selection(),
                                     presets ? *std::move(presets) : PresetLibrary(), m_pages);
    m_ablate->setAsk(ask());
    m_ablate->setWorkspace([this] { return m_workbench->store()->workspace(); });
    connect(m_ablate, &views::AblatePage::readout, this, &MainWindow::setReadout);
    connect(m_ablate, &views::AblatePage::runRequested, this, [this] { newRun(); });
    connect(m_ablate, &views::AblatePage::queueRequested, this, &MainWindow::queue);
    connect(m_ablate->model(), &views::WhatIfModel::changed, m_workbench->actions(),
            &views::ActionRegistry::refresh);
    return m_ablate;
}

void MainWindow::registerAblateActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    const QString section = QStringLiteral("Run");
    const auto shown = [this] { return m_ablate && page() == Ablate && m_ablate->model()->base(); };
    const auto changed = [this, shown] { return shown() && m_ablate->model()->changedCount() > 0; };
    const auto possible = [this, changed] {
        return changed() && m_ablate->model()->current().ok();
    };
    r->add({ QStringLiteral("ablate.queue"),
             tr("Queue what-if as run…"),
             section,
             QKeySequence(tr("Ctrl+Shift+R")),
             tr("Show what differs from the base, then queue it as a run"),
             [this] { m_ablate->queueAsRun(); },
             possible,
             {},
             {} });
    r->add({ QStringLiteral("ablate.copyCommand"),
             tr("Copy what-if as command"),
             section,
             {},
             tr("Copy the batlab-cli line that computes the what-if"),
             [this] { m_ablate->copyCommand(); },
             shown,
             {},
             {} });
    r->add({ QStringLiteral("ablate.reset"),
             tr("Reset the what-if"),
             section,
             {},
             tr("All parameters back to those of the base"),
             [this] { m_ablate->model()->resetAll(); },
             changed,
             {},
             {} });
    r->add({ QStringLiteral("ablate.pin"),
             tr("Pin the what-if"),
             section,
             {},
             tr("Compare every number with the what-if as it is now"),
             [this] { m_ablate->model()->pin(); },
             shown,
             {},
             {} });
    r->add({ QStringLiteral("ablate.sweep"),
             tr("Start or pause the sweep"),
             section,
             {},
             tr("Score every cell of the sweep matrix, or pause"),
             [this] { m_ablate->sweep()->startOrPause(); },
             shown,
             {},
             {} });
}

} // namespace batlab::app
