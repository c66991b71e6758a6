// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_metrics.h"

#include "views/models/full_value.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

const WhatIfSite &siteOf(const WhatIfAnswer &answer, Site site)
{
    static const WhatIfSite none;
    const WhatIfSite *found = answer.site(site);
    return found ? *found : none;
}

} // namespace

double WhatIfMetrics::Row::delta() const
{
    if (relative)
        return pinned != 0 ? 100 * (now - pinned) / std::abs(pinned) : kUnknown;
    return now - pinned;
}

QString WhatIfMetrics::text(const Row &row, double value)
{
    if (std::isnan(value))
        return QStringLiteral("–");
    if (!row.scientific)
        return number(value, row.decimals);
    if (std::abs(value) >= 0.1 && std::abs(value) < 1e4)
        return number(value, std::abs(value) < 100 ? 2 : 0);
    return QString::number(value, 'e', 2).replace(QLatin1Char('-'), QChar(0x2212));
}

QVariant WhatIfMetrics::fullDelta(const Row &row)
{
    const double delta = row.delta();
    return row.relative && !std::isnan(delta) // of another unit than the column's other numbers
        ? QVariant(QString::number(delta, 'g', 10) + QLatin1Char(' ') + tr("%"))
        : QVariant(delta);
}

std::vector<WhatIfMetrics::Kind> WhatIfMetrics::kinds(Site site)
{
    using Answer = WhatIfAnswer;
    const QString at = qs(name(site)), db = tr("dB");
    const std::string of = '.' + std::string(name(site));
    return {
        { "output-sqnr", tr("Output SQNR"), db, tr("Mean over the seven linears of the layer"),
          [](const Answer &a, Site) { return a.outputSqnrDb; }, 2, 1, 3 },
        { "output-mse",
          tr("Output MSE"),
          {},
          tr("Squared error of the linears' outputs; Δ is relative"),
          [](const Answer &a, Site) { return a.outputMse; },
          1,
          -1,
          50,
          true,
          true },
        { "output-sqnr" + of, tr("Output SQNR, %1").arg(at), db,
          tr("Of the linears that read the site"),
          [](const Answer &a, Site s) { return siteOf(a, s).outputSqnrDb; }, 2, 1, 3 },
        { "input-sqnr" + of, tr("Input SQNR, %1").arg(at), db,
          tr("Of the activation quantizer at the site"),
          [](const Answer &a, Site s) { return siteOf(a, s).activationSqnrDb; }, 2, 1, 3 },
        { "clipped" + of, tr("Clipped values"), tr("%"), tr("Share beyond the largest code"),
          [](const Answer &a, Site s) { return 100 * siteOf(a, s).clipShare; }, 2, -1, 5 },
        { "zeros" + of, tr("Values at code 0"), tr("%"), tr("Share rounded to zero"),
          [](const Answer &a, Site s) { return 100 * siteOf(a, s).zeroShare; }, 1, -1, 10 },
        { "entropy" + of, tr("Code entropy"), tr("of 4 bit"),
          tr("How evenly the 16 codes are used"),
          [](const Answer &a, Site s) { return siteOf(a, s).codeEntropy; }, 2, 1, 0.5 },
        { "bimodality" + of, tr("Bimodality, worst block"), tr("BC"),
          tr("Sarle's coefficient; 0.555 is uniform"),
          [](const Answer &a, Site s) { return siteOf(a, s).bimodality; }, 3, -1, 0.2 },
        { "condition" + of, tr("Condition of P"), tr("κ"),
          tr("Of the online transform at the site"),
          [](const Answer &a, Site s) { return siteOf(a, s).condition; }, 1, -1, 5 },
    };
}

void WhatIfMetrics::setAnswers(std::shared_ptr<const WhatIfAnswer> pinned,
                               std::shared_ptr<const WhatIfAnswer> now, Site site,
                               const QString &pinnedTitle)
{
    beginResetModel();
    m_pinnedTitle = pinnedTitle;
    m_rows.clear();
    if (pinned || now)
        for (const Kind &kind : kinds(site))
            m_rows.push_back({ kind, pinned ? kind.value(*pinned, site) : kUnknown,
                               now ? kind.value(*now, site) : kUnknown });
    endResetModel();
}

int WhatIfMetrics::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int WhatIfMetrics::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant WhatIfMetrics::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Metric: return row.unit.isEmpty() ? row.name : row.name + QLatin1Char(' ') + row.unit;
        case Pinned: return text(row, row.pinned);
        case WhatIf: return text(row, row.now);
        case Delta: return signedNumber(row.delta(), row.decimals);
        default: return {};
        }
    case Qt::TextAlignmentRole:
        return index.column() == Metric ? QVariant(int(Qt::AlignLeft | Qt::AlignVCenter))
                                        : QVariant(int(Qt::AlignRight | Qt::AlignVCenter));
    case Qt::ToolTipRole: return row.help;
    case Qt::AccessibleTextRole:
        return index.column() == Better
            ? (std::isnan(row.delta()) || row.delta() == 0 ? tr("no difference")
                   : row.delta() * row.better > 0          ? tr("better")
                                                           : tr("worse"))
            : data(index, Qt::DisplayRole);
    case DeltaValueRole: return row.delta();
    case kFullValueRole:
        switch (index.column()) {
        case Pinned: return row.pinned;
        case WhatIf: return row.now;
        case Delta: return fullDelta(row);
        default: return {};
        }
    case BetterSignRole: return row.better;
    case DecimalsRole: return row.decimals;
    case SuffixRole: return row.relative ? tr("%") : QString();
    case ShareRole:
        return std::isnan(row.delta()) ? 0.0
                                       : std::clamp(row.better * row.delta() / row.full, -1.0, 1.0);
    default: return {};
    }
}

QVariant WhatIfMetrics::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Metric ? int(Qt::AlignLeft | Qt::AlignVCenter)
            : section == Better  ? int(Qt::AlignCenter)
                                 : int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Pinned)
        return m_pinnedTitle;
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Metric: return tr("Metric");
    case Pinned:
        return m_pinnedTitle.isEmpty() || m_pinnedTitle.size() > 12
            ? tr("Pinned")
            : tr("Pinned %1").arg(m_pinnedTitle);
    case WhatIf: return tr("What if");
    case Delta: return tr("Δ");
    case Better: return tr("worse · better");
    default: return {};
    }
}

} // namespace batlab::views
