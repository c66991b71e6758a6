// SPDX-License-Identifier: Apache-2.0
#include "core/stats/recovery.h"

#include "core/stats/rtn_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {

// In every cell; a rendering writes it its own way.
constexpr std::string_view kPlusMinus = "\xc2\xb1";

struct Cells
{
    std::vector<std::string> head;
    std::vector<bool> right;
    std::vector<std::vector<std::string>> rows;
};

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string fixed(double value, int digits)
{
    return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "-";
}

/// "25.123 ± 0.210 (± 0.034)": standard error over windows, spread over seeds.
std::string withError(double value, double error, double spread, int digits, bool seeds)
{
    std::string text = fixed(value, digits);
    if (std::isfinite(value) && error > 0)
        text += fmt::format(" {} {:.{}f}", kPlusMinus, error, digits);
    if (std::isfinite(value) && seeds)
        text += fmt::format(" ({} {:.{}f})", kPlusMinus, spread, digits);
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

/// "13.8k", or transforms and epilogue: "13.8k + 58.1k".
std::string onlineParameters(const RecoveryRow &r)
{
    const std::int64_t transforms = r.onlineParameters - r.onlineEpilogue;
    const std::string out = engineering(static_cast<double>(transforms));
    return r.onlineEpilogue == 0 ? out
                                 : out + " + " + engineering(static_cast<double>(r.onlineEpilogue));
}

std::string sqnr(const RecoveryRow &row)
{
    std::string out;
    for (const double v : row.siteSqnrDb)
        out += (out.empty() ? "" : " ") + fixed(v, 1);
    return out == "- - - -" ? "-" : out;
}

/// The row the gap is measured by has all of it left, as a second one of the same numbers has;
/// empty: none.
std::string rtnOf(const RecoveryTable &table)
{
    std::string out;
    for (const RecoveryRow &r : table.rows)
        if (!r.failed() && r.family == "none" && !r.filled && r.gapLeft == 1
            && (out.empty() || isUsualRtn(r.variant)))
            out = r.variant;
    return out;
}

Cells cellsOf(const RecoveryTable &table)
{
    Cells c;
    const std::string base = table.baseline.empty() ? std::string("-") : table.baseline;
    const std::string known = rtnOf(table);
    const std::string rtn = known.empty() ? std::string("RTN") : known;
    c.head = { "Method",          "Perplexity",      "KLD (nats)",       "Top-1 %",
               "Recovery %",      rtn + " gap gone", "SQNR T1..T4 (dB)", "dNLL vs " + base,
               "dKLD vs " + base, "Calibration",     "Memory",           "Online parameters",
               "FLOP/token" };
    c.right.assign(c.head.size(), true);
    c.right.front() = false;
    for (const RecoveryRow &r : table.rows) {
        const bool reference = r.family == "reference";
        const bool several = r.seeds.size() > 1;
        std::vector<std::string> row { r.title.empty() ? r.variant : r.title };
        if (r.failed()) {
            row.emplace_back("failed");
            row.resize(c.head.size(), "-");
            c.rows.push_back(std::move(row));
            continue;
        }
        const auto append = [&](std::string text) { row.push_back(std::move(text)); };
        append(withError(r.perplexity, r.perplexityError, r.perplexitySpread, 3, several));
        append(reference ? "-" : withError(r.kld, r.kldError, r.kldSpread, 4, several));
        append(fixed(100 * r.top1, 2));
        append(fixed(r.recovery, 2));
        append(reference || !std::isfinite(r.gapLeft)
                   ? "-"
                   : fmt::format("{:.1f} %", 100 * (1 - r.gapLeft)));
        append(sqnr(r));
        append(difference(r.nllVsBaseline));
        append(difference(r.kldVsBaseline));
        append(reference || r.seconds <= 0 ? "-" : fmt::format("{:.1f} s", r.seconds));
        append(r.peakMemoryBytes > 0 ? fmt::format("{:.0f} MB", r.peakMemoryBytes / 1e6) : "-");
        append(onlineParameters(r));
        append(engineering(r.onlineFlopPerToken));
        c.rows.push_back(std::move(row));
    }
    return c;
}

std::string markdownEscaped(const std::string &text)
{
    std::string out;
    for (const char ch : text) {
        if (std::string_view("|*\\").find(ch) != std::string_view::npos)
            out += '\\';
        out += ch;
    }
    return out;
}

/// One line each: the contract, what does not fit it, what failed.
std::vector<std::string> notes(const RecoveryTable &table)
{
    std::vector<std::string> out;
    if (!table.contract.empty())
        out.push_back(table.contract);
    if (!table.comparable)
        out.emplace_back("NOT COMPARABLE: the rows do not share one protocol.");
    for (const RecoveryRow &r : table.rows)
        if (!r.error.empty())
            out.push_back(fmt::format("FAILED {}: {}", r.variant,
                                      replaced(replaced(r.error, "\r", ""), "\n", " ")));
    return out;
}

std::string joined(const std::vector<std::string> &lines, std::string_view before)
{
    std::string out;
    for (const std::string &line : lines)
        out += fmt::format("{}{}\n", before, line);
    return out;
}

/// Columns as wide as their longest cell; UTF-8 continuation bytes take no room.
std::string asText(const RecoveryTable &table)
{
    Cells c = cellsOf(table);
    for (auto &row : c.rows)
        for (std::string &cell : row)
            cell = replaced(cell, kPlusMinus, "+-");
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
    std::string out = joined(notes(table), "");
    if (!out.empty())
        out += "\n";
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
    const Cells c = cellsOf(table);
    std::string out;
    for (const std::string &note : notes(table))
        out += note + "\n\n";
    const auto line = [&](const std::vector<std::string> &row) {
        for (const std::string &cell : row)
            out += "| " + markdownEscaped(cell) + " ";
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
    const Cells c = cellsOf(table);
    std::string columns;
    for (const bool right : c.right)
        columns += right ? 'r' : 'l';
    std::string out = "% \\usepackage{booktabs}\n" + joined(notes(table), "% ")
        + "\\begin{tabular}{" + columns + "}\n\\toprule\n";
    const auto line = [&](const std::vector<std::string> &row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            // An asterisk after \\ and a bracket at the start of a row would be read as arguments.
            out += (i == 0 ? "{}" : " & ") + latexEscaped(row[i]);
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
    return "\"" + replaced(text, "\"", "\"\"") + "\"";
}

/// Full precision, one number a cell: for other programs.
std::string asCsv(const RecoveryTable &table)
{
    std::string out = "variant,title,family,filled,perplexity,perplexity_se,kld,kld_se,top1,"
                      "recovery,band,gap_left,"
                      "dnll,dnll_low,dnll_high,dnll_p,dkld,dkld_low,dkld_high,dkld_p,online_"
                      "parameters,online_flop_per_token,gap_removed,sqnr_t1,sqnr_t2,sqnr_t3,sqnr_"
                      "t4,seconds,peak_memory_bytes,seeds,perplexity_seed_sd,kld_seed_sd,error,"
                      "online_epilogue\n";
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
        out += fmt::format(",{},{},{}", r.onlineParameters, exact(r.onlineFlopPerToken),
                           exact(1 - r.gapLeft));
        for (const double v : r.siteSqnrDb)
            out += "," + exact(v);
        out += fmt::format(",{},{},{},{},{},{},{}\n", exact(r.seconds), exact(r.peakMemoryBytes),
                           r.seeds.size(), exact(r.perplexitySpread), exact(r.kldSpread),
                           quoted(r.error), r.onlineEpilogue);
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

Json toJson(const RecoveryRow &r)
{
    Json sqnr = Json::object();
    for (const Site site : kLinearSites)
        sqnr[std::string(name(site))] = numberOrNull(r.siteSqnrDb[static_cast<std::size_t>(site)]);
    Json seeds = Json::array();
    for (const SeedResult &s : r.seeds)
        seeds.push_back({ { "variant", s.variant },
                          { "seed", s.seed },
                          { "perplexity", numberOrNull(s.perplexity) },
                          { "kld", numberOrNull(s.kld) },
                          { "top1", numberOrNull(s.top1) } });
    Json out { { "variant", r.variant },
               { "title", r.title },
               { "family", r.family },
               { "filled", r.filled },
               { "perplexity", numberOrNull(r.perplexity) },
               { "perplexity_se", numberOrNull(r.perplexityError) },
               { "perplexity_seed_sd", numberOrNull(r.perplexitySpread) },
               { "kld", numberOrNull(r.kld) },
               { "kld_se", numberOrNull(r.kldError) },
               { "kld_seed_sd", numberOrNull(r.kldSpread) },
               { "top1", numberOrNull(r.top1) },
               { "recovery", numberOrNull(r.recovery) },
               { "band", std::string(1, r.band) },
               { "gap_left", numberOrNull(r.gapLeft) },
               { "gap_removed", numberOrNull(1 - r.gapLeft) },
               { "sqnr_db", std::move(sqnr) },
               { "nll_vs_baseline", toJson(r.nllVsBaseline) },
               { "kld_vs_baseline", toJson(r.kldVsBaseline) },
               { "seconds", numberOrNull(r.seconds) },
               { "peak_memory_bytes", numberOrNull(r.peakMemoryBytes) },
               { "online_parameters", r.onlineParameters },
               { "online_epilogue", r.onlineEpilogue },
               { "online_flop_per_token", numberOrNull(r.onlineFlopPerToken) },
               { "seeds", std::move(seeds) } };
    out["error"] = r.error.empty() ? Json(nullptr) : Json(r.error);
    return out;
}

std::string asJson(const RecoveryTable &table)
{
    Json rows = Json::array();
    for (const RecoveryRow &r : table.rows)
        rows.push_back(toJson(r));
    const std::string rtn = rtnOf(table);
    const Json out {
        { "rows", std::move(rows) },
        { "baseline", table.baseline },
        { "rtn", rtn.empty() ? Json(nullptr) : Json(rtn) },
        { "contract", table.contract },
        { "comparable", table.comparable },
        { "bootstrap",
          { { "resamples", 10000 }, { "seed", table.bootstrapSeed }, { "level", 0.95 } } }
    };
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string latexEscaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, kPlusMinus.size()) == kPlusMinus) {
            out += "$\\pm$";
            i += kPlusMinus.size() - 1;
            continue;
        }
        switch (const char ch = text[i]) {
        case '%':
        case '&':
        case '#':
        case '_':
        case '{':
        case '}':
        case '$': out += std::string("\\") + ch; break;
        case '\\': out += "\\textbackslash{}"; break;
        case '^': out += "\\textasciicircum{}"; break;
        case '~': out += "\\textasciitilde{}"; break;
        case '<': out += "$<$"; break;
        case '>': out += "$>$"; break;
        default: out += ch;
        }
    }
    return out;
}

const std::vector<std::string> &tableFormatNames()
{
    static const std::vector<std::string> names { "text", "markdown", "latex", "csv", "json" };
    return names;
}

TableFormat tableFormatFromName(std::string_view name)
{
    const std::vector<std::string> &names = tableFormatNames();
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? TableFormat::text : static_cast<TableFormat>(at - names.begin());
}

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
