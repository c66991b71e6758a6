// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/fallback_model.h"

#include "core/spec/format_names.h"
#include "views/models/artifact_index.h"
#include "views/models/set_value_command.h"
#include "views/models/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace batlab::views {

namespace {

struct Shape
{
    std::int64_t layers = 0;
    std::array<double, 4> weights {}, width {};
};

Shape shapeOf(const Json &config)
{
    const auto size = [&](const char *key) {
        const auto at = config.is_object() ? config.find(key) : config.end();
        return config.is_object() && at != config.end() && at->is_number() ? at->get<double>()
                                                                           : 0.0;
    };
    const double hidden = size("hidden"), inner = size("intermediate"),
                 heads = size("heads") * size("headDim"), kv = size("kvHeads") * size("headDim");
    Shape out;
    out.layers = static_cast<std::int64_t>(size("layers"));
    out.weights = { hidden * (heads + 2 * kv), heads * hidden, 2 * hidden * inner, inner * hidden };
    out.width = { hidden, heads, hidden, inner };
    return out;
}

std::string formatAt(const RunSpec &spec, int layer, Site site)
{
    const LayerFormats formats = layerFormats(spec.protocol, spec.variants.front().recipe, layer);
    for (const Linear linear : kLinears) {
        if (inputSite(linear) == site) {
            const std::string &format = formats.weights[static_cast<std::size_t>(linear)];
            return isUnquantized(format) ? "bf16" : format;
        }
    }
    return "mxfp4";
}

double relative(double sqnrDb) { return std::pow(10, -sqnrDb / 10); }

std::vector<std::string> formatsOf(const std::vector<FallbackUnit> &units)
{
    std::vector<std::string> out;
    out.reserve(units.size());
    for (const FallbackUnit &unit : units)
        out.push_back(unit.format);
    return out;
}

} // namespace

void FallbackModel::clear(const QString &reason)
{
    m_reason = reason;
    replace({});
}

void FallbackModel::replace(std::vector<FallbackUnit> units)
{
    const bool same = units.size() == m_units.size() && !units.empty();
    if (!same)
        beginResetModel();
    m_units = std::move(units);
    if (same)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    else
        endResetModel();
    Q_EMIT planChanged();
}

void FallbackModel::setSource(const ArtifactIndex &index, const std::string &variant,
                              const RunSpec &base, const RunSpec &present)
{
    const ModelSummary *model = index.model();
    const Shape shape = model ? shapeOf(model->config) : Shape {};
    if (shape.layers <= 0 || shape.layers > 10000 || shape.weights[0] <= 0) {
        clear(tr("The session does not know the model's shape yet."));
        return;
    }
    m_base.clear();
    for (int layer = 0; layer < shape.layers; ++layer) {
        for (const Site site : kLinearSites) {
            const auto s = static_cast<std::size_t>(site);
            FallbackUnit unit { layer, site, shape.weights[s], shape.width[s], 0, {}, {} };
            unit.format = unit.measured = formatAt(base, layer, site);
            m_base.push_back(std::move(unit));
        }
    }
    measure(index, variant, base);
    const Stage *stage = base.variants.front().recipe.findStage("precision");
    m_lines = stage ? stage->parameters.at("overrides") : Json::array();
    m_reason.clear();
    std::vector<FallbackUnit> units = m_base;
    for (FallbackUnit &unit : units)
        unit.format = formatAt(present, unit.layer, unit.site);
    m_variant = variant;
    m_present = formatsOf(units);
    const auto kept = m_edited.find(variant);
    // Edits that were written into the what-if are kept: undoing that brings them back.
    if (kept != m_edited.end() && kept->second.size() == units.size())
        for (std::size_t i = 0; i < units.size(); ++i)
            units[i].format = kept->second[i];
    else
        m_edited.erase(variant);
    replace(std::move(units));
}

FallbackModel::Formats FallbackModel::formats() const { return formatsOf(m_units); }

void FallbackModel::edit(const std::vector<FallbackUnit> &units, const QString &text)
{
    const Formats before = formats(), after = formatsOf(units);
    if (after == before)
        return;
    if (!m_undo) {
        put(m_variant, after);
        return;
    }
    m_undo->push(new SetValueCommand<Formats>(
        text, before, after,
        [self = QPointer<FallbackModel>(this), variant = m_variant](const Formats &formats) {
            if (self)
                self->put(variant, formats);
        }));
}

void FallbackModel::put(const std::string &variant, const Formats &formats)
{
    m_edited[variant] = formats;
    if (variant != m_variant || formats.size() != m_units.size())
        return; // another variant is shown; it waits
    std::vector<FallbackUnit> units = m_units;
    for (std::size_t i = 0; i < units.size(); ++i)
        units[i].format = formats[i];
    replace(std::move(units));
}

Json FallbackModel::edits() const
{
    Json out = Json::object();
    for (const auto &[variant, formats] : m_edited)
        out[variant] = formats;
    return out;
}

void FallbackModel::restoreEdits(const Json &kept)
{
    const auto known = [](const Json &format) {
        const std::vector<std::string> &names = allFormatNames();
        return format.is_string()
            && (isUnquantized(format.get<std::string>())
                || std::find(names.begin(), names.end(), format.get<std::string>()) != names.end());
    };
    if (!kept.is_object())
        return;
    for (const auto &[variant, formats] : kept.items())
        if (formats.is_array() && std::all_of(formats.begin(), formats.end(), known))
            put(variant, formats.get<Formats>());
}

