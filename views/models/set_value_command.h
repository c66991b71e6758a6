// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>

#include <functional>
#include <utility>

namespace batlab::views {

/// Undo for anything with a setter: keeps the old and the new value. Commands with the same
/// non-negative mergeId that follow each other become one (spin boxes, sliders).
template<class T>
class SetValueCommand : public QUndoCommand
{
public:
    using Setter = std::function<void(const T &)>;

    SetValueCommand(const QString &text, T before, T after, Setter set, int mergeId = -1)
        : QUndoCommand(text)
        , m_before(std::move(before))
        , m_after(std::move(after))
        , m_set(std::move(set))
        , m_mergeId(mergeId)
    { }

    void undo() override { m_set(m_before); }
    void redo() override { m_set(m_after); }
    [[nodiscard]] int id() const override { return m_mergeId; }

    bool mergeWith(const QUndoCommand *other) override
    {
        if (m_mergeId < 0 || other->id() != m_mergeId)
            return false;
        const auto *next = dynamic_cast<const SetValueCommand<T> *>(other);
        if (!next)
            return false;
        m_after = next->m_after;
        setObsolete(m_after == m_before);
        return true;
    }

private:
    T m_before, m_after;
    Setter m_set;
    int m_mergeId;
};

} // namespace batlab::views
