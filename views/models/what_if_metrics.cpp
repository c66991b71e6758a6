// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_metrics.h"

#include "views/models/text.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

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

void WhatIfMetrics::setAnswers(std::shared_ptr<const WhatIfAnswer> pinned,
                               std::shared_ptr<const WhatIfAnswer> now, Site site,
                               const QString &pinnedTitle)
{
    beginResetModel();
    m_pinnedTitle = pinnedTitle;
    m_rows.clear();
    const WhatIfSite none;
    const WhatIfSite *a = pinned ? pinned->site(site) : nullptr;
    const WhatIfSite *b = now ? now->site(site) : nullptr;
    const WhatIfSite &before = a ? *a : none, &after = b ? *b : none;
    const QString at = qs(name(site)), db = tr("dB");
    const auto add = [&](Row row) { m_rows.push_back(std::move(row)); };
    if (pinned || now) {
        add({ tr("Output SQNR"), db, tr("Mean over the seven linears of the layer"),
              pinned ? pinned->outputSqnrDb : kUnknown, now ? now->outputSqnrDb : kUnknown, 2, 1,
              3 });
        add({ tr("Output MSE"),
              {},
              tr("Squared error of the linears' outputs; Δ is relative"),
              pinned ? pinned->outputMse : kUnknown,
              now ? now->outputMse : kUnknown,
              1,
              -1,
              50,
              true,
              true });
        add({ tr("Output SQNR, %1").arg(at), db, tr("Of the linears that read the site"),
              before.outputSqnrDb, after.outputSqnrDb, 2, 1, 3 });
        add({ tr("Input SQNR, %1").arg(at), db, tr("Of the activation quantizer at the site"),
              before.activationSqnrDb, after.activationSqnrDb, 2, 1, 3 });
        add({ tr("Clipped values"), tr("%"), tr("Share beyond the largest code"),
              100 * before.clipShare, 100 * after.clipShare, 2, -1, 5 });
        add({ tr("Values at code 0"), tr("%"), tr("Share rounded to zero"), 100 * before.zeroShare,
              100 * after.zeroShare, 1, -1, 10 });
        add({ tr("Code entropy"), tr("of 4 bit"), tr("How evenly the 16 codes are used"),
              before.codeEntropy, after.codeEntropy, 2, 1, 0.5 });
        add({ tr("Bimodality, worst block"), tr("BC"), tr("Sarle's coefficient; 0.555 is uniform"),
              before.bimodality, after.bimodality, 3, -1, 0.2 });
        add({ tr("Condition of P"), tr("κ"), tr("Of the online transform at the site"),
              before.condition, after.condition, 1, -1, 5 });
    }
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
