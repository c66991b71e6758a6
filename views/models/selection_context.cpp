// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/selection_context.h"

#include <algorithm>

namespace batlab::views {

namespace {

constexpr int kBlockSize = 32;
constexpr std::size_t kHistoryLimit = 200;

bool samePlace(const Selection &a, const Selection &b)
{
    return a.session == b.session && a.variant == b.variant && a.layer == b.layer
        && a.site == b.site && a.block == b.block;
}

} // namespace

SelectionContext::SelectionContext(QObject *parent) : QObject(parent)
{
    qRegisterMetaType<Selection>();
}

Selection SelectionContext::clamped(Selection s) const
{
    s.layer = std::clamp(s.layer, 0, std::max(0, m_extent.layers - 1));
    s.block = std::max(0, s.block);
    if (const int blocks = m_extent.blocks[static_cast<std::size_t>(s.site)]; blocks > 0)
        s.block = std::min(s.block, blocks - 1);
    if (s.channel / kBlockSize != s.block || s.channel < 0)
        s.channel = s.block * kBlockSize;
    s.token = std::max(0, s.token);
    if (m_extent.tokens > 0)
        s.token = std::min(s.token, m_extent.tokens - 1);
    return s;
}

void SelectionContext::setExtent(const SelectionExtent &extent)
{
    if (extent == m_extent)
        return;
    m_extent = extent;
    Q_EMIT extentChanged();
    apply(clamped(m_current));
}

void SelectionContext::apply(const Selection &next)
{
    if (next == m_current)
        return;
    const Selection before = m_current;
    m_current = next;
    Q_EMIT changed(m_current, before);
}

void SelectionContext::set(Selection next)
{
    next = clamped(std::move(next));
    if (next == m_current)
        return;
    if (!samePlace(next, m_current)) {
        m_back.push_back(m_current);
        if (m_back.size() > kHistoryLimit)
            m_back.erase(m_back.begin());
        m_forward.clear();
        Q_EMIT historyChanged();
    }
    apply(next);
}

void SelectionContext::setVariant(const QString &variant)
{
    Selection s = m_current;
    s.variant = variant;
    set(s);
}

void SelectionContext::setLayer(int layer) { setCell(layer, m_current.site, m_current.block); }

void SelectionContext::setSite(Site site) { setCell(m_current.layer, site, m_current.block); }

void SelectionContext::setBlock(int block) { setCell(m_current.layer, m_current.site, block); }

void SelectionContext::setCell(int layer, int block) { setCell(layer, m_current.site, block); }

void SelectionContext::setCell(int layer, Site site, int block)
{
    Selection s = m_current;
    s.layer = layer;
    s.site = site;
    s.block = block;
    set(s);
}

void SelectionContext::setChannel(int channel)
{
    Selection s = m_current;
    s.channel = std::max(0, channel);
    s.block = s.channel / kBlockSize;
    set(s);
}

void SelectionContext::setToken(int token)
{
    Selection s = m_current;
    s.token = token;
    set(s);
}

void SelectionContext::back()
{
    if (m_back.empty())
        return;
    const Selection next = clamped(m_back.back());
    m_back.pop_back();
    m_forward.push_back(m_current);
    Q_EMIT historyChanged();
    apply(next);
}

void SelectionContext::forward()
{
    if (m_forward.empty())
        return;
    const Selection next = clamped(m_forward.back());
    m_forward.pop_back();
    m_back.push_back(m_current);
    Q_EMIT historyChanged();
    apply(next);
}

void SelectionContext::clearHistory()
{
    m_back.clear();
    m_forward.clear();
    Q_EMIT historyChanged();
}

} // namespace batlab::views
