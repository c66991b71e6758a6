// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a session's report: what Evaluate, Compare, Inspect and Ablate show; and what takes
// a thread.
#include "core/stats/sweep_table.h"
#include "views/models/evaluation_table.h"
#include "views/models/findings_model.h"
#include "views/models/paired_differences.h"
#include "views/models/spec_table.h"
#include "views/models/text.h"
#include "views/panels/method_panels.h"
#include "views/panels/report_html.h"
#include "views/panels/session_report.h"
#include "views/plots/paired_plot.h"

#include <QFont>

namespace batlab::views {

using namespace report;

namespace {
constexpr double kZ95 = 1.959964;
} // namespace

struct SessionReport::Worked
{
    EvaluationTable table;
    std::vector<Finding> findings;
    PairedTable pairs;
};

void SessionReport::work()
{
    // Bootstraps for every cell, and a look at every block: not on this thread.
    m_work = std::async(
        std::launch::async,
        [input = evaluationInput(*m_document), index = m_document->artifacts(),
         pairs = pairedInput(m_document->artifacts(), variants(), ss(m_document->baseline()))] {
            return std::make_shared<const Worked>(
                Worked { evaluationTable(input), findFindings(index),
                         pairs.variants.empty() ? PairedTable {} : pairedTable(pairs) });
        });
}

void SessionReport::recovery()
{
    m_worked = m_work.get();
    EvaluationTable table = m_worked->table;
    table.contract = m_document->contract();
    m_body += heading(tr("Recovery"));
    m_body += table.isEmpty() ? paragraph(tr("Nothing has been evaluated yet."))
                              : fromMarkdown(qs(render(table, {}, TableFormat::markdown)));
    for (const VariantInfo *info : m_document->artifacts().variants()) {
        const VariantOutcome *outcome = m_document->artifacts().outcome(info->id);
        if (outcome && outcome->state == "failed")
            m_body +=
                paragraph(tr("%1 failed: %2")
                              .arg(m_document->variantTitle(qs(info->id)), qs(outcome->error)));
    }
    if (!m_document->comparable()) {
        m_body += paragraph(tr("Not all of these were measured alike:"));
        for (const QString &line : m_document->contractDifferences())
            m_body += paragraph(line);
    }
    divergence();
}

void SessionReport::divergence()
{
    QString rows;
    for (const EvaluationResult *r : m_document->artifacts().evaluations()) {
        if (r->metric == "perplexity" && !r->windowKld.empty())
            rows += row({ esc(m_document->variantTitle(qs(r->variant))), esc(qs(r->task)),
                          QStringLiteral("%1 ± %2").arg(number(r->kld, 4),
                                                        number(kZ95 * r->kldStandardError, 4)),
                          number(100 * r->top1Agreement, 2) });
    }
    if (rows.isEmpty())
        return;
    m_body += heading(tr("Divergence from the reference")) + QStringLiteral("<table>\n");
    m_body += row(
        { tr("Variant"), tr("Text"), tr("KL divergence, nats"), tr("Top-1 agreement, %") }, "th");
    m_body += rows + QStringLiteral("</table>\n");
}

void SessionReport::pairedFigure()
{
    const PairedTable &table = m_worked->pairs;
    if (table.rows.empty())
        return;
    auto plot = std::make_unique<plots::PairedPlot>(QString());
    showDifferences(*plot, *m_document, table);
    const QString title = plot->title(), caption = plot->subtitle();
    begin(std::move(plot), { kWide.width(), 140 + 40 * static_cast<int>(table.rows.size()) }, title,
          caption);
}

void SessionReport::specs()
{
    SpecTable table;
    table.show(*m_document, variants(), ss(m_document->baseline()));
    if (table.rowCount() == 0)
        return;
    m_body += heading(tr("What the specs differ in")) + QStringLiteral("<table class=\"wide\">\n");
    QStringList head;
    for (int c = 0; c < table.columnCount(); ++c)
        head.append(esc(table.headerData(c, Qt::Horizontal, Qt::DisplayRole).toString()));
    m_body += row(head, "th");
    for (int i = 0; i < table.rowCount(); ++i) {
        QStringList cells;
        for (int c = 0; c < table.columnCount(); ++c) {
            const QModelIndex at = table.index(i, c);
            const QString text = esc(at.data(Qt::DisplayRole).toString());
            cells.append(at.data(Qt::FontRole).isValid() ? QStringLiteral("<b>%1</b>").arg(text)
                                                         : text);
        }
        m_body += row(cells);
    }
    m_body += QStringLiteral("</table>\n");
}

void SessionReport::findings()
{
    if (m_worked->findings.empty())
        return;
    m_body += heading(tr("Findings")) + QStringLiteral("<table>\n");
    m_body += row({ tr("Level"), tr("Place"), tr("Variant"), tr("Finding") }, "th");
    for (const Finding &f : m_worked->findings)
        m_body +=
            row({ esc(FindingsModel::levelText(f.severity)), esc(FindingsModel::placeText(f.at)),
                  esc(m_document->variantTitle(qs(f.at.variant))), esc(f.text) });
    m_body += QStringLiteral("</table>\n");
}

void SessionReport::sweeps()
{
    const std::vector<const Sweep *> all = m_document->artifacts().sweeps();
    if (all.empty())
        return;
    m_body += heading(tr("Sweeps"));
    for (const Sweep *sweep : all)
        m_body += fromMarkdown(qs(render(*sweep, TableFormat::markdown)));
}

} // namespace batlab::views
