// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/sensitivity_model.h"

#include "views/models/artifact_index.h"
#include "views/models/delta_text.h"
#include "views/models/place_filter.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace batlab::views {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean(const std::vector<float> &values)
{
    double sum = 0;
    int n = 0;
    for (const float v : values) {
        if (!std::isfinite(v))
            continue;
        sum += v;
        ++n;
    }
    return n > 0 ? sum / n : kNaN;
}

/// Of the codes a site's numbers were given, bits of at most 4.
double codeEntropy(const SiteStats &stats)
{
    std::array<double, 16> counts {};
    for (std::size_t i = 0; i < stats.codeUse.size(); ++i)
        counts[i % 16] += stats.codeUse[i];
    const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (all <= 0)
        return kNaN;
    double bits = 0;
    for (const double c : counts)
        if (c > 0)
            bits -= c / all * std::log2(c / all);
    return bits;
}

using Figures = std::array<double, SensitivityModel::ColumnCount>;

void fillLinear(Figures &values, const LinearScore *score)
{
    if (!score)
        return;
    values[SensitivityModel::OutputSqnr] = score->outputSqnrDb;
    values[SensitivityModel::WeightSqnr] = score->weightSqnrDb;
    values[SensitivityModel::Mse] = score->outputMse;
}

void fillSite(Figures &values, const SiteStats *stats)
{
    if (!stats)
        return;
    values[SensitivityModel::Kurtosis] = mean(stats->kurtosis);
    values[SensitivityModel::PeakMedian] = peakOverMedian(*stats);
    values[SensitivityModel::Energy] = mean(stats->energy);
    values[SensitivityModel::Clip] = mean(stats->clipShare);
    values[SensitivityModel::Entropy] = codeEntropy(*stats);
}

/// A figure as its column shows it.
QString figure(int column, double value)
{
    switch (column) {
    case SensitivityModel::Mse:
    case SensitivityModel::Energy: return significant(value);
    case SensitivityModel::PeakMedian: return number(value, 1) + QStringLiteral("×");
    case SensitivityModel::Clip: return number(value * 100, 2);
    case SensitivityModel::Entropy: return number(value, 2);
    case SensitivityModel::Delta: return deltaText(value, 2);
    default: return number(value, 1);
    }
}

/// How far a figure is from the baseline's; empty: nothing to compare with.
QString difference(int column, double value, double baseline)
{
    switch (column) {
    case SensitivityModel::Mse:
    case SensitivityModel::Energy: return deltaSignificant(value - baseline);
    case SensitivityModel::Clip: return deltaText(100 * (value - baseline), 2);
    case SensitivityModel::OutputSqnr:
    case SensitivityModel::Entropy: return deltaText(value - baseline, 2);
    default: return deltaText(value - baseline, 1);
    }
}

QString plain(double value)
{
    return std::isnan(value) ? QString() : QString::number(value, 'g', 7);
}

QString module(const SensitivityModel::Row &row)
{
    if (!row.linear)
        return {};
    const bool attention = inputSite(*row.linear) == Site::t1 || inputSite(*row.linear) == Site::t2;
    return QStringLiteral("model.layers.%1.%2.%3")
        .arg(row.layer)
        .arg(attention ? QStringLiteral("self_attn") : QStringLiteral("mlp"),
             qs(name(*row.linear)));
}

} // namespace

QString SensitivityModel::Row::name() const
{
    const QString place = QStringLiteral("%1 · %2").arg(layer).arg(qs(batlab::name(site)));
    return linear ? place + QStringLiteral(" · ") + qs(batlab::name(*linear)) : place;
}

SensitivityModel::SensitivityModel(QObject *parent) : QAbstractTableModel(parent) { }

bool SensitivityModel::hasDeltas() const
{
    return std::any_of(m_rows.begin(), m_rows.end(),
                       [](const Row &r) { return !std::isnan(r.values[Delta]); });
}

