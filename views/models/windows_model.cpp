// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/windows_model.h"

#include "views/models/full_value.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

WindowsModel::WindowsModel(QObject *parent) : QAbstractTableModel(parent) { }

void WindowsModel::show(const EvaluationResult *variant, const EvaluationResult *baseline)
{
    beginResetModel();
    m_rows.clear();
    if (variant && baseline && variant->windowNll.size() == baseline->windowNll.size()) {
        const auto kldOf = [](const EvaluationResult &r, std::size_t window) {
            return window < r.windowKld.size() ? r.windowKld[window] : std::nan("");
        };
        for (std::size_t i = 0; i < variant->windowNll.size(); ++i)
            m_rows.push_back({ static_cast<int>(i), baseline->windowNll[i], variant->windowNll[i],
                               kldOf(*variant, i), kldOf(*baseline, i) });
    }
    endResetModel();
}

int WindowsModel::windowOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].window : -1;
}

double WindowsModel::meanDelta() const
{
    double sum = 0;
    for (const Row &row : m_rows)
        sum += value(row, Delta);
    return m_rows.empty() ? std::nan("") : sum / static_cast<double>(m_rows.size());
}

int WindowsModel::worse() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(),
                                          [](const Row &r) { return value(r, Delta) > 0; }));
}

bool WindowsModel::hasKldDeltas() const
{
    return !m_rows.empty() && std::none_of(m_rows.begin(), m_rows.end(), [](const Row &r) {
        return std::isnan(value(r, DeltaKld));
    });
}

double WindowsModel::value(const Row &row, int column)
{
    switch (column) {
    case Window: return row.window;
    case Baseline: return row.baseline;
    case Variant: return row.variant;
    case Delta: return row.variant - row.baseline;
    case Kld: return row.kld;
    case DeltaKld: return row.kld - row.baselineKld;
    default: return std::nan("");
    }
}

int WindowsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int WindowsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant WindowsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const double v = value(m_rows[static_cast<std::size_t>(index.row())], index.column());
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Window)
            return QString::number(static_cast<int>(v));
        if (std::isnan(v))
            return QStringLiteral("–");
        if (index.column() == Delta || index.column() == DeltaKld)
            return QString((v > 0       ? QStringLiteral("▲ ")
                                : v < 0 ? QStringLiteral("▼ ")
                                        : QString())
                           + signedNumber(v, 4));
        return number(v, 4);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    case kValueRole: return v;
    case kFullValueRole: return index.column() == Window ? QVariant() : QVariant(v);
    default: return {};
    }
}

QVariant WindowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Baseline: return tr("Mean negative log likelihood of the baseline, nat a token");
        case Variant: return tr("The same of the selected variant");
        case Delta: return tr("Selected variant minus baseline; above 0 is worse");
        case Kld: return tr("Mean KL divergence from the reference, nat a token");
        case DeltaKld:
            return tr("KL divergence of the selected variant minus the baseline's, window by "
                      "window; above 0 is worse");
        default: return tr("Number of the window in the text");
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Window: return tr("Window");
    case Baseline: return tr("Base, nat");
    case Variant: return tr("NLL, nat");
    case Delta: return tr("Δ NLL, nat");
    case Kld: return tr("KLD, nat");
    case DeltaKld: return tr("Δ KLD, nat");
    default: return {};
    }
}

void WindowsModel::sort(int column, Qt::SortOrder order)
{
    beginResetModel();
    std::stable_sort(m_rows.begin(), m_rows.end(), [&](const Row &a, const Row &b) {
        const double x = value(a, column), y = value(b, column);
        return order == Qt::AscendingOrder ? x < y : y < x;
    });
    endResetModel();
}

} // namespace batlab::views
