// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/bimodality_model.h"

#include "views/models/artifact_index.h"
#include "views/models/delta_text.h"
#include "views/models/full_value.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

namespace batlab::views {

namespace {

constexpr std::size_t kSparkBins = 32;

float at(const std::vector<float> &values, std::size_t i)
{
    return i < values.size() ? values[i] : 0.0F;
}

QVariantList sparkline(const SiteStats &stats, std::size_t block)
{
    const auto bins = static_cast<std::size_t>(std::max<std::int64_t>(0, stats.bins));
    if (bins == 0 || stats.histogram.size() < (block + 1) * bins)
        return {};
    const std::size_t n = std::min(kSparkBins, bins);
    std::vector<float> out(n, 0.0F);
    for (std::size_t i = 0; i < bins; ++i)
        out[i * n / bins] += static_cast<float>(stats.histogram[block * bins + i]);
    const float peak = *std::max_element(out.begin(), out.end());
    if (peak > 0)
        for (float &value : out)
            value /= peak;
    QVariantList list;
    list.reserve(static_cast<qsizetype>(out.size()));
    for (const float value : out)
        list.append(value);
    return list;
}

double median(std::vector<float> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace

BimodalityModel::BimodalityModel(QObject *parent) : QAbstractTableModel(parent) { }

std::vector<BimodalityRow> bimodalityRows(const ArtifactIndex &index, const std::string &variant,
                                          const std::string &baseline)
{
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    std::vector<BimodalityRow> rows;
    for (const SiteStats *stats : index.allSiteStats(variant)) {
        const SiteStats *pin = baseline.empty() || baseline == variant
            ? nullptr
            : index.siteStats(baseline, stats->layer, stats->site);
        const double middle = median(stats->energy);
        for (std::size_t b = 0; b < static_cast<std::size_t>(stats->blocks); ++b) {
            BimodalityRow row;
            row.layer = stats->layer.index;
            row.site = stats->site;
            row.block = static_cast<int>(b);
            row.bimodality = at(stats->bimodality, b);
            row.valley = at(stats->valleyDepth, b);
            row.dip = b < stats->dip.size() ? static_cast<double>(stats->dip[b])
                                            : std::numeric_limits<double>::quiet_NaN();
            row.energy = at(stats->energy, b);
            row.peakOverMedian = middle > 0 ? row.energy / middle : 0;
            row.sqnrDb = at(stats->sqnrDb, b);
            const bool comparable = pin && b < pin->bimodality.size() && b < pin->sqnrDb.size();
            row.deltaBimodality =
                comparable ? row.bimodality - static_cast<double>(pin->bimodality[b]) : none;
            row.deltaSqnrDb = comparable ? row.sqnrDb - static_cast<double>(pin->sqnrDb[b]) : none;
            row.spark = sparkline(*stats, b);
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

void BimodalityModel::rebuild(const ArtifactIndex &index, const std::string &variant)
{
    setRows(bimodalityRows(index, variant));
}

void BimodalityModel::setRows(std::vector<BimodalityRow> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_bimodal =
        static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const BimodalityRow &r) {
            return r.bimodality > kUniformBimodality;
        }));
    m_deltas = std::any_of(m_rows.begin(), m_rows.end(),
                           [](const BimodalityRow &r) { return !std::isnan(r.deltaBimodality); });
    order();
    endResetModel();
}

void BimodalityModel::order()
{
    std::vector<double> keys;
    keys.reserve(m_rows.size());
    for (const BimodalityRow &r : m_rows) {
        switch (m_sortColumn) {
        case Place: keys.push_back(static_cast<double>(keys.size())); break;
        case Valley: keys.push_back(r.valley); break;
        case Dip: keys.push_back(r.dip); break;
        case PeakMedian: keys.push_back(r.peakOverMedian); break;
        case Sqnr: keys.push_back(r.sqnrDb); break;
        case DeltaCoefficient: keys.push_back(r.deltaBimodality); break;
        case DeltaSqnr: keys.push_back(r.deltaSqnrDb); break;
        default: keys.push_back(r.bimodality); break;
        }
    }
    m_order.resize(m_rows.size());
    std::iota(m_order.begin(), m_order.end(), std::size_t { 0 });
    std::stable_sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) {
        const double left = keys[a], right = keys[b];
        if (std::isnan(left) || std::isnan(right))
            return !std::isnan(left) && std::isnan(right); // missing values last, either way
        return m_sortOrder == Qt::AscendingOrder ? left < right : left > right;
    });
    m_place.resize(m_rows.size());
    for (std::size_t i = 0; i < m_order.size(); ++i)
        m_place[m_order[i]] = i;
}

void BimodalityModel::sort(int column, Qt::SortOrder sortOrder)
{
    if (column == Spark || column == Rank) {
        column = Coefficient;
        sortOrder = Qt::DescendingOrder;
    }
    m_sortColumn = column;
    m_sortOrder = sortOrder;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList held = persistentIndexList();
    std::vector<std::size_t> rows;
    for (const QModelIndex &i : held)
        rows.push_back(m_order[static_cast<std::size_t>(i.row())]);
    order();
    QModelIndexList moved;
    for (qsizetype i = 0; i < held.size(); ++i)
        moved.append(index(static_cast<int>(m_place[rows[static_cast<std::size_t>(i)]]),
                           held.at(i).column()));
    changePersistentIndexList(held, moved);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int BimodalityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int BimodalityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

int BimodalityModel::find(int layer, Site site, int block) const
{
    const auto wanted = std::tuple(layer, site, block);
    const auto place = [](const BimodalityRow &r) { return std::tuple(r.layer, r.site, r.block); };
    const auto found =
        std::lower_bound(m_rows.begin(), m_rows.end(), wanted,
                         [&](const BimodalityRow &r, const auto &w) { return place(r) < w; });
    if (found == m_rows.end() || place(*found) != wanted)
        return -1;
    return static_cast<int>(m_place[static_cast<std::size_t>(found - m_rows.begin())]);
}

QVariant BimodalityModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const BimodalityRow &r = row(index.row());
    if (role == Qt::TextAlignmentRole) {
        const bool number = index.column() >= Coefficient;
        return QVariant::fromValue(
            Qt::Alignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
        return tr("Layer %1, %2, block %3: bimodality %4, valley %5 %, dip %6, energy %7 × median, "
                  "SQNR %8 dB")
            .arg(r.layer)
            .arg(qs(name(r.site)))
            .arg(r.block)
            .arg(number(r.bimodality, 3), number(r.valley * 100, 0), number(r.dip, 4),
                 number(r.peakOverMedian, 1), number(r.sqnrDb, 1));
    }
    if (role == ValueRole) {
        switch (index.column()) {
        case Rank: return index.row() + 1;
        case Coefficient: return r.bimodality;
        case Valley: return r.valley;
        case PeakMedian: return r.peakOverMedian;
        case Sqnr: return r.sqnrDb;
        case Dip: return r.dip;
        case DeltaCoefficient: return r.deltaBimodality;
        case DeltaSqnr: return r.deltaSqnrDb;
        case Spark: return r.spark;
        default: return data(index, Qt::DisplayRole);
        }
    }
    if (role == kFullValueRole)
        return index.column() == Valley     ? QVariant(r.valley * 100)
            : index.column() >= Coefficient ? data(index, ValueRole)
                                            : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Rank: return QString::number(index.row() + 1);
    case Place:
        return QStringLiteral("%1 · %2 · %3").arg(r.layer).arg(qs(name(r.site))).arg(r.block);
    case Coefficient: return number(r.bimodality, 3);
    case Valley: return number(r.valley * 100, 0);
    case Dip: return std::isnan(r.dip) ? QStringLiteral("–") : number(r.dip, 4);
    case PeakMedian: return QString(number(r.peakOverMedian, 1) + QStringLiteral("×"));
    case Sqnr: return number(r.sqnrDb, 1);
    case DeltaCoefficient: return deltaText(r.deltaBimodality, 3);
    case DeltaSqnr: return deltaText(r.deltaSqnrDb, 2);
    default: return {};
    }
}

QVariant BimodalityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            (section >= Coefficient ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Coefficient:
            return tr("Sarle's bimodality coefficient, (skew² + 1) / kurtosis; a uniform has 5/9");
        case Valley: return tr("How deep the histogram dips between its two highest modes, %");
        case Dip:
            return tr(
                "Hartigan's dip statistic of a seeded sample of 4,096 values: the distance to "
                "the nearest distribution with one mode, at most 0.25");
        case PeakMedian: return tr("Block energy over the median block energy of the site");
        case Sqnr: return tr("Signal to quantization noise of this block's activations, dB");
        case DeltaCoefficient:
            return tr("Bimodality coefficient minus that of the pinned baseline: less is better");
        case DeltaSqnr: return tr("SQNR minus that of the pinned baseline, dB: more is better");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Rank: return QStringLiteral("#");
    case Place: return tr("Layer · site · block");
    case Spark: return tr("Values ÷ scale");
    case Coefficient: return tr("BC");
    case Valley: return tr("Valley %");
    case Dip: return tr("Dip");
    case PeakMedian: return tr("Peak/med");
    case Sqnr: return tr("SQNR dB");
    case DeltaCoefficient: return tr("Δ BC");
    case DeltaSqnr: return tr("Δ dB");
    default: return {};
    }
}

} // namespace batlab::views
