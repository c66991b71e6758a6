// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/recovery_model.h"

#include "views/models/text.h"

#include <cmath>
#include <limits>
#include <map>

namespace batlab::views {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool isReference(const RecoveryRow &row) { return row.family == "reference"; }

/// What a family does to the numbers, in a word or two.
QString familyText(const std::string &family)
{
    static const std::map<std::string, const char *> words {
        { "none", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "no transform") },
        { "diagonal", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "diagonal") },
        { "global-rotation", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "global rotation") },
        { "block-rotation", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "block rotation") },
        { "closed-form", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "closed form") },
        { "bat", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "block-affine") },
        { "bat-plus", QT_TRANSLATE_NOOP("batlab::views::RecoveryModel", "block-affine, extended") },
    };
    const auto at = words.find(family);
    return at == words.end() ? qs(family) : RecoveryModel::tr(at->second);
}

/// +1: more is better, -1: less is better, 0: no order.
int direction(int column)
{
    switch (column) {
    case RecoveryModel::Recovery:
    case RecoveryModel::Top1: return 1;
    case RecoveryModel::Perplexity:
    case RecoveryModel::Kld:
    case RecoveryModel::GapLeft: return -1;
    default: return 0;
    }
}

} // namespace

RecoveryModel::RecoveryModel(QObject *parent) : QAbstractTableModel(parent) { }

