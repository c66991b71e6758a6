// SPDX-License-Identifier: Apache-2.0
#include "core/stats/sweep_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace batlab {

namespace {

constexpr int kBase = -1; ///< index of the base's own value

/// The artifact's JSON, read with care: it may come from a file.
struct Content
{
    struct Axis
    {
        std::string path;
        std::vector<std::string> values;
    };
    struct Cell
    {
        std::vector<int> at;
        double value = std::numeric_limits<double>::quiet_NaN();
        std::string reason;
    };
    std::vector<Axis> axes;
    std::vector<Cell> cells;

    explicit Content(const Sweep &sweep)
    {
        if (sweep.axes.is_array())
            for (const Json &axis : sweep.axes)
                axes.push_back(readAxis(axis));
        if (sweep.cells.is_array())
            for (const Json &cell : sweep.cells)
                if (cell.is_object())
                    readCell(cell);
    }
    [[nodiscard]] const Cell *find(const std::vector<int> &at) const
    {
        for (const Cell &cell : cells)
            if (cell.at == at)
                return &cell;
        return nullptr;
    }

private:
    static std::string shown(const Json &value)
    {
        if (value.is_string())
            return value.get<std::string>();
        if (!value.is_array())
            return value.dump(-1, ' ', false, Json::error_handler_t::replace);
        std::string out;
        for (const Json &item : value)
            out += (out.empty() ? "" : "+") + shown(item);
        return out;
    }
    static Axis readAxis(const Json &axis)
    {
        Axis out;
        if (!axis.is_object())
            return out;
        if (const auto it = axis.find("path"); it != axis.end() && it->is_string())
            out.path = it->get<std::string>();
        if (const auto it = axis.find("values"); it != axis.end() && it->is_array())
            for (const Json &value : *it)
                out.values.push_back(shown(value));
        return out;
    }
    void readCell(const Json &json)
    {
        Cell cell;
        const auto at = json.find("at");
        if (at == json.end() || !at->is_array() || at->size() != axes.size())
            return;
        for (std::size_t a = 0; a < axes.size(); ++a) {
            const Json &index = (*at)[a];
            if (!index.is_null()
                && (!index.is_number_integer() || index.get<std::int64_t>() < 0
                    || index.get<std::int64_t>()
                        >= static_cast<std::int64_t>(axes[a].values.size())))
                return;
            cell.at.push_back(index.is_null() ? kBase : index.get<int>());
        }
        if (const auto it = json.find("value"); it != json.end() && it->is_number())
            cell.value = it->get<double>();
        if (const auto it = json.find("reason"); it != json.end() && it->is_string())
            cell.reason = it->get<std::string>();
        cells.push_back(std::move(cell));
    }
};

struct Grid
{
    std::vector<std::vector<std::string>> rows; ///< the first is the head
    std::vector<std::string> notes;
};

class GridMaker
{
public:
    GridMaker(const Sweep &sweep, const Content &content) : m_sweep(sweep), m_content(content) { }

    Grid make()
    {
        if (m_content.axes.empty())
            return {};
        if (m_sweep.mode == "one-at-a-time")
            list();
        else
            matrix();
        return std::move(m_grid);
    }

private:
    static std::string leaf(const std::string &path)
    {
        std::string out;
        std::size_t begin = 0;
        while (begin <= path.size()) {
            const std::size_t end = std::min(path.find(':', begin), path.size());
            const std::string one = path.substr(begin, end - begin);
            out += (out.empty() ? "" : ":") + one.substr(one.rfind('.') + 1);
            begin = end + 1;
        }
        return out;
    }

    [[nodiscard]] std::string number(double value) const
    {
        return fmt::format("{:.{}f}", value, m_sweep.unit == "dB" ? 2 : 3);
    }

    /// The number, or a mark that stands for the reason why there is none.
    std::string text(const Content::Cell *cell)
    {
        if (cell && std::isfinite(cell->value))
            return number(cell->value);
        if (!cell || cell->reason.empty())
            return "-";
        const auto [at, isNew] = m_marks.emplace(cell->reason, m_marks.size() + 1);
        if (isNew)
            m_grid.notes.push_back(fmt::format("[{}] {}", at->second, cell->reason));
        return fmt::format("[{}]", at->second);
    }

    void list()
    {
        const std::size_t n = m_content.axes.size();
        const Content::Cell *base = m_content.find(std::vector<int>(n, kBase));
        const std::string what =
            m_sweep.unit.empty() ? m_sweep.metric : m_sweep.metric + " (" + m_sweep.unit + ")";
        m_grid.rows.push_back({ "Parameter", "Value", what, "Difference" });
        m_grid.rows.push_back({ m_sweep.base, "(base)", text(base), "" });
        for (std::size_t a = 0; a < n; ++a)
            for (std::size_t v = 0; v < m_content.axes[a].values.size(); ++v) {
                std::vector<int> at(n, kBase);
                at[a] = static_cast<int>(v);
                const Content::Cell *cell = m_content.find(at);
                const double change = cell && base ? cell->value - base->value
                                                   : std::numeric_limits<double>::quiet_NaN();
                m_grid.rows.push_back({ v == 0 ? m_content.axes[a].path : std::string(),
                                        m_content.axes[a].values[v], text(cell),
                                        std::isfinite(change) ? fmt::format(
                                            "{:+.{}f}", change, m_sweep.unit == "dB" ? 2 : 3)
                                                              : std::string() });
            }
    }

