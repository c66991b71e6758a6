// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace batlab::views {

class ActionRegistry;

/// What an entry is; typing the mark first shows only its kind.
enum class PaletteKind { action, place, variant, run, setting };
/// ">", "/", "@", "#", ",".
[[nodiscard]] QChar paletteMark(PaletteKind kind);

/// Something the palette can go to besides actions (a layer, a tensor, a variant, a run).
struct PaletteEntry
{
    QString title, section, shortcut;
    std::function<void()> run;
    bool enabled = true;
    PaletteKind kind = PaletteKind::place;
};

/// Type a few letters, press Enter (Ctrl+K). ">" actions, "/" layers and tensors, "@" variants, "#"
/// runs, "," settings.
class CommandPalette : public QDialog
{
    Q_OBJECT

public:
    CommandPalette(ActionRegistry *actions, std::vector<PaletteEntry> places,
                   QWidget *parent = nullptr);
    /// What would be shown for a text, best first (also for tests).
    [[nodiscard]] std::vector<PaletteEntry> matches(const QString &text) const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] static QString sectionTitle(const QString &id); ///< of an action's section
    void refill(const QString &text);
    void runCurrent();

    std::vector<PaletteEntry> m_entries;
    std::vector<PaletteEntry> m_shown;
    QLineEdit *m_text;
    QListWidget *m_list;
};

} // namespace batlab::views
