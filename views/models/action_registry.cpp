// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/action_registry.h"

#include <QVarLengthArray>

#include <algorithm>

namespace batlab::views {

namespace {

void giveKeys(QAction *action, const ActionSpec &spec, const QKeySequence &sequence)
{
    action->setShortcut(sequence);
    const QString keys = sequence.toString(QKeySequence::NativeText);
    const QString help = spec.help.isEmpty() ? spec.title : spec.help;
    action->setToolTip(keys.isEmpty() ? help
                                      : help + QStringLiteral(" (") + keys + QLatin1Char(')'));
}

} // namespace

ActionRegistry::ActionRegistry(QObject *parent) : QObject(parent) { }

QAction *ActionRegistry::add(ActionSpec spec)
{
    Q_ASSERT_X(!spec.id.isEmpty() && !m_byId.contains(spec.id), "ActionRegistry::add",
               qPrintable(spec.id));
    auto *action = new QAction(spec.title, this);
    action->setObjectName(spec.id);
    giveKeys(action, spec, spec.shortcut);
    action->setStatusTip(spec.help.isEmpty() ? spec.title : spec.help);
    action->setCheckable(static_cast<bool>(spec.checked));
    if (spec.run)
        connect(action, &QAction::triggered, this, [run = spec.run] { run(); });
    if (spec.enabled)
        action->setEnabled(spec.enabled());
    if (spec.checked)
        action->setChecked(spec.checked());
    m_byId.insert(spec.id, action);
    m_entries.push_back({ std::move(spec), action });
    Q_EMIT changed();
    return action;
}

void ActionRegistry::remove(const QString &id)
{
    const auto at = std::find_if(m_entries.begin(), m_entries.end(),
                                 [&](const Entry &e) { return e.spec.id == id; });
    if (at == m_entries.end())
        return;
    m_byId.remove(id);
    delete at->action;
    m_entries.erase(at);
    Q_EMIT changed();
}

QAction *ActionRegistry::action(const QString &id) const { return m_byId.value(id, nullptr); }

const ActionSpec *ActionRegistry::spec(const QString &id) const
{
    const auto at = std::find_if(m_entries.begin(), m_entries.end(),
                                 [&](const Entry &e) { return e.spec.id == id; });
    return at == m_entries.end() ? nullptr : &at->spec;
}

std::vector<QAction *> ActionRegistry::section(const QString &name) const
{
    std::vector<QAction *> out;
    for (const Entry &e : m_entries) {
        if (e.spec.section == name)
            out.push_back(e.action);
    }
    return out;
}

std::vector<QAction *> ActionRegistry::actions() const
{
    std::vector<QAction *> out;
    out.reserve(m_entries.size());
    for (const Entry &e : m_entries)
        out.push_back(e.action);
    return out;
}

void ActionRegistry::setShortcut(const QString &id, const QKeySequence &keys)
{
    QAction *found = action(id);
    if (!found || found->shortcut() == keys)
        return;
    giveKeys(found, *spec(id), keys);
    Q_EMIT changed();
}

QAction *ActionRegistry::withShortcut(const QKeySequence &keys) const
{
    if (keys.isEmpty())
        return nullptr;
    const auto at = std::find_if(m_entries.begin(), m_entries.end(),
                                 [&](const Entry &e) { return e.action->shortcut() == keys; });
    return at == m_entries.end() ? nullptr : at->action;
}

bool ActionRegistry::trigger(const QString &id)
{
    refresh();
    QAction *found = action(id);
    if (!found || !found->isEnabled())
        return false;
    found->trigger();
    return true;
}

void ActionRegistry::refresh()
{
    for (const Entry &e : m_entries) {
        if (e.spec.enabled)
            e.action->setEnabled(e.spec.enabled());
        if (e.spec.checked)
            e.action->setChecked(e.spec.checked());
    }
}

int fuzzyScore(const QString &pattern, const QString &text)
{
    QVarLengthArray<QChar, 64> wanted;
    // The last place of each character with the rest of the pattern still behind it.
    QVarLengthArray<qsizetype, 64> latest;
    for (const QChar c : pattern)
        if (!c.isSpace()) {
            wanted.append(c.toLower());
            latest.append(-1);
        }
    qsizetype left = wanted.size();
    for (qsizetype i = text.size() - 1; i >= 0 && left > 0; --i)
        if (text.at(i).toLower() == wanted[left - 1])
            latest[--left] = i;
    if (left > 0)
        return -1;
    if (wanted.isEmpty())
        return 0;
    constexpr int kWordStart = 8, kAdjacent = 9, kHit = 1;
    int score = 0;
    qsizetype at = 0, last = -2;
    for (qsizetype w = 0; w < wanted.size(); ++w) {
        qsizetype hit = -1;
        for (qsizetype i = at; i <= latest[w]; ++i) {
            if (text.at(i).toLower() != wanted[w])
                continue;
            const bool start = i == 0 || !text.at(i - 1).isLetterOrNumber();
            if (hit < 0)
                hit = i;
            if (start || i == last + 1) { // prefer the start of a word or a run over the first hit
                hit = i;
                break;
            }
        }
        score += kHit;
        if (hit == 0 || !text.at(hit - 1).isLetterOrNumber())
            score += kWordStart;
        if (hit == last + 1)
            score += kAdjacent;
        last = hit;
        at = hit + 1;
    }
    return score * 100 - static_cast<int>(std::min<qsizetype>(text.size(), 99));
}

} // namespace batlab::views
