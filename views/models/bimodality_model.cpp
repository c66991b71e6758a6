// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/bimodality_model.h"

#include "views/models/artifact_index.h"
#include "views/models/text.h"

#include <QVariantList>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

constexpr std::size_t kSparkBins = 32;

float at(const std::vector<float> &values, std::size_t i)
{
    return i < values.size() ? values[i] : 0.0F;
}

std::vector<float> sparkline(const SiteStats &stats, std::size_t block)
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
    return out;
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

void BimodalityModel::rebuild(const ArtifactIndex &index, const std::string &variant)
{
    std::vector<BimodalityRow> rows;
    for (const SiteStats *stats : index.allSiteStats(variant)) {
        const double middle = median(stats->energy);
        for (std::size_t b = 0; b < static_cast<std::size_t>(stats->blocks); ++b) {
            BimodalityRow row;
            row.layer = stats->layer.index;
            row.site = stats->site;
            row.block = static_cast<int>(b);
            row.bimodality = at(stats->bimodality, b);
            row.valley = at(stats->valleyDepth, b);
            row.energy = at(stats->energy, b);
            row.peakOverMedian = middle > 0 ? row.energy / middle : 0;
            row.sqnrDb = at(stats->sqnrDb, b);
            row.spark = sparkline(*stats, b);
            rows.push_back(std::move(row));
        }
    }
    order(rows);
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void BimodalityModel::order(std::vector<BimodalityRow> &rows) const
{
    const auto key = [this](const BimodalityRow &r) {
        switch (m_sortColumn) {
        case Place: return r.layer * 1e6 + static_cast<int>(r.site) * 1e5 + r.block;
        case Valley: return r.valley;
        case PeakMedian: return r.peakOverMedian;
        case Sqnr: return r.sqnrDb;
        default: return r.bimodality;
        }
    };
    std::stable_sort(rows.begin(), rows.end(), [&](const BimodalityRow &a, const BimodalityRow &b) {
        const double left = key(a), right = key(b);
        if (std::isnan(left) || std::isnan(right))
            return !std::isnan(left) && std::isnan(right); // missing values last, either way
        return m_sortOrder == Qt::AscendingOrder ? left < right : left > right;
    });
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
    struct Place3
    {
        int layer;
        Site site;
        int block;
        int column;
    };
    const QModelIndexList held = persistentIndexList();
    std::vector<Place3> places;
    for (const QModelIndex &i : held)
        places.push_back({ row(i.row()).layer, row(i.row()).site, row(i.row()).block, i.column() });
    order(m_rows);
    QModelIndexList moved;
    for (const Place3 &p : places)
        moved.append(index(find(p.layer, p.site, p.block), p.column));
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
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const BimodalityRow &r = m_rows[i];
        if (r.layer == layer && r.site == site && r.block == block)
            return static_cast<int>(i);
    }
    return -1;
}

int BimodalityModel::bimodalCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const BimodalityRow &r) {
        return r.bimodality > kUniformBimodality;
    }));
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
        return tr("Layer %1, %2, block %3: bimodality %4, valley %5 %, energy %6 × median, SQNR %7 "
                  "dB")
            .arg(r.layer)
            .arg(qs(name(r.site)))
            .arg(r.block)
            .arg(number(r.bimodality, 3), number(r.valley * 100, 0), number(r.peakOverMedian, 1),
                 number(r.sqnrDb, 1));
    }
    if (role == ValueRole) {
        switch (index.column()) {
        case Rank: return index.row() + 1;
        case Coefficient: return r.bimodality;
        case Valley: return r.valley;
        case PeakMedian: return r.peakOverMedian;
        case Sqnr: return r.sqnrDb;
        case Spark: {
            QVariantList list;
            for (const float value : r.spark)
                list.append(value);
            return list;
        }
        default: return data(index, Qt::DisplayRole);
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Rank: return QString::number(index.row() + 1);
    case Place:
        return QStringLiteral("%1 · %2 · %3").arg(r.layer).arg(qs(name(r.site))).arg(r.block);
    case Coefficient: return number(r.bimodality, 3);
    case Valley: return number(r.valley * 100, 0);
    case PeakMedian: return QString(number(r.peakOverMedian, 1) + QStringLiteral("×"));
    case Sqnr: return number(r.sqnrDb, 1);
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
        case PeakMedian: return tr("Block energy over the median block energy of the site");
        case Sqnr: return tr("Signal to quantization noise of this block's activations, dB");
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
    case PeakMedian: return tr("Peak/med");
    case Sqnr: return tr("SQNR dB");
    default: return {};
    }
}

} // namespace batlab::views
