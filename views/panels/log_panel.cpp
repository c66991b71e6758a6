// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/log_panel.h"

#include "views/models/log_model.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace batlab::views {

namespace {

/// Warnings and errors in their colour, the time and the job in text3.
class LogDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const plots::Tokens &t = plots::tokensOf(option->widget);
        const auto level = static_cast<LogLevel>(index.data(LogModel::LevelRole).toInt());
        QColor color = index.column() == LogModel::Text ? t.text : t.text3;
        if (index.column() == LogModel::Text || index.column() == LogModel::Level) {
            if (level == LogLevel::warning)
                color = t.warn;
            else if (level == LogLevel::error)
                color = t.bad;
        }
        option->palette.setColor(QPalette::Text, color);
        option->palette.setColor(QPalette::HighlightedText, color);
    }
};

} // namespace

LogPanel::LogPanel(LogModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_filter(new LogFilter(this))
    , m_view(new QTableView(this))
    , m_text(new QLineEdit(this))
    , m_level(new QComboBox(this))
{
    m_filter->setSourceModel(model);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(plots::px(8), plots::px(2), plots::px(8), plots::px(2));
    m_text->setPlaceholderText(tr("Filter log"));
    m_text->setAccessibleName(tr("Filter log"));
    m_text->setToolTip(tr("Shows lines that contain this text"));
    m_text->setClearButtonEnabled(true);
    m_level->setAccessibleName(tr("Lowest level shown"));
    m_level->setToolTip(tr("Lowest level shown"));
    m_level->addItem(tr("All levels"), static_cast<int>(LogLevel::debug));
    m_level->addItem(tr("Info and above"), static_cast<int>(LogLevel::info));
    m_level->addItem(tr("Warnings and errors"), static_cast<int>(LogLevel::warning));
    m_level->addItem(tr("Errors"), static_cast<int>(LogLevel::error));
    m_level->setCurrentIndex(1);
    m_level->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *copy =
        makeTool(QStringLiteral("copy"), tr("Copy the selected lines, or all shown"), this);
    row->addWidget(m_text, 1);
    row->addWidget(m_level);
    row->addWidget(copy);
    column->addLayout(row);

    m_view->setModel(m_filter);
    m_view->setItemDelegate(new LogDelegate(m_view));
    m_view->setAccessibleName(tr("Log lines"));
    m_view->setFont(plots::monoFont());
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMinimumHeight(plots::px(40));
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->horizontalHeader()->hide();
    m_view->verticalHeader()->hide();
    const QFontMetrics metrics(m_view->font());
    m_view->verticalHeader()->setDefaultSectionSize(metrics.height() + plots::px(4));
    m_view->setColumnWidth(LogModel::Time,
                           metrics.horizontalAdvance(QStringLiteral("00:00:00")) + plots::px(16));
    m_view->setColumnWidth(LogModel::Level,
                           metrics.horizontalAdvance(QStringLiteral("warning")) + plots::px(12));
    m_view->setColumnWidth(LogModel::Job,
                           metrics.horizontalAdvance(QStringLiteral("r0000")) + plots::px(12));
    m_view->horizontalHeader()->setStretchLastSection(true);
    column->addWidget(m_view, 1);
    auto *nothing = makeLabel({}, &plots::Tokens::text3, plots::tableFont(), this);
    nothing->setContentsMargins(plots::px(12), plots::px(8), plots::px(8), plots::px(8));
    column->addWidget(nothing, 1, Qt::AlignTop);
    const auto showState = [this, nothing] {
        const bool any = m_filter->rowCount() > 0;
        nothing->setText(m_text->text().isEmpty() ? tr("No messages of this level.")
                                                  : tr("No messages fit the filter."));
        nothing->setVisible(!any);
        m_view->setVisible(any);
    };
    for (const auto signal :
         { &QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved })
        connect(m_filter, signal, this, showState);
    connect(m_filter, &QAbstractItemModel::modelReset, this, showState);
    connect(m_filter, &QAbstractItemModel::layoutChanged, this, showState);
    showState();

    connect(m_text, &QLineEdit::textChanged, m_filter, &LogFilter::setText);
    connect(m_text, &QLineEdit::textChanged, this, showState); // another reason, the same rows
    connect(m_level, &QComboBox::currentIndexChanged, this, [this] {
        m_filter->setMinimumLevel(static_cast<LogLevel>(m_level->currentData().toInt()));
    });
    connect(copy, &QToolButton::clicked, this, &LogPanel::copySelection);
    connect(m_filter, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar *bar = m_view->verticalScrollBar();
        setProperty("atEnd", bar->value() >= bar->maximum() - 1);
    });
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, [this] {
        if (property("atEnd").toBool())
            m_view->scrollToBottom();
    });
    auto *keys = new QShortcut(QKeySequence::Copy, m_view);
    keys->setContext(Qt::WidgetShortcut);
    connect(keys, &QShortcut::activated, this, &LogPanel::copySelection);
}

void LogPanel::focusFilter() { m_text->setFocus(Qt::ShortcutFocusReason); }

void LogPanel::copySelection() const
{
    QList<int> rows;
    for (const QModelIndex &index : m_view->selectionModel()->selectedRows())
        rows.append(m_filter->mapToSource(index).row());
    if (rows.isEmpty()) {
        for (int i = 0; i < m_filter->rowCount(); ++i)
            rows.append(m_filter->mapToSource(m_filter->index(i, 0)).row());
    }
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const int row : rows)
        lines.append(m_model->toText(row));
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

} // namespace batlab::views