void FallbackModel::measure(const ArtifactIndex &index, const std::string &variant,
                            const RunSpec &base)
{
    int linears = 0, sites = 0;
    for (FallbackUnit &unit : m_base) {
        const LayerId layer { Branch::text, unit.layer };
        bool scored = false;
        for (const Linear linear : kLinears) {
            const LinearScore *score = inputSite(linear) == unit.site
                ? index.linearScore(variant, layer, linear)
                : nullptr;
            if (!score || !std::isfinite(score->outputSqnrDb))
                continue;
            unit.error += relative(score->outputSqnrDb);
            scored = true;
            ++linears;
        }
        const SiteStats *stats = scored ? nullptr : index.siteStats(variant, layer, unit.site);
        if (!stats || stats->sqnrDb.size() != stats->energy.size())
            continue;
        double energy = 0, noise = 0;
        for (std::size_t b = 0; b < stats->energy.size(); ++b) {
            energy += static_cast<double>(stats->energy[b]);
            noise += static_cast<double>(stats->energy[b])
                * relative(static_cast<double>(stats->sqnrDb[b]));
        }
        if (energy > 0 && std::isfinite(noise)) {
            unit.error = noise / energy;
            ++sites;
        }
    }
    const QString title = base.variants.front().recipe.title.empty()
        ? qs(variant)
        : qs(base.variants.front().recipe.title);
    m_basis = linears > 0 ? tr("output error of %1 linears of %2").arg(linears).arg(title)
        : sites > 0       ? tr("quantization error of %1 sites of %2").arg(sites).arg(title)
                          : QString();
}

std::vector<FallbackPoint> FallbackModel::greedyPath() const
{
    std::vector<FallbackPoint> path;
    (void)greedyFallback(m_base, 1e9, &path);
    return path;
}

void FallbackModel::suggest(double bits)
{
    if (!isEmpty())
        edit(greedyFallback(m_base, bits),
             tr("suggest a precision of %1 bits").arg(number(bits, 2)));
}

void FallbackModel::reset()
{
    if (!isEmpty())
        edit(m_base, tr("reset the precision"));
}

void FallbackModel::setFormat(int layer, Site site, const std::string &format)
{
    std::vector<FallbackUnit> units = m_units;
    for (FallbackUnit &unit : units) {
        if (unit.layer == layer && unit.site == site)
            unit.format = format;
    }
    edit(units, tr("%1 of layer %2 in %3").arg(qs(name(site))).arg(layer).arg(formatTitle(format)));
}

Json FallbackModel::overrides() const
{
    Json out = m_lines;
    for (const std::string &line : precisionLines(m_units, m_base)) {
        out.erase(std::remove(out.begin(), out.end(), Json(line)), out.end()); // the last one wins
        out.push_back(line);
    }
    return out;
}

QString FallbackModel::formatTitle(const std::string &format)
{
    if (isUnquantized(format))
        return QStringLiteral("bf16");
    return qs(format).toUpper();
}

int FallbackModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_units.size() / 4);
}

int FallbackModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FallbackModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == Share ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (index.column() == Layer)
        return role == Qt::DisplayRole ? QVariant(index.row()) : QVariant();
    if (index.column() == Share) {
        double mine = 0, all = 0;
        for (std::size_t i = 0; i < m_units.size(); ++i) {
            const double error = estimatedError(m_units[i]);
            all += error;
            mine += m_units[i].layer == index.row() ? error : 0;
        }
        const double share = all > 0 ? mine / all : 0;
        if (role == ShareRole)
            return share;
        return role == Qt::DisplayRole ? QVariant(number(100 * share, 1)) : QVariant();
    }
    const std::size_t at = unitAt(index.row(), index.column());
    const FallbackUnit &unit = m_units[at];
    switch (role) {
    case Qt::DisplayRole: return formatTitle(unit.format);
    case Qt::EditRole:
    case FormatRole: return qs(unit.format);
    case ChangedRole: return unit.format != m_base[at].format;
    case Qt::ToolTipRole:
        return tr("%1 of layer %2: weights and the numbers that enter them; estimated error %3 %")
            .arg(qs(name(unit.site)))
            .arg(unit.layer)
            .arg(number(100 * estimatedError(unit), 3));
    default: return {};
    }
}

bool FallbackModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    const std::string format = ss(value.toString());
    if (!index.isValid() || role != Qt::EditRole || index.column() < T1 || index.column() > T4
        || std::find(fallbackFormats().begin(), fallbackFormats().end(), format)
            == fallbackFormats().end())
        return false;
    setFormat(index.row(), static_cast<Site>(index.column() - T1), format);
    return true;
}

Qt::ItemFlags FallbackModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags base = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() >= T1 && index.column() <= T4)
        base |= Qt::ItemIsEditable;
    return base;
}

QVariant FallbackModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Share ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const auto site = static_cast<Site>(section - T1);
    if (role == Qt::ToolTipRole && section != Layer)
        return section == Share ? tr("The layer's share of the estimated error of all layers")
                                : QStringLiteral("%1 %2").arg(qs(name(site)), qs(title(site)));
    if (role != Qt::DisplayRole)
        return {};
    if (section == Layer)
        return tr("Layer");
    if (section == Share)
        return tr("Error share, %");
    return qs(name(site)); // five columns stand beside a plot
}

} // namespace batlab::views