void SensitivityModel::rebuild(const ArtifactIndex &index, const std::string &variant,
                               const std::string &baseline)
{
    std::vector<Row> rows;
    const auto emptyRow = [](int layer, Site site) {
        Row row;
        row.layer = layer;
        row.site = site;
        row.values.fill(kNaN);
        row.baseline.fill(kNaN);
        return row;
    };
    for (int layer = 0; layer < index.layerCount(); ++layer) {
        const LayerId id { Branch::text, layer };
        if (variant == kReference) {
            for (const Site site : kLinearSites) {
                const SiteStats *stats = index.siteStats(variant, id, site);
                if (!stats)
                    continue;
                Row row = emptyRow(layer, site);
                fillSite(row.values, stats);
                if (variant != baseline)
                    fillSite(row.baseline, index.siteStats(baseline, id, site));
                rows.push_back(row);
            }
            continue;
        }
        for (const Linear linear : kLinears) {
            const LinearScore *score = index.linearScore(variant, id, linear);
            if (!score)
                continue;
            Row row = emptyRow(layer, inputSite(linear));
            row.linear = linear;
            fillLinear(row.values, score);
            fillSite(row.values, index.siteStats(variant, id, row.site));
            if (variant != baseline) {
                fillLinear(row.baseline, index.linearScore(baseline, id, linear));
                fillSite(row.baseline, index.siteStats(baseline, id, row.site));
            }
            row.values[Delta] = row.values[OutputSqnr] - row.baseline[OutputSqnr];
            rows.push_back(row);
        }
    }
    const bool samePlaces =
        rows.size() == m_rows.size()
        && std::equal(rows.begin(), rows.end(), m_rows.begin(), [](const Row &a, const Row &b) {
               return a.layer == b.layer && a.site == b.site && a.linear == b.linear;
           });
    if (samePlaces && !rows.empty()) {
        m_rows = std::move(rows);
        Q_EMIT dataChanged(this->index(0, 0), this->index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int SensitivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SensitivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SensitivityModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row &r = row(index.row());
    const double value = r.values[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            (index.column() == Place ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    case ValueRole:
        return index.column() == Place ? QVariant(r.layer * 100.0 + static_cast<int>(r.site) * 10
                                                  + (r.linear ? static_cast<int>(*r.linear) : 0))
                                       : QVariant(value);
    case Qt::DisplayRole:
        if (index.column() == Place)
            return r.name();
        return std::isnan(value) ? QStringLiteral("–") : figure(index.column(), value);
    case Qt::ToolTipRole: {
        const double pinned = r.baseline[static_cast<std::size_t>(index.column())];
        const QString delta = difference(index.column(), value, pinned);
        return delta.isEmpty()
            ? QVariant()
            : tr("%1 to the baseline's %2").arg(delta, figure(index.column(), pinned));
    }
    default: return {};
    }
}

QStringList SensitivityModel::filterKeys()
{
    return { QStringLiteral("sqnr"),   QStringLiteral("delta"),    QStringLiteral("weight"),
             QStringLiteral("mse"),    QStringLiteral("kurtosis"), QStringLiteral("peak"),
             QStringLiteral("energy"), QStringLiteral("clip"),     QStringLiteral("entropy") };
}

QVariant SensitivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((section == Place ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    static const std::array<std::pair<const char *, const char *>, ColumnCount> texts { {
        { QT_TR_NOOP("Layer · site · linear"),
          QT_TR_NOOP("Layer, the site whose numbers the linear reads, and the linear") },
        { QT_TR_NOOP("Out. dB"),
          QT_TR_NOOP("Output SQNR on the calibration inputs, dB: energy of the output over "
                     "energy of its error (filter: sqnr)") },
        { QT_TR_NOOP("Δ dB"),
          QT_TR_NOOP("Output SQNR minus that of the pinned baseline, dB: more is better (filter: "
                     "delta)") },
        { QT_TR_NOOP("Weight dB"),
          QT_TR_NOOP("SQNR of the transformed weights, dB (filter: weight)") },
        { QT_TR_NOOP("MSE"), QT_TR_NOOP("Mean squared error of the output (filter: mse)") },
        { QT_TR_NOOP("Kurtosis"),
          QT_TR_NOOP("Mean kurtosis of the site's blocks, 3 for a normal (filter: kurtosis)") },
        { QT_TR_NOOP("Max/med"),
          QT_TR_NOOP("Largest over median block energy of the site (filter: peak)") },
        { QT_TR_NOOP("Energy"), QT_TR_NOOP("Mean x² of the site, activation² (filter: energy)") },
        { QT_TR_NOOP("Clip %"),
          QT_TR_NOOP("Share of the site's numbers beyond the largest code, % (filter: clip, as a "
                     "share in %)") },
        { QT_TR_NOOP("Entropy b"),
          QT_TR_NOOP("Entropy of the 16 codes in use, bits of 4 (filter: entropy)") },
    } };
    const auto &[title, help] = texts[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return tr(title);
    if (role == Qt::ToolTipRole)
        return tr(help);
    return {};
}

SensitivityFilter::SensitivityFilter(SensitivityModel *model, const PlaceFilter *places,
                                     QObject *parent)
    : QSortFilterProxyModel(parent), m_model(model), m_places(places)
{
    setSourceModel(model);
    setSortRole(SensitivityModel::ValueRole);
}

void SensitivityFilter::setFilterText(const QString &text)
{
    m_filter = RowFilter(text, SensitivityModel::filterKeys());
    invalidateFilter();
}

const SensitivityModel::Row &SensitivityFilter::row(int at) const
{
    return m_model->row(mapToSource(index(at, 0)).row());
}

int SensitivityFilter::find(int layer, Site site) const
{
    for (int i = 0; i < rowCount(); ++i)
        if (const SensitivityModel::Row &r = row(i); r.layer == layer && r.site == site)
            return i;
    return -1;
}

bool SensitivityFilter::filterAcceptsRow(int at, const QModelIndex &) const
{
    const SensitivityModel::Row &r = m_model->row(at);
    if (m_places && !m_places->accepts(r.layer, r.site))
        return false;
    return m_filter.accepts(r.layer, r.name(), [&](const QString &key) {
        const auto column = SensitivityModel::filterKeys().indexOf(key) + 1;
        const double value = r.values[static_cast<std::size_t>(column)];
        return column == SensitivityModel::Clip ? value * 100 : value;
    });
}

bool SensitivityFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const double a = left.data(sortRole()).toDouble(), b = right.data(sortRole()).toDouble();
    if (std::isnan(a) || std::isnan(b))
        return sortOrder() == Qt::AscendingOrder ? !std::isnan(a) && std::isnan(b)
                                                 : std::isnan(a) && !std::isnan(b);
    return a < b;
}

QStringList SensitivityFilter::columns()
{
    return QStringLiteral("layer site linear output_sqnr_db delta_db weight_sqnr_db output_mse "
                          "kurtosis max_over_median energy clip_share code_entropy_bits")
        .split(QLatin1Char(' '));
}

QString SensitivityFilter::cell(int at, int column) const
{
    const SensitivityModel::Row &r = row(at);
    switch (column) {
    case 0: return QString::number(r.layer);
    case 1: return qs(name(r.site));
    case 2: return r.linear ? qs(name(*r.linear)) : QString();
    default:
        return plain(r.values[static_cast<std::size_t>(column - 3 + SensitivityModel::OutputSqnr)]);
    }
}

QString SensitivityFilter::tsv() const
{
    const QStringList names = columns();
    QStringList lines { names.join(QLatin1Char('\t')) };
    for (int i = 0; i < rowCount(); ++i) {
        QStringList cells;
        for (int c = 0; c < names.size(); ++c)
            cells << cell(i, c);
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QString SensitivityFilter::excludeList() const
{
    QString out;
    for (int i = 0; i < rowCount(); ++i)
        if (const QString module = views::module(row(i)); !module.isEmpty())
            out += QStringLiteral("- ") + module + QLatin1Char('\n');
    return out;
}

QString SensitivityFilter::precisionLines() const
{
    QString out;
    for (int i = 0; i < rowCount(); ++i)
        if (const SensitivityModel::Row &r = row(i); r.linear)
            out += QStringLiteral("- layer %1:%2:weights=none\n")
                       .arg(r.layer)
                       .arg(qs(name(*r.linear)));
    return out;
}

} // namespace batlab::views
