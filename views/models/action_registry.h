// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QObject>
#include <QString>

#include <functional>
#include <vector>

namespace batlab::views {

/// One thing a user can do. Menus, toolbar, palette and shortcut sheet are made from these rows.
struct ActionSpec
{
    QString id; ///< stable, e.g. "file.save"; also the QAction's objectName
    QString title; ///< sentence case, "…" when more is asked
    QString section; ///< menu: "File", "Edit", "View", "Run", ...
    QKeySequence shortcut;
    QString help; ///< tooltip and status tip: one phrase
    std::function<void()> run;
    std::function<bool()> enabled; ///< empty: always
    std::function<bool()> checked; ///< not empty: checkable, state asked on refresh()
    QString icon; ///< name of a resource icon; may be empty
};

/// The single place where actions live (workbench.md B.5).
class ActionRegistry : public QObject
{
    Q_OBJECT

public:
    explicit ActionRegistry(QObject *parent = nullptr);

    /// Makes the QAction (owned by the registry). An id may be used once.
    QAction *add(ActionSpec spec);
    void remove(const QString &id);
    [[nodiscard]] QAction *action(const QString &id) const; ///< null if unknown
    [[nodiscard]] const ActionSpec *spec(const QString &id) const;
    [[nodiscard]] std::vector<QAction *>
    section(const QString &name) const; ///< in order of registration
    [[nodiscard]] std::vector<QAction *> actions() const;
    /// Another shortcut than the spec's (which stays the default); empty: none.
    void setShortcut(const QString &id, const QKeySequence &keys);
    /// The action that has these keys now, null if none.
    [[nodiscard]] QAction *withShortcut(const QKeySequence &keys) const;
    /// Runs an action if it exists and is enabled; says whether it did.
    bool trigger(const QString &id);
    /// Asks every predicate again. Call after the state behind them changed.
    void refresh();

Q_SIGNALS:
    void changed();

private:
    struct Entry
    {
        ActionSpec spec;
        QAction *action = nullptr;
    };
    std::vector<Entry> m_entries;
    QHash<QString, QAction *> m_byId;
};

/// How well `pattern` matches `text` as a subsequence; higher is better, negative: no match. Word
/// starts and runs of adjacent letters count more; case is ignored.
[[nodiscard]] int fuzzyScore(const QString &pattern, const QString &text);

} // namespace batlab::views
