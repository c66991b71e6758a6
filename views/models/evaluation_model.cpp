// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/evaluation_model.h"

#include "views/models/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace batlab::views {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const QString kNone = QStringLiteral("–");

/// What a family does to the numbers, in a word or two.
QString familyText(const std::string &family)
{
    static const std::map<std::string, const char *> words {
        { "none", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "no transform") },
        { "diagonal", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "diagonal") },
        { "global-rotation",
          QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "global rotation") },
        { "block-rotation", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "block rotation") },
        { "closed-form", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "closed form") },
        { "bat", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "block-affine") },
        { "bat-plus",
          QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "block-affine, extended") },
        { "reference", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "full precision") },
        { "imported", QT_TRANSLATE_NOOP("batlab::views::EvaluationModel", "imported") },
    };
    const auto at = words.find(family);
    return at == words.end() ? qs(family) : EvaluationModel::tr(at->second);
}

double shown(const EvaluationColumn &column, double value)
{
    return column.percent ? 100 * value : value;
}

int decimals(const EvaluationColumn &column) { return column.percent ? 1 : 2; }

} // namespace

QString rowNotes(const EvaluationRow &row)
{
    const QString family = familyText(row.family);
    return row.note.isEmpty() ? family : QString(family + QStringLiteral(", ") + row.note);
}

EvaluationModel::EvaluationModel(QObject *parent) : QAbstractTableModel(parent) { }

void EvaluationModel::setTable(EvaluationTable table)
{
    beginResetModel();
    m_table = std::move(table);
    m_kinds.clear();
    if (!m_table.isEmpty()) {
        m_kinds.push_back(Kind::method);
        m_kinds.insert(m_kinds.end(), m_table.columns.size(), Kind::task);
        if (std::any_of(m_table.rows.begin(), m_table.rows.end(),
                        [](const EvaluationRow &r) { return !std::isnan(r.meanAccuracy); }))
            m_kinds.push_back(Kind::meanAccuracy);
        m_kinds.insert(
            m_kinds.end(),
            { Kind::plot, Kind::recovery, Kind::band, Kind::delta, Kind::gapLeft, Kind::online });
    }
    endResetModel();
}

void EvaluationModel::setShow(const EvaluationShow &show)
{
    m_show = show;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int EvaluationModel::find(const QString &variant) const
{
    for (std::size_t i = 0; i < m_table.rows.size(); ++i)
        if (qs(m_table.rows[i].variant) == variant)
            return static_cast<int>(i);
    return -1;
}

int EvaluationModel::columnOf(Kind kind) const
{
    const auto at = std::find(m_kinds.begin(), m_kinds.end(), kind);
    return at == m_kinds.end() ? -1 : static_cast<int>(at - m_kinds.begin());
}

EvaluationModel::Kind EvaluationModel::kindOf(int column) const
{
    return column >= 0 && column < static_cast<int>(m_kinds.size())
        ? m_kinds[static_cast<std::size_t>(column)]
        : Kind::method;
}

std::pair<double, double> EvaluationModel::recoveryRange() const
{
    double low = 99, high = 100;
    for (const EvaluationRow &row : m_table.rows)
        for (const double v : { row.recovery, row.low, row.high })
            if (std::isfinite(v)) {
                low = std::min(low, v);
                high = std::max(high, v);
            }
    const double pad = (high - low) * 0.05;
    return { low - pad, high + pad };
}

int EvaluationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int EvaluationModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_kinds.size());
}

const EvaluationCell *EvaluationModel::cell(const EvaluationRow &row, int column) const
{
    return kindOf(column) == Kind::task ? &row.cells[static_cast<std::size_t>(column - 1)]
                                        : nullptr;
}

double EvaluationModel::value(const EvaluationRow &row, int column) const
{
    switch (kindOf(column)) {
    case Kind::task: return cell(row, column)->value;
    case Kind::meanAccuracy: return row.meanAccuracy;
    case Kind::plot:
    case Kind::band:
    case Kind::recovery: return row.recovery;
    case Kind::delta: return row.recovery - baselineRecovery(m_table);
    case Kind::gapLeft: return row.gapLeft;
    case Kind::online: return row.onlineParameters;
    case Kind::method: break;
    }
    return kNaN;
}

