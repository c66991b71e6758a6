// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/project_panel.h"

#include "views/models/delta_text.h"
#include "views/models/project_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/panels/method_icon.h"
#include "views/panels/table_kit.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

#include <cmath>

namespace batlab::views {

namespace {

using Kind = ProjectModel::Kind;

constexpr int kFigureWidth = 68, kWideEnough = 300;

/// Icon of the branch or marker of the method; figures in text3; the baseline carries a pin.
class TreeDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override
    {
        return { QStyledItemDelegate::sizeHint(option, index).width(), plots::px(22) };
    }

    void clearIcons() { m_icons.clear(); }

    /// The figure, then its difference to the baseline in the colour of better or worse.
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const QString delta = index.column() == 1 ? deltaText(index) : QString();
        if (delta.isEmpty()
            || option.rect.width() < plots::px(kFigureWidth) + deltaWidth(option.fontMetrics)) {
            QStyledItemDelegate::paint(painter, option, index);
            return;
        }
        QStyleOptionViewItem item(option);
        initStyleOption(&item, index);
        const QString figure = item.text;
        item.text.clear();
        item.widget->style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
        const plots::Tokens &t = plots::tokensOf(option.widget);
        const bool better = index.data(ProjectModel::DeltaRole).toDouble()
                * index.data(ProjectModel::BetterRole).toInt()
            > 0;
        painter->save();
        painter->setFont(item.font);
        QRect room = option.rect.adjusted(plots::px(3), 0, -plots::px(3), 0);
        painter->setPen(better ? t.good : t.bad);
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, delta);
        room.setRight(room.right() - deltaWidth(item.fontMetrics));
        painter->setPen(t.text3);
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, figure);
        painter->restore();
    }

    /// What a figure's difference takes beside it.
    [[nodiscard]] static int deltaWidth(const QFontMetrics &metrics)
    {
        return metrics.horizontalAdvance(QStringLiteral("▲ +00.0")) + plots::px(4);
    }
    [[nodiscard]] static QString deltaText(const QModelIndex &index)
    {
        const QVariant value = index.data(ProjectModel::DeltaRole);
        const double d = value.isValid() ? value.toDouble() : std::nan("");
        return views::deltaText(d, std::abs(d) < 1 ? 2 : 1);
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const plots::Tokens &t = plots::tokensOf(option->widget);
        if (index.column() == 1) {
            option->palette.setColor(QPalette::Text, t.text3);
            return;
        }
        const QString key = iconKey(index);
        if (!key.isEmpty()) {
            auto at = m_icons.find(key);
            if (at == m_icons.end())
                at = m_icons.insert(key, makeIcon(index, key, t));
            option->icon = *at;
            option->decorationSize = QSize(plots::px(16), plots::px(16));
            option->features |= QStyleOptionViewItem::HasDecoration;
        }
        if (index.data(ProjectModel::PinnedRole).toBool())
            option->text += QStringLiteral("  ⚲");
        shorten(*option, index);
    }

private:
    /// A name that does not fit leaves out what the tooltip says too.
    static void shorten(QStyleOptionViewItem &option, const QModelIndex &index)
    {
        const QString brief = index.data(ProjectModel::ShortRole).toString();
        const int margins = 2
            * (option.widget->style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr,
                                                   option.widget)
               + 1);
        if (!brief.isEmpty() && option.rect.isValid()
            && option.fontMetrics.horizontalAdvance(option.text) > option.rect.width() - margins)
            option.text = brief;
    }
    static QString iconKey(const QModelIndex &index)
    {
        switch (static_cast<Kind>(index.data(ProjectModel::KindRole).toInt())) {
        case Kind::session: return QStringLiteral("session");
        case Kind::model: return QStringLiteral("model");
        case Kind::layers: return QStringLiteral("layers");
        case Kind::variants: return QStringLiteral("variants");
        case Kind::runs: return QStringLiteral("run");
        case Kind::evaluations: return QStringLiteral("chart");
        case Kind::variant:
        case Kind::evaluation:
            return QStringLiteral("method:%1:%2")
                .arg(index.data(ProjectModel::FamilyRole).toString())
                .arg(index.data(ProjectModel::FilledRole).toInt());
        default: return {};
        }
    }
    static QIcon makeIcon(const QModelIndex &index, const QString &key, const plots::Tokens &t)
    {
        if (key.startsWith(QLatin1String("method:")))
            return methodIcon(index.data(ProjectModel::FamilyRole).toString(),
                              index.data(ProjectModel::FilledRole).toBool(), t);
        return themedIcon(key, t);
    }

    mutable QHash<QString, QIcon> m_icons;
};

} // namespace