void RecoveryModel::setTable(RecoveryTable table)
{
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int RecoveryModel::find(const QString &variant) const
{
    for (std::size_t i = 0; i < m_table.rows.size(); ++i) {
        if (qs(m_table.rows[i].variant) == variant)
            return static_cast<int>(i);
    }
    return -1;
}

int RecoveryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int RecoveryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

double RecoveryModel::value(const RecoveryRow &row, int column) const
{
    switch (column) {
    case Perplexity: return row.perplexity;
    case Recovery: return row.recovery;
    case Kld: return isReference(row) ? 0 : row.kld;
    case Top1: return isReference(row) ? 1 : row.top1;
    case Delta: return row.nllVsBaseline.mean;
    case GapLeft: return isReference(row) ? 0 : row.gapLeft;
    case Online: return static_cast<double>(row.onlineParameters);
    default: return kNaN;
    }
}

QString RecoveryModel::text(const RecoveryRow &row, int column) const
{
    const bool isBaseline = row.variant == m_table.baseline;
    switch (column) {
    case Method: return row.title.empty() ? qs(row.variant) : qs(row.title);
    case Perplexity: return number(row.perplexity, 3);
    case Recovery: return number(row.recovery, 1);
    case Band: return isReference(row) ? QStringLiteral("–") : QString(QLatin1Char(row.band));
    case Kld: return isReference(row) ? QStringLiteral("–") : number(row.kld, 4);
    case Top1: return isReference(row) ? QStringLiteral("–") : number(row.top1 * 100, 1);
    case Delta: {
        if (isBaseline)
            return tr("baseline");
        const double mean = row.nllVsBaseline.mean;
        const QString arrow = mean > 0 ? QStringLiteral("▲ ")
            : mean < 0                 ? QStringLiteral("▼ ")
                                       : QString();
        return arrow + signedNumber(mean, 4);
    }
    case GapLeft:
        return isReference(row) || std::isnan(row.gapLeft) ? QStringLiteral("–")
                                                           : number(row.gapLeft * 100, 1);
    case Online:
        return row.onlineParameters == 0 ? QStringLiteral("0") : shortCount(value(row, column));
    default: return {};
    }
}

QString RecoveryModel::secondLine(const RecoveryRow &row, int column) const
{
    switch (column) {
    case Method:
        if (isReference(row))
            return tr("full precision");
        return row.seconds > 0
            ? tr("%1, calibrated in %2").arg(familyText(row.family), clock(row.seconds))
            : familyText(row.family);
    case Perplexity:
        return row.perplexityError > 0 ? QStringLiteral("±") + number(row.perplexityError, 3)
                                       : QString();
    case Kld:
        return !isReference(row) && row.kldError > 0 ? QStringLiteral("±") + number(row.kldError, 4)
                                                     : QString();
    case Delta: {
        if (row.variant == m_table.baseline)
            return {};
        if (!row.nllVsBaseline.significant())
            return tr("n.s.");
        return QStringLiteral("[%1, %2]")
            .arg(number(row.nllVsBaseline.low, 4), number(row.nllVsBaseline.high, 4));
    }
    case Online:
        return row.onlineFlopPerToken > 0 ? tr("%1 FLOP").arg(shortCount(row.onlineFlopPerToken))
                                          : QString();
    default: return {};
    }
}

bool RecoveryModel::isBest(const RecoveryRow &row, int column) const
{
    const int sign = direction(column);
    if (sign == 0 || isReference(row))
        return false;
    for (const RecoveryRow &other : m_table.rows) {
        if (!isReference(other) && sign * value(other, column) > sign * value(row, column))
            return false;
    }
    return !std::isnan(value(row, column));
}

QVariant RecoveryModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const RecoveryRow &row = m_table.rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return text(row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment((index.column() == Method     ? Qt::AlignLeft
                                                      : index.column() == Band ? Qt::AlignHCenter
                                                                               : Qt::AlignRight)
                                                 | Qt::AlignVCenter));
    case Qt::AccessibleTextRole: {
        const QString second = secondLine(row, index.column());
        return second.isEmpty()
            ? text(row, index.column())
            : QString(text(row, index.column()) + QStringLiteral(", ") + second);
    }
    case Qt::ToolTipRole:
        if (index.column() == Delta && row.variant != m_table.baseline)
            return tr("Paired over %1 windows, p %2; the interval is a 95 % bootstrap")
                .arg(row.nllVsBaseline.pairs)
                .arg(pValue(row.nllVsBaseline.pValue));
        return {};
    case ValueRole: return value(row, index.column());
    case SecondLineRole: return secondLine(row, index.column());
    case VariantRole: return qs(row.variant);
    case FamilyRole: return qs(row.family);
    case FilledRole: return row.filled;
    case BandRole: return isReference(row) ? QString() : QString(QLatin1Char(row.band));
    case BestRole: return isBest(row, index.column());
    case ErrorRole:
        return index.column() == Perplexity ? row.perplexityError
            : index.column() == Kld         ? row.kldError
                                            : 0.0;
    case SignificanceRole: {
        if (index.column() != Delta || !row.nllVsBaseline.significant())
            return 0;
        return row.nllVsBaseline.mean < 0 ? 1 : -1;
    }
    default: return {};
    }
}

QVariant RecoveryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return data(index(0, section), role);
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Perplexity:
            return tr("exp of the mean negative log likelihood; ± standard error over windows");
        case Recovery: return tr("100 × perplexity of the reference over the row's, %");
        case Band: return tr("L lossless, drop up to 1 %; F fair, 1 to 3 %; R risky, 3 % or more");
        case Kld:
            return tr("Mean KL divergence from the reference, nats a token; ± standard error over "
                      "windows");
        case Top1:
            return tr("Share of positions where the most likely token is the reference's, %");
        case Delta:
            return tr("Difference of the mean negative log likelihood to the pinned baseline, nats "
                      "a token");
        case GapLeft: return tr("What is left of the gap between RTN and the reference, %");
        case Online: return tr("Parameters applied at run time, and their operations a token");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Method: return tr("Method");
    case Perplexity: return tr("Perplexity");
    case Recovery: return tr("Recovery %");
    case Band: return tr("Band");
    case Kld: return tr("KLD, nat");
    case Top1: return tr("Top-1 %");
    case Delta: return tr("Δ NLL, nat");
    case GapLeft: return tr("Gap left %");
    case Online: return tr("Online");
    default: return {};
    }
}

} // namespace batlab::views
