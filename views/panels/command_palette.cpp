// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/command_palette.h"

#include "views/models/action_registry.h"
#include "views/plots/theme.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <optional>

namespace batlab::views {

namespace {

constexpr std::size_t kShownRows = 40;
enum Role { SectionRole = Qt::UserRole, TitleRole, KeysRole };

/// Section in text3, then the title; keys stand at the right.
class EntryDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return { plots::px(200), plots::px(24) };
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const plots::Tokens &t = plots::tokensOf(option.widget);
        option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter,
                                              option.widget);
        const bool chosen = option.state & QStyle::State_Selected;
        const QRect room = option.rect.adjusted(plots::px(10), 0, -plots::px(10), 0);
        const QFontMetrics &metrics = option.fontMetrics;
        const QString keys = index.data(KeysRole).toString(),
                      section = index.data(SectionRole).toString() + QStringLiteral("  ›  ");
        painter->save();
        painter->setFont(option.font);
        painter->setPen(t.text3);
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, keys);
        painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter, section);
        const int left = metrics.horizontalAdvance(section),
                  right = keys.isEmpty() ? 0 : metrics.horizontalAdvance(keys) + plots::px(12);
        const QRect title = room.adjusted(left, 0, -right, 0);
        painter->setPen(chosen ? t.selText : t.text);
        painter->drawText(
            title, Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(index.data(TitleRole).toString(), Qt::ElideRight, title.width()));
        painter->restore();
    }
};

} // namespace

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
            m_entries.push_back({ spec->title, sectionTitle(spec->section),
                                  action->shortcut().toString(QKeySequence::NativeText),
                                  [action] { action->trigger(); }, action->isEnabled(),
                                  PaletteKind::action });
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
    m_list->setItemDelegate(new EntryDelegate(m_list));
    column->addWidget(m_text);
    column->addWidget(m_list, 1);
    resize(plots::px(600), plots::px(420));
    m_text->installEventFilter(this);
    connect(m_text, &QLineEdit::textChanged, this, &CommandPalette::refill);
    connect(m_text, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    refill({});
    m_text->setFocus();
}

QString CommandPalette::sectionTitle(const QString &id)
{
    const std::pair<const char *, QString> titles[] = {
        { "File", tr("File") },         { "Recent", tr("Recent") },   { "Edit", tr("Edit") },
        { "View", tr("View") },         { "Theme", tr("Theme") },     { "Go", tr("Go") },
        { "Run", tr("Run") },           { "Help", tr("Help") },       { "Filter", tr("Filter") },
        { "Inspect", tr("Inspect") },   { "Compare", tr("Compare") }, { "Ablate", tr("Ablate") },
        { "Evaluate", tr("Evaluate") },
    };
    for (const auto &[name, title] : titles)
        if (id == QLatin1String(name))
            return title;
    return id;
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
        auto *item = new QListWidgetItem(line, m_list); // the line is what a screen reader says
        item->setData(SectionRole, entry.section);
        item->setData(TitleRole, entry.title);
        item->setData(KeysRole, entry.shortcut);
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
