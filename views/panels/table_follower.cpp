// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/table_follower.h"

#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"

#include <QAbstractItemView>
#include <QEvent>

namespace batlab::views {

TableFollower::TableFollower(QWidget *panel, QAbstractItemView *view, WorkbenchDocument *document,
                             SelectionContext *selection, int coalesceMs, Hooks hooks)
    : QObject(panel), m_panel(panel), m_selection(selection), m_hooks(std::move(hooks))
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(coalesceMs);
    connect(&m_timer, &QTimer::timeout, this, [this] { m_hooks.rebuild(); });
    panel->installEventFilter(this);
    connect(document, &WorkbenchDocument::documentReset, this, &TableFollower::later);
    connect(document, &WorkbenchDocument::baselineChanged, this, &TableFollower::later);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts)
                    if (m_hooks.concerns(*a))
                        return later();
            });
    connect(selection->filter(), &PlaceFilter::changed, this, &TableFollower::atOnce);
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant != before.variant) {
                    atOnce();
                } else if (m_panel->isVisible()) {
                    m_hooks.showSelection();
                }
            });
    connect(view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                if (!m_quiet && now.isValid())
                    m_hooks.choose(now.row());
            });
}

void TableFollower::later()
{
    m_stale = true;
    if (m_panel->isVisible() && !m_timer.isActive())
        m_timer.start();
}

void TableFollower::atOnce()
{
    m_stale = true;
    if (m_panel->isVisible())
        m_hooks.rebuild();
}

void TableFollower::taken()
{
    m_timer.stop();
    m_stale = false;
}

std::string TableFollower::variant() const
{
    const QString chosen = m_selection->current().variant;
    return chosen.isEmpty() ? std::string(kReference) : ss(chosen);
}

bool TableFollower::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_panel && event->type() == QEvent::Show) {
        if (m_stale)
            m_hooks.rebuild();
        else
            m_hooks.showSelection();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace batlab::views
