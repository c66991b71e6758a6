// SPDX-License-Identifier: Apache-2.0
#include "core/stats/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {

struct Cells
{
    std::vector<std::string> head;
    std::vector<bool> right;
    std::vector<std::vector<std::string>> rows;
};

std::string fixed(double value, int digits)
{
    return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "-";
}

std::string withError(double value, double error, int digits, std::string_view plusMinus)
{
    std::string text = fixed(value, digits);
    if (std::isfinite(value) && error > 0)
        text += fmt::format(" {} {:.{}f}", plusMinus, error, digits);
    return text;
}

std::string difference(const PairedDifference &d)
{
    if (d.pairs == 0 || !std::isfinite(d.mean))
        return "-";
    if (!std::isfinite(d.low))
        return fmt::format("{:+.4f}", d.mean);
    return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]{}", d.mean, d.low, d.high,
                       d.significant() ? " *" : "");
}

/// 13824 -> "13.8k".
std::string engineering(double value)
{
    static const std::pair<double, const char *> steps[] {
        { 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }
    };
    for (const auto &[size, suffix] : steps)
        if (value >= size)
            return fmt::format("{:.1f}{}", value / size, suffix);
    return fmt::format("{:.0f}", value);
}

Cells cellsOf(const RecoveryTable &table, std::string_view plusMinus)
{
    Cells c;
    c.head = { "Method",
               "Weights",
               "Perplexity",
               "KLD (nats)",
               "Top-1 %",
               "Recovery %",
               "Band",
               "Gap left",
               "dNLL vs " + (table.baseline.empty() ? std::string("-") : table.baseline),
               "Online par.",
               "FLOP/token" };
    c.right = { false, false, true, true, true, true, false, true, true, true, true };
    for (const RecoveryRow &r : table.rows) {
        const bool reference = r.family == "reference";
        c.rows.push_back(
            { r.title.empty() ? r.variant : r.title,
              reference ? "full" : (r.filled ? "compensated" : "nearest"),
              withError(r.perplexity, r.perplexityError, 3, plusMinus),
              reference ? "-" : withError(r.kld, r.kldError, 4, plusMinus), fixed(100 * r.top1, 2),
              fixed(r.recovery, 2), reference ? "-" : std::string(1, r.band), fixed(r.gapLeft, 3),
              difference(r.nllVsBaseline), engineering(static_cast<double>(r.onlineParameters)),
              engineering(r.onlineFlopPerToken) });
    }
    return c;
}

std::string escape(const std::string &text, const char *special, const char *with)
{
    std::string out;
    for (const char ch : text) {
        if (std::string_view(special).find(ch) != std::string_view::npos)
            out += with;
        out += ch;
    }
    return out;
}

std::string notes(const RecoveryTable &table)
{
    std::string out = table.contract;
    if (!table.comparable)
        out += (out.empty() ? "" : "\n")
            + std::string("NOT COMPARABLE: the rows do not share one protocol.");
    return out;
}

