// SPDX-License-Identifier: GPL-3.0-or-later
// The recovery table as text: what is shown on the page, for papers and spreadsheets.
#include "views/models/evaluation_model.h"
#include "views/models/text.h"

#include <cmath>

namespace batlab::views {

namespace {

QString fixed(double value, int decimals)
{
    return std::isfinite(value) ? QString::number(value, 'f', decimals) : QStringLiteral("-");
}

int decimalsOf(const EvaluationColumn &column) { return column.percent ? 1 : 2; }

double shown(const EvaluationColumn &column, double value)
{
    return column.percent ? 100 * value : value;
}

QString mark(const EvaluationCell &cell, bool latex)
{
    if (std::isnan(cell.p))
        return {};
    if (cell.verdict == 0)
        return QStringLiteral("n.s.");
    if (latex)
        return cell.verdict > 0 ? QStringLiteral("$\\blacktriangle$")
                                : QStringLiteral("$\\blacktriangledown$");
    return cell.verdict > 0 ? QStringLiteral("▲") : QStringLiteral("▼");
}

QString cellText(const EvaluationColumn &column, const EvaluationCell &cell,
                 const EvaluationShow &show, bool latex)
{
    if (!cell.present())
        return QStringLiteral("-");
    QString value = fixed(shown(column, cell.value), decimalsOf(column));
    if (cell.best)
        value = latex ? QStringLiteral("\\underline{%1}").arg(value)
                      : QStringLiteral("**%1**").arg(value);
    QStringList parts { value };
    if (show.intervals && cell.error > 0)
        parts.append((latex ? QStringLiteral("$\\pm$") : QStringLiteral("±"))
                     + fixed(shown(column, cell.error), decimalsOf(column)));
    if (show.significance)
        parts.append(mark(cell, latex));
    if (show.bands && !std::isnan(cell.recovery))
        parts.append(bandLetter(cell.recovery));
    if (!std::isnan(cell.recovery))
        parts.append(fixed(cell.recovery, 1)
                     + (latex ? QStringLiteral("\\,\\%") : QStringLiteral(" %")));
    parts.removeAll(QString());
    return parts.join(QLatin1Char(' '));
}

bool hasAccuracy(const EvaluationTable &table)
{
    for (const EvaluationRow &row : table.rows)
        if (!std::isnan(row.meanAccuracy))
            return true;
    return false;
}

/// Recovery minus the baseline's, percentage points.
QString deltaText(const EvaluationTable &table, const EvaluationRow &row, bool latex)
{
    if (qs(row.variant) == table.baseline)
        return EvaluationModel::tr("baseline");
    const double delta = row.recovery - baselineRecovery(table);
    const QString text = (delta > 0 ? QStringLiteral("+") : QString()) + fixed(delta, 1);
    return latex && std::isfinite(delta) ? QStringLiteral("$%1$").arg(text) : text;
}

QString onlineText(const EvaluationRow &row)
{
    if (row.family == "imported" || row.isReference)
        return QStringLiteral("-");
    const QString parameters =
        row.onlineParameters == 0 ? QStringLiteral("0") : shortCount(row.onlineParameters);
    return row.onlineFlopPerToken > 0
        ? QString(parameters + QStringLiteral(", ")
                  + EvaluationModel::tr("%1 FLOP").arg(shortCount(row.onlineFlopPerToken)))
        : parameters;
}

QStringList heads(const EvaluationTable &table, const EvaluationShow &show)
{
    QStringList out { EvaluationModel::tr("Method") };
    for (const EvaluationColumn &c : table.columns)
        out.append(c.title + (c.percent ? QStringLiteral(" %") : QString()) + columnMarks(c));
    if (hasAccuracy(table))
        out.append(EvaluationModel::tr("Mean acc. %"));
    out.append(EvaluationModel::tr("Recovery %"));
    if (show.bands)
        out.append(EvaluationModel::tr("Band"));
    out.append({ EvaluationModel::tr("Δ points"), EvaluationModel::tr("Gap left %"),
                 EvaluationModel::tr("Online") });
    return out;
}

QStringList cells(const EvaluationTable &table, const EvaluationRow &row,
                  const EvaluationShow &show, bool latex)
{
    QStringList out { QStringLiteral("%1 (%2)").arg(row.title, rowNotes(row)) };
    for (std::size_t c = 0; c < table.columns.size(); ++c)
        out.append(cellText(table.columns[c], row.cells[c], show, latex));
    if (hasAccuracy(table))
        out.append(fixed(row.meanAccuracy, 2));
    QString recovery = fixed(row.recovery, 1);
    if (show.intervals && row.high > row.low)
        recovery += (latex ? QStringLiteral(" $\\pm$") : QStringLiteral(" ±"))
            + fixed((row.high - row.low) / 2, 1);
    out.append(recovery);
    if (show.bands)
        out.append(row.isReference ? QStringLiteral("-") : QString(bandLetter(row.recovery)));
    out.append({ deltaText(table, row, latex), fixed(100 * row.gapLeft, 1), onlineText(row) });
    return out;
}

QString markdown(const EvaluationTable &table, const EvaluationShow &show)
{
    const auto line = [](QStringList parts) -> QString {
        for (QString &part : parts)
            part.replace(QLatin1Char('|'), QStringLiteral("\\|"));
        return QStringLiteral("| ") + parts.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
    };
    const QStringList head = heads(table, show);
    QString out = line(head);
    out += QStringLiteral("|:---|")
        + QStringLiteral("---:|").repeated(static_cast<int>(head.size()) - 1) + QLatin1Char('\n');
    for (const EvaluationRow &row : table.rows)
        out += line(cells(table, row, show, false));
    for (const QString &note : footnotes(table, show))
        out += QLatin1Char('\n') + note + QLatin1Char('\n');
    return out;
}

QString latex(const EvaluationTable &table, const EvaluationShow &show)
{
    const auto escaped = [](const QString &text) {
        QString out = qs(latexEscaped(ss(text)));
        out.replace(QStringLiteral("Δ"), QStringLiteral("$\\Delta$"));
        out.replace(QStringLiteral("↓"), QStringLiteral("$\\downarrow$"));
        out.replace(QStringLiteral("↑"), QStringLiteral("$\\uparrow$"));
        out.replace(QStringLiteral("†"), QStringLiteral("$\\dagger$"));
        out.replace(QStringLiteral("‡"), QStringLiteral("$\\ddagger$"));
        return out;
    };
    QStringList head;
    for (const QString &h : heads(table, show))
        head.append(escaped(h));
    QString out = QStringLiteral("%% needs booktabs%1\n")
                      .arg(show.significance ? QStringLiteral(", amssymb") : QString());
    out += QStringLiteral("\\begin{tabular}{l%1}\n\\toprule\n")
               .arg(QStringLiteral("r").repeated(static_cast<int>(head.size()) - 1));
    out += head.join(QStringLiteral(" & ")) + QStringLiteral(" \\\\\n\\midrule\n");
    for (const EvaluationRow &row : table.rows) {
        QStringList parts = cells(table, row, show, true);
        parts.front() = escaped(parts.front());
        out += parts.join(QStringLiteral(" & ")) + QStringLiteral(" \\\\\n");
    }
    out += QStringLiteral("\\bottomrule\n\\end{tabular}\n");
    for (const QString &note : footnotes(table, show))
        out += QStringLiteral("% ") + note + QLatin1Char('\n');
    return out;
}

QString csv(const EvaluationTable &table, const EvaluationShow &show)
{
    const auto quoted = [](QString text) -> QString {
        if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"'))
            && !text.contains(QLatin1Char('\n')))
            return text;
        return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\""))
            + QLatin1Char('"');
    };
    const auto number = [](double value) {
        return std::isfinite(value) ? QString::number(value, 'g', 10) : QString();
    };
    QStringList lines;
    for (const QString &note : footnotes(table, show))
        lines.append(QStringLiteral("# ") + note);
    QStringList head { QStringLiteral("variant"), QStringLiteral("method") };
    for (const EvaluationColumn &c : table.columns) {
        const QString base = qs(c.task + " " + c.metric);
        head.append(quoted(base));
        if (show.intervals)
            head.append(quoted(base + QStringLiteral(" ci95")));
        if (show.significance)
            head.append(quoted(base + QStringLiteral(" p")));
        head.append(quoted(base + QStringLiteral(" recovery")));
        if (show.bands)
            head.append(quoted(base + QStringLiteral(" band")));
    }
    head.append({ QStringLiteral("recovery") });
    if (show.intervals)
        head.append({ QStringLiteral("recovery low"), QStringLiteral("recovery high") });
    if (show.bands)
        head.append(QStringLiteral("band"));
    head.append({ QStringLiteral("recovery minus baseline"), QStringLiteral("gap left percent"),
                  QStringLiteral("online parameters"), QStringLiteral("online FLOP per token"),
                  QStringLiteral("family"), QStringLiteral("note") });
    lines.append(head.join(QLatin1Char(',')));
    for (const EvaluationRow &row : table.rows) {
        QStringList parts { quoted(qs(row.variant)), quoted(row.title) };
        const auto band = [](double recovery) {
            return std::isnan(recovery) ? QString() : QString(bandLetter(recovery));
        };
        for (const EvaluationCell &cell : row.cells) {
            parts.append(number(cell.value));
            if (show.intervals)
                parts.append(cell.error > 0 ? number(cell.error) : QString());
            if (show.significance)
                parts.append(number(cell.p));
            parts.append(number(cell.recovery));
            if (show.bands)
                parts.append(band(cell.recovery));
        }
        parts.append(number(row.recovery));
        if (show.intervals)
            parts.append({ number(row.low), number(row.high) });
        if (show.bands)
            parts.append(row.isReference ? QString() : band(row.recovery));
        const bool costs = row.family != "imported" && !row.isReference; // else not known, or none
        parts.append({ number(row.recovery - baselineRecovery(table)), number(100 * row.gapLeft),
                       costs ? number(row.onlineParameters) : QString(),
                       costs ? number(row.onlineFlopPerToken) : QString(), quoted(qs(row.family)),
                       quoted(row.note) });
        lines.append(parts.join(QLatin1Char(',')));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

} // namespace