    void matrix()
    {
        const auto &axes = m_content.axes;
        const std::size_t across = axes.size() - 1;
        std::vector<std::string> head;
        for (std::size_t a = 0; a < across; ++a)
            head.push_back(leaf(axes[a].path));
        if (across == 0)
            head.push_back(m_sweep.metric);
        for (const std::string &value : axes[across].values)
            head.push_back(leaf(axes[across].path) + " " + value);
        m_grid.rows.push_back(std::move(head));
        std::vector<int> at(axes.size(), 0);
        for (;;) {
            std::vector<std::string> row;
            for (std::size_t a = 0; a < across; ++a)
                row.push_back(axes[a].values[static_cast<std::size_t>(at[a])]);
            if (across == 0)
                row.push_back(m_sweep.unit);
            for (std::size_t v = 0; v < axes[across].values.size(); ++v) {
                at[across] = static_cast<int>(v);
                row.push_back(text(m_content.find(at)));
            }
            m_grid.rows.push_back(std::move(row));
            std::size_t a = across;
            while (a > 0 && ++at[a - 1] == static_cast<int>(axes[a - 1].values.size()))
                at[--a] = 0;
            if (a == 0)
                return;
        }
    }

    const Sweep &m_sweep;
    const Content &m_content;
    Grid m_grid;
    std::map<std::string, std::size_t> m_marks;
};

std::string titleOf(const Sweep &sweep)
{
    return fmt::format("{}: {}{} of {}, {} is better", sweep.id, sweep.metric,
                       sweep.unit.empty() ? "" : " in " + sweep.unit, sweep.base,
                       sweep.higherIsBetter ? "more" : "less");
}

std::string asText(const Sweep &sweep, const Grid &grid)
{
    std::vector<std::size_t> widths;
    for (const auto &row : grid.rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.resize(std::max(widths.size(), i + 1), 0);
            widths[i] = std::max(widths[i], row[i].size());
        }
    std::string out = titleOf(sweep) + "\n\n";
    for (const auto &row : grid.rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += fmt::format("{}{:{}}", i == 0 ? "" : "  ", row[i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    for (const std::string &note : grid.notes)
        out += note + "\n";
    return out;
}

std::string asMarkdown(const Sweep &sweep, const Grid &grid)
{
    std::string out = titleOf(sweep) + "\n\n";
    for (std::size_t r = 0; r < grid.rows.size(); ++r) {
        for (const std::string &cell : grid.rows[r]) {
            out += "| ";
            for (const char ch : cell)
                out += ch == '|' ? std::string("\\|") : std::string(1, ch);
            out += " ";
        }
        out += "|\n";
        for (std::size_t i = 0; r == 0 && i < grid.rows[0].size(); ++i)
            out += "|---";
        out += r == 0 ? "|\n" : "";
    }
    for (const std::string &note : grid.notes)
        out += "\n" + note + "\n";
    return out;
}

std::string asLatex(const Sweep &sweep, const Grid &grid)
{
    std::string out = "% \\usepackage{booktabs}\n% " + titleOf(sweep) + "\n";
    for (const std::string &note : grid.notes)
        out += "% " + note + "\n";
    if (grid.rows.empty())
        return out;
    out += "\\begin{tabular}{" + std::string(grid.rows[0].size(), 'l') + "}\n\\toprule\n";
    for (std::size_t r = 0; r < grid.rows.size(); ++r) {
        for (std::size_t i = 0; i < grid.rows[r].size(); ++i)
            out += (i == 0 ? "{}" : " & ") + latexEscaped(grid.rows[r][i]);
        out += r == 0 ? " \\\\\n\\midrule\n" : " \\\\\n";
    }
    return out + "\\bottomrule\n\\end{tabular}\n";
}

std::string quoted(const std::string &text)
{
    std::string out = "\"";
    for (const char ch : text)
        out += ch == '"' ? std::string("\"\"") : std::string(1, ch);
    return out + "\"";
}

std::string asCsv(const Sweep &sweep, const Content &content)
{
    std::string out = "sweep,base";
    for (const Content::Axis &axis : content.axes)
        out += "," + quoted(axis.path);
    out += "," + quoted(sweep.metric) + ",reason\n";
    for (const Content::Cell &cell : content.cells) {
        out += quoted(sweep.id) + "," + quoted(sweep.base);
        for (std::size_t a = 0; a < cell.at.size(); ++a)
            out += ","
                + (cell.at[a] == kBase
                       ? std::string()
                       : quoted(content.axes[a].values[static_cast<std::size_t>(cell.at[a])]));
        out += "," + (std::isfinite(cell.value) ? fmt::format("{}", cell.value) : std::string());
        out += "," + quoted(cell.reason) + "\n";
    }
    return out;
}

} // namespace

std::string render(const Sweep &sweep, TableFormat format)
{
    const Content content(sweep);
    if (format == TableFormat::json) {
        Json json = toJson(Artifact(sweep));
        json.erase("kind");
        return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    if (format == TableFormat::csv)
        return asCsv(sweep, content);
    const bool empty = std::any_of(content.axes.begin(), content.axes.end(),
                                   [](const Content::Axis &a) { return a.values.empty(); });
    const Grid grid = empty ? Grid {} : GridMaker(sweep, content).make();
    switch (format) {
    case TableFormat::markdown: return asMarkdown(sweep, grid);
    case TableFormat::latex: return asLatex(sweep, grid);
    default: return asText(sweep, grid);
    }
}

} // namespace batlab