/// Columns as wide as their longest cell; UTF-8 continuation bytes take no room.
std::string asText(const RecoveryTable &table)
{
    const Cells c = cellsOf(table, "+-");
    const auto width = [](const std::string &s) {
        return std::count_if(s.begin(), s.end(), [](char ch) {
            return (static_cast<unsigned char>(ch) & 0xC0) != 0x80;
        });
    };
    std::vector<std::ptrdiff_t> widths;
    for (std::size_t i = 0; i < c.head.size(); ++i) {
        std::ptrdiff_t w = width(c.head[i]);
        for (const auto &row : c.rows)
            w = std::max(w, static_cast<std::ptrdiff_t>(width(row[i])));
        widths.push_back(w);
    }
    std::string out = notes(table);
    if (!out.empty())
        out += "\n\n";
    const auto line = [&](const std::vector<std::string> &row) {
        std::string text;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string pad(static_cast<std::size_t>(widths[i] - width(row[i])), ' ');
            text += (i == 0 ? "" : "  ") + (c.right[i] ? pad + row[i] : row[i] + pad);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line(c.head);
    std::vector<std::string> rule;
    for (const std::ptrdiff_t w : widths)
        rule.emplace_back(static_cast<std::size_t>(w), '-');
    line(rule);
    for (const auto &row : c.rows)
        line(row);
    return out;
}

std::string asMarkdown(const RecoveryTable &table)
{
    const Cells c = cellsOf(table, "\xc2\xb1");
    std::string out = notes(table);
    if (!out.empty())
        out += "\n\n";
    const auto line = [&](const std::vector<std::string> &row) {
        for (const std::string &cell : row)
            out += "| " + escape(cell, "|*\\", "\\") + " ";
        out += "|\n";
    };
    line(c.head);
    for (const bool right : c.right)
        out += right ? "|---:" : "|---";
    out += "|\n";
    for (const auto &row : c.rows)
        line(row);
    return out;
}

std::string asLatex(const RecoveryTable &table)
{
    const Cells c = cellsOf(table, "$\\pm$");
    std::string columns;
    for (const bool right : c.right)
        columns += right ? 'r' : 'l';
    std::string out =
        "% " + escape(notes(table), "", "") + "\n\\begin{tabular}{" + columns + "}\n\\toprule\n";
    if (const std::size_t at = out.find('\n', 2);
        !table.comparable && at != std::string::npos && out.compare(at + 1, 3, "NOT") == 0)
        out.insert(at + 1, "% ");
    const auto line = [&](const std::vector<std::string> &row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out += (i == 0 ? "" : " & ") + escape(row[i], "%&#_{}", "\\");
        out += " \\\\\n";
    };
    line(c.head);
    out += "\\midrule\n";
    for (const auto &row : c.rows)
        line(row);
    return out + "\\bottomrule\n\\end{tabular}\n";
}

std::string exact(double value)
{
    return std::isfinite(value) ? fmt::format("{}", value) : std::string();
}

std::string quoted(const std::string &text)
{
    if (text.find_first_of(",\"\n\r") == std::string::npos)
        return text;
    std::string out = "\"";
    for (const char ch : text)
        out += ch == '"' ? std::string("\"\"") : std::string(1, ch);
    return out + "\"";
}

/// Full precision, one number a cell: for other programs.
std::string asCsv(const RecoveryTable &table)
{
    std::string out = "variant,title,family,filled,perplexity,perplexity_se,kld,kld_se,top1,"
                      "recovery,band,gap_left,"
                      "dnll,dnll_low,dnll_high,dnll_p,dkld,dkld_low,dkld_high,dkld_p,online_"
                      "parameters,online_flop_per_token\n";
    for (const RecoveryRow &r : table.rows) {
        out += quoted(r.variant) + "," + quoted(r.title) + "," + quoted(r.family) + ","
            + (r.filled ? "1" : "0");
        for (const double v :
             { r.perplexity, r.perplexityError, r.kld, r.kldError, r.top1, r.recovery })
            out += "," + exact(v);
        out += std::string(",") + r.band + "," + exact(r.gapLeft);
        for (const PairedDifference *d : { &r.nllVsBaseline, &r.kldVsBaseline }) {
            const bool known = d->pairs > 0;
            for (const double v : { d->mean, d->low, d->high, d->pValue })
                out += "," + (known ? exact(v) : std::string());
        }
        out += fmt::format(",{},{}\n", r.onlineParameters, exact(r.onlineFlopPerToken));
    }
    return out;
}

Json numberOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json toJson(const PairedDifference &d)
{
    if (d.pairs == 0)
        return nullptr;
    return { { "mean", numberOrNull(d.mean) },
             { "low", numberOrNull(d.low) },
             { "high", numberOrNull(d.high) },
             { "p", d.pValue },
             { "pairs", d.pairs },
             { "significant", d.significant() } };
}

std::string asJson(const RecoveryTable &table)
{
    Json rows = Json::array();
    for (const RecoveryRow &r : table.rows)
        rows.push_back({ { "variant", r.variant },
                         { "title", r.title },
                         { "family", r.family },
                         { "filled", r.filled },
                         { "perplexity", numberOrNull(r.perplexity) },
                         { "perplexity_se", numberOrNull(r.perplexityError) },
                         { "kld", numberOrNull(r.kld) },
                         { "kld_se", numberOrNull(r.kldError) },
                         { "top1", numberOrNull(r.top1) },
                         { "recovery", numberOrNull(r.recovery) },
                         { "band", std::string(1, r.band) },
                         { "gap_left", numberOrNull(r.gapLeft) },
                         { "nll_vs_baseline", toJson(r.nllVsBaseline) },
                         { "kld_vs_baseline", toJson(r.kldVsBaseline) },
                         { "seconds", numberOrNull(r.seconds) },
                         { "online_parameters", r.onlineParameters },
                         { "online_flop_per_token", numberOrNull(r.onlineFlopPerToken) } });
    const Json out { { "rows", std::move(rows) },
                     { "baseline", table.baseline },
                     { "contract", table.contract },
                     { "comparable", table.comparable } };
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string render(const RecoveryTable &table, TableFormat format)
{
    switch (format) {
    case TableFormat::markdown: return asMarkdown(table);
    case TableFormat::latex: return asLatex(table);
    case TableFormat::csv: return asCsv(table);
    case TableFormat::json: return asJson(table);
    case TableFormat::text: break;
    }
    return asText(table);
}

} // namespace batlab
