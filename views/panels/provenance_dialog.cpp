// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/provenance_dialog.h"

#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace batlab::views {

ProvenanceDialog::ProvenanceDialog(const QList<QPair<QString, QString>> &lines, QWidget *parent)
    : QDialog(parent), m_lines(lines)
{
    setWindowTitle(tr("Provenance"));
    auto *column = new QVBoxLayout(this);
    auto *table = new QTableWidget(static_cast<int>(lines.size()), 2, this);
    table->setAccessibleName(tr("Provenance"));
    table->setHorizontalHeaderLabels({ tr("What"), tr("Value") });
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->verticalHeader()->hide();
    table->verticalHeader()->setMinimumSectionSize(plots::px(22));
    table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->setColumnWidth(0, plots::px(180));
    for (int row = 0; row < table->rowCount(); ++row) {
        const auto &[name, value] = lines.at(row);
        auto *left = new QTableWidgetItem(name);
        if (value.isEmpty()) {
            left->setFont(plots::titleFont());
            table->setSpan(row, 0, 1, 2);
        } else {
            auto *right = new QTableWidgetItem(value);
            right->setFont(plots::monoFont());
            right->setToolTip(value);
            table->setItem(row, 1, right);
        }
        table->setItem(row, 0, left);
    }
    table->setWordWrap(true);
    column->addWidget(table, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    QPushButton *copy = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    copy->setToolTip(tr("All lines, tab-separated"));
    copy->setAutoDefault(false);
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(text()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    resize(plots::px(800), plots::px(600));
}

QString ProvenanceDialog::text() const
{
    QString out;
    for (const auto &[name, value] : m_lines)
        out += (value.isEmpty() ? name : QString(name + QLatin1Char('\t') + value))
            + QLatin1Char('\n');
    return out;
}

} // namespace batlab::views