QString columnMarks(const EvaluationColumn &column)
{
    return (!column.directed            ? QStringLiteral(" ‡")
                : column.higherIsBetter ? QStringLiteral(" ↑")
                                        : QStringLiteral(" ↓"))
        + (column.nearChance ? QStringLiteral(" †") : QString());
}

double baselineRecovery(const EvaluationTable &table)
{
    for (const EvaluationRow &row : table.rows)
        if (qs(row.variant) == table.baseline)
            return row.recovery;
    return std::nan("");
}

QChar bandLetter(double recovery)
{
    if (std::isnan(recovery))
        return QLatin1Char(' ');
    const double drop = 100 - recovery;
    return QLatin1Char(drop <= 1 ? 'L' : drop < 3 ? 'F' : 'R');
}

EvaluationInput evaluationInput(const WorkbenchDocument &document)
{
    EvaluationInput input;
    for (const VariantInfo *info : document.artifacts().variants())
        input.variants.push_back(*info);
    for (const EvaluationResult *result : document.artifacts().evaluations())
        input.results.push_back(*result);
    input.imports = document.imports();
    input.baseline = ss(document.baseline());
    input.importReference = ss(document.importReference());
    return input;
}

QStringList footnotes(const EvaluationTable &table, const EvaluationShow &show)
{
    QStringList out;
    if (!table.contract.isEmpty())
        out.append(table.contract);
    if (show.intervals)
        out.append(WorkbenchDocument::tr(
            "± half of the 95 % interval; recovery: mean over the row's tasks, % of the "
            "full-precision model"));
    if (show.bands)
        out.append(WorkbenchDocument::tr("L lossless, drop ≤ 1 %; F fair, 1–3 %; R risky, ≥ 3 %"));
    if (show.significance && !table.baselineTitle.isEmpty())
        out.append(WorkbenchDocument::tr(
                       "▼ worse, ▲ better than %1, p < 0.05 (perplexity: paired bootstrap over "
                       "windows; accuracy: McNemar; Holm over the table); n.s. not significant")
                       .arg(table.baselineTitle));
    for (const EvaluationColumn &c : table.columns)
        if (c.nearChance)
            out.append(WorkbenchDocument::tr(
                           "† %1: the reference lies within its interval of chance (%2 %)")
                           .arg(c.title)
                           .arg(100 * c.chance, 0, 'f', 0));
    for (const EvaluationColumn &c : table.columns)
        if (!c.directed)
            out.append(WorkbenchDocument::tr(
                           "‡ %1: which way is better is not known, so nothing is compared")
                           .arg(c.title));
    return out;
}

std::string render(const EvaluationTable &table, const EvaluationShow &show, TableFormat format)
{
    switch (format) {
    case TableFormat::latex: return ss(latex(table, show));
    case TableFormat::csv: return ss(csv(table, show));
    default: return ss(markdown(table, show));
    }
}

} // namespace batlab::views