ProjectPanel::ProjectPanel(ProjectModel *model, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_selection(selection)
    , m_filter(new QSortFilterProxyModel(this))
    , m_text(new QLineEdit(this))
    , m_view(new QTreeView(this))
{
    m_filter->setSourceModel(model);
    m_filter->setRecursiveFilteringEnabled(true);
    m_filter->setAutoAcceptChildRows(true);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, plots::px(6), 0, 0);
    column->setSpacing(plots::px(6));
    m_text->setPlaceholderText(tr("Filter, e.g. layer 20"));
    m_text->setAccessibleName(tr("Filter the project"));
    m_text->setToolTip(tr("Shows entries whose name contains this text"));
    m_text->setClearButtonEnabled(true);
    auto *filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(plots::px(8), 0, plots::px(8), 0);
    filterRow->addWidget(m_text);
    column->addLayout(filterRow);

    m_view->setModel(m_filter);
    m_view->setItemDelegate(new TreeDelegate(m_view));
    m_view->setAccessibleName(tr("Project"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setUniformRowHeights(true);
    m_view->setIndentation(plots::px(8));
    m_view->setRootIsDecorated(false); // one session: nobody folds it
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setTextElideMode(Qt::ElideRight);
    QHeaderView *header = m_view->header();
    header->setFixedHeight(plots::px(24));
    header->setStretchLastSection(false);
    header->setSectionResizeMode(0, QHeaderView::Stretch);
    header->setSectionResizeMode(1, QHeaderView::Fixed);
    header->setMinimumSectionSize(plots::px(40));
    header->resizeSection(1, plots::px(kFigureWidth));
    column->addWidget(m_view, 1);

    connect(m_text, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setFilterFixedString(text.trimmed());
        if (!text.trimmed().isEmpty())
            m_view->expandAll();
        else
            expandDefaults();
    });
    connect(m_view, &QTreeView::clicked, this, &ProjectPanel::choose);
    connect(m_view, &QTreeView::activated, this, &ProjectPanel::choose);
    connect(m_view, &QTreeView::customContextMenuRequested, this, &ProjectPanel::showMenu);
    connect(selection, &SelectionContext::changed, this, &ProjectPanel::follow);
    connect(model, &QAbstractItemModel::modelReset, this, &ProjectPanel::expandDefaults);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ProjectPanel::expandDefaults);
    connect(model, &QAbstractItemModel::dataChanged, this, &ProjectPanel::sizeFigures);
    connect(model, &QAbstractItemModel::modelReset, this, &ProjectPanel::sizeFigures);
    expandDefaults();
}

void ProjectPanel::expandDefaults()
{
    for (const Kind kind : { Kind::session, Kind::model, Kind::layers, Kind::variants, Kind::runs })
        m_view->expand(m_filter->mapFromSource(m_model->branch(kind)));
    follow();
}

void ProjectPanel::sizeFigures()
{
    // Differences stand beside the figures while there are some and names keep their room.
    bool differences = false;
    for (const Kind kind : { Kind::variants, Kind::evaluations }) {
        if (m_view->width() < plots::px(kWideEnough))
            break;
        const QModelIndex branch = m_model->branch(kind);
        for (int row = 0; row < m_model->rowCount(branch) && !differences; ++row)
            differences = !TreeDelegate::deltaText(m_model->index(row, 0, branch)).isEmpty();
    }
    QHeaderView *header = m_view->header();
    const int width = sectionWidth(header, 1, kFigureWidth)
        + (differences ? TreeDelegate::deltaWidth(m_view->fontMetrics()) : 0);
    if (header->sectionSize(1) != width)
        header->resizeSection(1, width);
}

void ProjectPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    sizeFigures();
}

void ProjectPanel::focusFilter() { m_text->setFocus(Qt::ShortcutFocusReason); }

void ProjectPanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_view) {
        if (auto *delegate = dynamic_cast<TreeDelegate *>(m_view->itemDelegate()))
            delegate->clearIcons();
    }
}

void ProjectPanel::choose(const QModelIndex &proxyIndex)
{
    if (m_following)
        return;
    const QModelIndex at = proxyIndex.siblingAtColumn(0);
    const Selection &now = m_selection->current();
    switch (static_cast<Kind>(at.data(ProjectModel::KindRole).toInt())) {
    case Kind::layer: m_selection->setLayer(at.data(ProjectModel::LayerRole).toInt()); break;
    case Kind::site:
        m_selection->setCell(at.data(ProjectModel::LayerRole).toInt(),
                             static_cast<Site>(at.data(ProjectModel::SiteRole).toInt()), now.block);
        break;
    case Kind::variant: m_selection->setVariant(at.data(ProjectModel::IdRole).toString()); break;
    case Kind::evaluation:
        m_selection->setVariant(
            at.data(ProjectModel::IdRole).toString().section(QLatin1Char('/'), 0, 0));
        break;
    case Kind::run: Q_EMIT runActivated(at.data(ProjectModel::IdRole).toString()); break;
    default: break;
    }
}

void ProjectPanel::follow()
{
    const Selection &s = m_selection->current();
    const QModelIndex site = m_filter->mapFromSource(m_model->siteIndex(s.layer, s.site));
    if (!site.isValid())
        return;
    m_following = true;
    m_view->setCurrentIndex(site);
    m_view->scrollTo(site);
    m_following = false;
}

void ProjectPanel::showMenu(const QPoint &pos)
{
    const QModelIndex at = m_view->indexAt(pos).siblingAtColumn(0);
    if (!at.isValid())
        return;
    QMenu menu(this);
    menu.setToolTipsVisible(true);
    const QString id = at.data(ProjectModel::IdRole).toString();
    switch (static_cast<Kind>(at.data(ProjectModel::KindRole).toInt())) {
    case Kind::variant:
        menu.addAction(tr("Pin as baseline"), this, [this, id] { Q_EMIT pinRequested(id); });
        break;
    case Kind::run: Q_EMIT runMenuRequested(id, &menu); break;
    default: break;
    }
    if (!menu.isEmpty())
        menu.exec(m_view->viewport()->mapToGlobal(pos));
}

} // namespace batlab::views
