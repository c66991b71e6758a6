// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/link_group.h"

#include "views/plots/qcp.h"

#include <algorithm>

namespace batlab::plots {

LinkGroup::LinkGroup(QObject *parent) : QObject(parent) { }

void LinkGroup::add(QCPAxis *axis)
{
    if (!axis || std::find(m_axes.begin(), m_axes.end(), axis) != m_axes.end())
        return;
    std::erase_if(m_axes, [](const QPointer<QCPAxis> &a) { return a.isNull(); });
    if (!m_axes.empty())
        axis->setRange(m_axes.front()->range());
    m_axes.emplace_back(axis);
    connect(axis, qOverload<const QCPRange &>(&QCPAxis::rangeChanged), this,
            [this, axis] { pass(axis); });
}

void LinkGroup::remove(QCPAxis *axis)
{
    if (!axis)
        return;
    disconnect(axis, nullptr, this, nullptr);
    std::erase(m_axes, QPointer<QCPAxis>(axis));
}

int LinkGroup::size() const
{
    return int(std::count_if(m_axes.begin(), m_axes.end(),
                             [](const QPointer<QCPAxis> &a) { return !a.isNull(); }));
}

void LinkGroup::pass(QCPAxis *from)
{
    if (m_passing)
        return;
    m_passing = true;
    for (const QPointer<QCPAxis> &axis : m_axes) {
        if (!axis || axis == from || axis->range() == from->range())
            continue;
        axis->setRange(from->range());
        if (axis->parentPlot() != from->parentPlot())
            axis->parentPlot()->replot(QCustomPlot::rpQueuedReplot);
    }
    m_passing = false;
}

} // namespace batlab::plots