QString EvaluationModel::text(const EvaluationRow &row, int column) const
{
    const double v = value(row, column);
    switch (kindOf(column)) {
    case Kind::method: return row.title;
    case Kind::task: {
        const EvaluationColumn &c = m_table.columns[static_cast<std::size_t>(column - 1)];
        return std::isnan(v) ? kNone : number(shown(c, v), decimals(c));
    }
    case Kind::meanAccuracy: return std::isnan(v) ? kNone : number(v, 2);
    case Kind::recovery: return std::isnan(v) ? kNone : number(v, 1);
    case Kind::band: return row.isReference || std::isnan(v) ? kNone : QString(bandLetter(v));
    case Kind::delta: {
        if (qs(row.variant) == m_table.baseline)
            return tr("baseline");
        if (std::isnan(v))
            return kNone;
        const QString sign = v > 0 ? QStringLiteral("▲ ")
            : v < 0                ? QStringLiteral("▼ ")
                                   : QString();
        return sign + signedNumber(v, 1);
    }
    case Kind::gapLeft: return std::isnan(v) ? kNone : number(100 * v, 1);
    case Kind::online:
        return row.family == "imported" || row.isReference ? kNone
            : v == 0                                       ? QStringLiteral("0")
                                                           : shortCount(v);
    case Kind::plot: break;
    }
    return {};
}

QString EvaluationModel::secondLine(const EvaluationRow &row, int column) const
{
    switch (kindOf(column)) {
    case Kind::method: return rowNotes(row);
    case Kind::task: {
        const double recovery = cell(row, column)->recovery;
        return std::isnan(recovery) ? QString() : number(recovery, 1) + QStringLiteral(" %");
    }
    case Kind::recovery:
        return m_show.intervals && row.high > row.low
            ? QStringLiteral("±") + number((row.high - row.low) / 2, 1)
            : QString();
    case Kind::online:
        return row.onlineFlopPerToken > 0 ? tr("%1 FLOP").arg(shortCount(row.onlineFlopPerToken))
                                          : QString();
    default: return {};
    }
}

QString EvaluationModel::toolTip(const EvaluationRow &row, int column) const
{
    const EvaluationCell *c = cell(row, column);
    if (!c || !c->present())
        return row.title;
    QStringList lines { tr("%1, %2, %n item(s)", nullptr, static_cast<int>(c->samples))
                            .arg(row.title,
                                 m_table.columns[static_cast<std::size_t>(column - 1)].title) };
    if (!std::isnan(c->recovery))
        lines.append(tr("recovery %1 %, 95 % interval [%2, %3]")
                         .arg(number(c->recovery, 2), number(c->recoveryLow, 2),
                              number(c->recoveryHigh, 2)));
    if (!std::isnan(c->delta))
        lines.append(tr("Δ to %1: %2").arg(m_table.baselineTitle, signedNumber(c->delta, 4)));
    if (!std::isnan(c->p))
        lines.append(
            c->paired ? tr("paired, p %1 (Holm)").arg(pValue(c->p))
                      : tr("from two standard errors, not paired: p %1 (Holm)").arg(pValue(c->p)));
    return lines.join(QLatin1Char('\n'));
}

