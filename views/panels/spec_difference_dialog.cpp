// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/spec_difference_dialog.h"

#include "views/models/text.h"
#include "views/panels/preflight_panel.h"
#include "views/panels/table_copy.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace batlab::views {

SpecDifferenceDialog::SpecDifferenceDialog(const QString &from,
                                           const std::vector<SpecDifference> &rows,
                                           const QString &note, QWidget *parent)
    : QDialog(parent)
    , m_table(new QTableWidget(static_cast<int>(rows.size()), 3, this))
    , m_preflight(new PreflightPanel(this))
{
    setObjectName(QStringLiteral("specDifference"));
    setWindowTitle(tr("Queue the what-if as a run"));
    auto *column = new QVBoxLayout(this);
    column->addWidget(
        makeLabel(tr("%n change(s) from %1", nullptr, static_cast<int>(rows.size())).arg(from),
                  &plots::Tokens::text, plots::titleFont(), this));
    m_table->setAccessibleName(tr("Differences of the spec"));
    m_table->setHorizontalHeaderLabels({ tr("Parameter"), from, tr("This run") });
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const QString before = rows[i].before.empty() ? tr("not there") : qs(rows[i].before);
        int at = 0;
        for (const QString &text : { qs(rows[i].path), before, qs(rows[i].after) }) {
            auto *item = new QTableWidgetItem(text);
            item->setToolTip(text);
            m_table->setItem(static_cast<int>(i), at++, item);
        }
    }
    new TableCopy(m_table);
    column->addWidget(m_table, 1);
    auto *label = makeLabel(note, &plots::Tokens::text3, plots::tableFont(), this);
    label->setWordWrap(true);
    column->addWidget(label);
    column->addWidget(makeHairline(Qt::Horizontal, this));
    column->addWidget(m_preflight);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_queue = buttons->addButton(tr("Queue run"), QDialogButtonBox::AcceptRole);
    m_queue->setDefault(true);
    for (QAbstractButton *b : buttons->buttons()) {
        b->setToolTip(b->text());
        b->setAccessibleName(b->text());
    }
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_preflight, &PreflightPanel::retryRequested, this,
            &SpecDifferenceDialog::preflightRequested);
    setChecking();
    resize(plots::px(640), plots::px(440));
}

void SpecDifferenceDialog::setChecking()
{
    m_preflight->setChecking();
    m_queue->setEnabled(false);
}

void SpecDifferenceDialog::setPreflight(const Result<Json> &answer)
{
    if (answer)
        m_preflight->setAnswer(*answer);
    else
        m_preflight->setError(qs(answer.error().message()),
                              answer.error().code == ErrorCode::unsupported);
    m_queue->setEnabled(m_preflight->mayStart());
}

} // namespace batlab::views
