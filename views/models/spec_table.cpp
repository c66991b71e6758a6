// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/spec_table.h"

#include "core/spec/run_spec.h"
#include "views/models/text.h"

#include <QFont>

#include <algorithm>
#include <map>

namespace batlab::views {

namespace {

/// Everything that decides a variant's numbers, without names and prose.
Json specOf(const WorkbenchDocument &document, const VariantInfo &info)
{
    Json out = Json::object();
    if (info.recipe.is_object() && info.recipe.contains("passes")) {
        const Json &passes = info.recipe["passes"];
        for (std::size_t i = 0; passes.is_array() && i < passes.size(); ++i) {
            const Json &pass = passes[i];
            const std::string name = i == 0 ? "" : "pass " + std::to_string(i + 1) + ": ";
            for (const char *key : { "scope", "stream" })
                if (pass.is_object() && pass.contains(key))
                    out[name + key] = pass[key];
            if (!pass.is_object() || !pass.contains("stages") || !pass["stages"].is_array())
                continue;
            for (const Json &stage : pass["stages"])
                for (const auto &[kind, parameters] : stage.items())
                    out[name + kind] =
                        parameters.is_object() && parameters.empty() ? Json("on") : parameters;
        }
    }
    out["settings"] = info.settings;
    out["protocol"] = info.protocol;
    if (const RunEntry *run = document.runOf(info.id))
        for (const char *key : { "model", "seed", "calibration" })
            if (run->spec.contains(key))
                out[key] = run->spec[key];
    return out;
}

} // namespace

SpecTable::SpecTable(QObject *parent) : QAbstractTableModel(parent) { }

void SpecTable::show(const WorkbenchDocument &document, const std::vector<std::string> &variants,
                     const std::string &baseline)
{
    beginResetModel();
    m_rows.clear();
    m_titles.clear();
    m_baseline = 0;
    std::vector<Json> specs;
    std::vector<std::string> tokens; // hashes
    for (const std::string &id : variants) {
        const VariantInfo *info = document.artifacts().variant(id);
        if (!info || info->family == "reference")
            continue;
        if (id == baseline)
            m_baseline = specs.size();
        m_titles.append(document.variantTitle(qs(id)));
        specs.push_back(specOf(document, *info));
        tokens.push_back(info->calibrationHash);
    }
    // The same words may stand for other tokens: a text file changes, samples are another device's.
    if (std::find(tokens.begin(), tokens.end(), std::string()) == tokens.end())
        for (std::size_t v = 0; v < specs.size(); ++v)
            specs[v]["calibration.tokenHash"] = tokens[v];
    // Against the first: a path that differs anywhere differs from it somewhere.
    std::map<std::string, std::vector<std::string>> rows;
    for (std::size_t v = 1; v < specs.size(); ++v) {
        for (const SpecDifference &d : diff(specs.front(), specs[v])) {
            auto [at, isNew] = rows.try_emplace(d.path);
            if (isNew)
                at->second.assign(specs.size(), d.before);
            at->second[v] = d.after;
        }
    }
    for (auto &[path, values] : rows)
        m_rows.push_back({ path, std::move(values) });
    endResetModel();
}

int SpecTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SpecTable::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || m_titles.isEmpty() ? 0 : 1 + static_cast<int>(m_titles.size());
}

QVariant SpecTable::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == 0)
        return role == Qt::DisplayRole || role == Qt::ToolTipRole ? QVariant(qs(row.path))
                                                                  : QVariant();
    const std::string &value = row.values[static_cast<std::size_t>(index.column() - 1)];
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return value.empty() ? QStringLiteral("–") : qs(value);
    if (role == Qt::FontRole && value != row.values[m_baseline]) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    return {};
}

QVariant SpecTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= columnCount())
        return {};
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return section == 0 ? tr("Parameter") : m_titles.at(section - 1);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    return {};
}

} // namespace batlab::views