QVariant EvaluationModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const EvaluationRow &row = m_table.rows[static_cast<std::size_t>(index.row())];
    const EvaluationCell *c = cell(row, index.column());
    const Kind kind = kindOf(index.column());
    switch (role) {
    case Qt::DisplayRole: return text(row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment((kind == Kind::method     ? Qt::AlignLeft
                                                      : kind == Kind::band ? Qt::AlignHCenter
                                                                           : Qt::AlignRight)
                                                 | Qt::AlignVCenter));
    case Qt::AccessibleTextRole: {
        QStringList parts { text(row, index.column()), index.data(ErrorTextRole).toString(),
                            index.data(MarkRole).toString(),
                            c ? index.data(BandRole).toString() : QString(),
                            secondLine(row, index.column()) };
        parts.removeAll(QString());
        return parts.join(QStringLiteral(", "));
    }
    case Qt::ToolTipRole: return toolTip(row, index.column());
    case KindRole: return static_cast<int>(kind);
    case ValueRole: return value(row, index.column());
    case ErrorTextRole:
        if (c && m_show.intervals && c->present() && c->error > 0) {
            const EvaluationColumn &column =
                m_table.columns[static_cast<std::size_t>(index.column() - 1)];
            return QString(QStringLiteral("±") + number(shown(column, c->error), decimals(column)));
        }
        return {};
    case SecondLineRole: return secondLine(row, index.column());
    case MarkRole:
        if (!c || !m_show.significance || std::isnan(c->p))
            return {};
        return c->verdict > 0 ? QStringLiteral("▲")
            : c->verdict < 0  ? QStringLiteral("▼")
                              : tr("n.s.");
    case BandRole: {
        const double recovery = c ? c->recovery : row.recovery;
        const bool wanted = kind == Kind::band || (c && m_show.bands);
        return wanted && !row.isReference && !std::isnan(recovery) ? QString(bandLetter(recovery))
                                                                   : QString();
    }
    case BestRole: return c && c->best;
    case SignificanceRole:
        if (kind == Kind::delta) {
            const double v = value(row, index.column());
            return std::isnan(v) || v == 0 ? 0 : v > 0 ? 1 : -1;
        }
        return c ? c->verdict : 0;
    case VariantRole: return qs(row.variant);
    case FamilyRole: return qs(row.family);
    case FilledRole: return row.filled;
    case IntervalRole:
        return QVariant::fromValue(QList<double> { row.recovery, row.low, row.high });
    default: return {};
    }
}

QVariant EvaluationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= columnCount())
        return {};
    const Kind kind = kindOf(section);
    const EvaluationColumn *column =
        kind == Kind::task ? &m_table.columns[static_cast<std::size_t>(section - 1)] : nullptr;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment((kind == Kind::method     ? Qt::AlignLeft
                                                      : kind == Kind::band ? Qt::AlignHCenter
                                                                           : Qt::AlignRight)
                                                 | Qt::AlignVCenter));
    if (role == Qt::DisplayRole) {
        switch (kind) {
        case Kind::method: return tr("Method");
        case Kind::task: return QString(column->title + columnMarks(*column));
        case Kind::meanAccuracy: return tr("Mean acc. %");
        case Kind::plot: return QString(); // its header draws the axis
        case Kind::recovery: return tr("Recovery %");
        case Kind::band: return tr("Band");
        case Kind::delta: return tr("Δ points");
        case Kind::gapLeft: return tr("Gap left %");
        case Kind::online: return tr("Online");
        }
    }
    if (role != Qt::ToolTipRole)
        return {};
    switch (kind) {
    case Kind::task:
        return column->metric == "perplexity"
            ? tr("exp of the mean negative log likelihood; recovery: 100 × perplexity of the "
                 "reference over the row's")
            : !column->directed
            ? tr("%1 of %2: which way is better is not known, so nothing is compared")
                  .arg(qs(column->metric), qs(column->task))
            : tr("%1 of %2; recovery: % of the reference")
                  .arg(qs(column->metric), qs(column->task));
    case Kind::meanAccuracy: return tr("Mean over the accuracies");
    case Kind::plot:
    case Kind::recovery:
        return tr("Mean over the row's tasks, % of the full-precision model, with 95 % interval");
    case Kind::band:
        return tr("L lossless, drop up to 1 %; F fair, 1 to 3 %; R risky, 3 % or more");
    case Kind::delta: return tr("Recovery minus that of the pinned baseline, percentage points");
    case Kind::gapLeft: return tr("What is left of the gap between RTN and the reference, %");
    case Kind::online: return tr("Parameters applied at run time, and their operations a token");
    case Kind::method: break;
    }
    return {};
}

void EvaluationModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount())
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const bool up = order == Qt::AscendingOrder;
    std::stable_sort(m_table.rows.begin(), m_table.rows.end(),
                     [&](const EvaluationRow &a, const EvaluationRow &b) {
                         if (a.isReference != b.isReference)
                             return a.isReference;
                         if (kindOf(column) == Kind::method)
                             return up ? a.title < b.title : b.title < a.title;
                         const double x = value(a, column), y = value(b, column);
                         if (std::isnan(x) || std::isnan(y))
                             return !std::isnan(x) && std::isnan(y);
                         return up ? x < y : y < x;
                     });
    for (const QModelIndex &index : persistentIndexList())
        changePersistentIndex(index, {}); // the view selects again by variant
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

} // namespace batlab::views
