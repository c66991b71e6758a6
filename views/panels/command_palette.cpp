// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/command_palette.h"

#include "views/models/action_registry.h"
#include "views/plots/theme.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <optional>

namespace batlab::views {

namespace {
constexpr std::size_t kShownRows = 40;
}

CommandPalette::CommandPalette(ActionRegistry *actions, std::vector<PaletteEntry> places,
                               QWidget *parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_text(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setWindowTitle(tr("Go to"));
    for (QAction *action : actions->actions()) {
        const ActionSpec *spec = actions->spec(action->objectName());
        if (spec && spec->id != QLatin1String("view.palette"))
            m_entries.push_back(
                { spec->title, spec->section, action->shortcut().toString(QKeySequence::NativeText),
                  [action] { action->trigger(); }, action->isEnabled(), PaletteKind::action });
    }
    for (PaletteEntry &place : places)
        m_entries.push_back(std::move(place));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    m_text->setPlaceholderText(
        tr("Go to…   > action   / layer, tensor   @ variant   # run   , setting"));
    m_text->setAccessibleName(tr("Go to"));
    m_text->setToolTip(tr("Type a few letters of a title"));
    m_text->setMinimumHeight(plots::px(32));
    m_list->setAccessibleName(tr("Matches"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    column->addWidget(m_text);
    column->addWidget(m_list, 1);
    resize(plots::px(520), plots::px(360));
    m_text->installEventFilter(this);
    connect(m_text, &QLineEdit::textChanged, this, &CommandPalette::refill);
    connect(m_text, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    refill({});
    m_text->setFocus();
}

QChar paletteMark(PaletteKind kind)
{
    static constexpr char16_t marks[] = { u'>', u'/', u'@', u'#', u',' };
    return marks[static_cast<std::size_t>(kind)];
}

std::vector<PaletteEntry> CommandPalette::matches(const QString &typed) const
{
    QString text = typed;
    std::optional<PaletteKind> only;
    for (const PaletteKind kind : { PaletteKind::action, PaletteKind::place, PaletteKind::variant,
                                    PaletteKind::run, PaletteKind::setting }) {
        if (text.startsWith(paletteMark(kind))) {
            only = kind;
            text = text.mid(1).trimmed();
            break;
        }
    }
    std::vector<std::pair<int, const PaletteEntry *>> scored;
    for (const PaletteEntry &entry : m_entries) {
        if (!entry.enabled || (only && entry.kind != *only))
            continue;
        const int score =
            std::max(fuzzyScore(text, entry.title),
                     fuzzyScore(text, entry.section + QLatin1Char(' ') + entry.title) - 50);
        if (text.isEmpty() || score > 0)
            scored.emplace_back(score, &entry);
    }
    std::stable_sort(scored.begin(), scored.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<PaletteEntry> out;
    for (std::size_t i = 0; i < std::min(scored.size(), kShownRows); ++i)
        out.push_back(*scored[i].second);
    return out;
}

void CommandPalette::refill(const QString &text)
{
    m_shown = matches(text.trimmed());
    m_list->clear();
    for (const PaletteEntry &entry : m_shown) {
        QString line = entry.section + QStringLiteral("  ›  ") + entry.title;
        if (!entry.shortcut.isEmpty())
            line += QStringLiteral("    ") + entry.shortcut;
        m_list->addItem(line);
    }
    m_list->setCurrentRow(m_shown.empty() ? -1 : 0);
}

void CommandPalette::runCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= static_cast<int>(m_shown.size()))
        return;
    const auto run = m_shown[static_cast<std::size_t>(row)].run;
    accept();
    if (run)
        run();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_text && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown: QCoreApplication::sendEvent(m_list, event); return true;
        default: break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace batlab::views
