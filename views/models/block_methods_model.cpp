// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/block_methods_model.h"

#include "core/spec/format_names.h"
#include "views/models/delta_text.h"
#include "views/models/full_value.h"
#include "views/models/text.h"

#include <QFont>

#include <algorithm>
#include <limits>

namespace batlab::views {

namespace {

/// "0x7F".
QString byteText(int byte)
{
    return QStringLiteral("0x") + QStringLiteral("%1").arg(byte, 2, 16, QLatin1Char('0')).toUpper();
}

} // namespace

BlockMethodsModel::BlockMethodsModel(const WorkbenchDocument *document, QObject *parent)
    : QAbstractTableModel(parent), m_document(document)
{ }

void BlockMethodsModel::setAnswer(BlockAnswer answer)
{
    const bool sameRows = m_hasAnswer && answer.variants.size() == m_answer.variants.size()
        && std::equal(answer.variants.begin(), answer.variants.end(), m_answer.variants.begin(),
                      [](const BlockNumbers &a, const BlockNumbers &b) { return a.id == b.id; });
    if (sameRows) {
        m_answer = std::move(answer);
        Q_EMIT dataChanged(index(0, 0), index(methodCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_answer = std::move(answer);
    m_hasAnswer = true;
    m_roundings.clear(); // of other numbers
    endResetModel();
}

void BlockMethodsModel::clear()
{
    beginResetModel();
    m_answer = {};
    m_hasAnswer = false;
    m_roundings.clear();
    endResetModel();
}

void BlockMethodsModel::setRoundings(std::vector<BlockRounding> roundings,
                                     const kernels::QuantSpec &used)
{
    if (!m_hasAnswer)
        return;
    m_used = used;
    const int first = methodCount();
    if (roundings.size() == m_roundings.size()) {
        m_roundings = std::move(roundings);
        if (!m_roundings.empty())
            Q_EMIT dataChanged(index(first + 1, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    if (!m_roundings.empty()) {
        beginRemoveRows({}, first, rowCount() - 1);
        m_roundings.clear();
        endRemoveRows();
    }
    if (roundings.empty())
        return;
    beginInsertRows({}, first, first + static_cast<int>(roundings.size()));
    m_roundings = std::move(roundings);
    endInsertRows();
}

int BlockMethodsModel::headingRow() const { return m_roundings.empty() ? -1 : methodCount(); }

int BlockMethodsModel::methodCount() const
{
    return m_hasAnswer ? static_cast<int>(m_answer.variants.size()) + 1 : 0;
}

QString BlockMethodsModel::roundingName(const BlockRounding &rounding)
{
    QString out = qs(name(rounding.rule));
    if (rounding.ties.size() > 1) // most blocks have no number half way between two codes
        return out;
    return tr("%1, ties %2").arg(out, qs(name(rounding.ties.front())));
}

Qt::ItemFlags BlockMethodsModel::flags(const QModelIndex &index) const
{
    return index.isValid() && index.row() == headingRow() ? Qt::ItemFlags(Qt::ItemIsEnabled)
                                                          : QAbstractTableModel::flags(index);
}

void BlockMethodsModel::baselineMoved()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, Delta), index(rowCount() - 1, Delta));
}

bool BlockMethodsModel::hasDeltas() const
{
    return find(m_document->baseline()) >= 0 && methodCount() > 1;
}

double BlockMethodsModel::delta(int row) const
{
    const int pin = find(m_document->baseline());
    return pin < 0 || pin == row || row >= methodCount() // rows of scale rules are no methods
        ? std::numeric_limits<double>::quiet_NaN()
        : numbers(row).sqnrDb - numbers(pin).sqnrDb;
}

int BlockMethodsModel::find(const QString &variant) const
{
    if (!m_hasAnswer)
        return -1;
    if (variant == QLatin1String(kReference))
        return 0;
    for (std::size_t i = 0; i < m_answer.variants.size(); ++i)
        if (qs(m_answer.variants[i].id) == variant)
            return static_cast<int>(i) + 1;
    return -1;
}

const BlockNumbers &BlockMethodsModel::numbers(int row) const
{
    return row == 0 ? m_answer.reference : m_answer.variants[static_cast<std::size_t>(row - 1)];
}

int BlockMethodsModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return methodCount() + (m_roundings.empty() ? 0 : static_cast<int>(m_roundings.size()) + 1);
}

int BlockMethodsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BlockMethodsModel::roundingData(int rounding, int column, int role) const
{
    const BlockRounding &r = m_roundings[static_cast<std::size_t>(rounding)];
    const bool used = r.rule == m_used.rule
        && std::find(r.ties.begin(), r.ties.end(), m_used.ties) != r.ties.end();
    switch (role) {
    case RoundingRole: return rounding;
    case Qt::FontRole: {
        QFont font;
        font.setBold(used);
        return used ? QVariant(font) : QVariant();
    }
    case Qt::ToolTipRole: {
        QStringList ties;
        for (const kernels::Ties t : r.ties)
            ties << qs(name(t));
        const QString text =
            tr("The shown numbers, not clipped, with the scale rule %1 and ties to %2")
                .arg(qs(name(r.rule)), ties.join(QStringLiteral(", ")));
        return used ? text + QLatin1Char('\n') + tr("What this variant rounds with") : text;
    }
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (column) {
    case Method: return roundingName(r);
    case Scale: return byteText(r.scaleByte);
    case Clip: return number(r.clipShare * 100, 1);
    case MaxError: return significant(r.maxError);
    case Sqnr: return number(r.sqnrDb, 1);
    default: return {};
    }
}

QVariant BlockMethodsModel::figure(int row, int column) const
{
    const auto of = [column](const auto &block) -> QVariant {
        switch (column) {
        case Clip: return block.clipShare * 100;
        case MaxError: return block.maxError;
        case Sqnr: return block.sqnrDb;
        default: return {};
        }
    };
    if (row > methodCount())
        return of(m_roundings[static_cast<std::size_t>(row - methodCount() - 1)]);
    if (row == methodCount()) // the heading
        return {};
    if (column == Delta)
        return delta(row);
    return column == Clip && !numbers(row).hasCodes ? QVariant() : of(numbers(row));
}

QVariant BlockMethodsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    if (role == DeltaRole)
        return delta(index.row());
    if (role == kFullValueRole)
        return figure(index.row(), index.column());
    if (index.row() >= methodCount() && role != Qt::TextAlignmentRole) {
        if (index.row() > headingRow())
            return roundingData(index.row() - headingRow() - 1, index.column(), role);
        if (role == RoundingRole)
            return -1;
        if (role == Qt::ToolTipRole)
            return tr("Worked out here from the shown numbers; a row draws its codes above");
        return role == Qt::DisplayRole && index.column() == Method
            ? QVariant(tr("Scale rules on these values"))
            : QVariant();
    }
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            (index.column() == Method ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    const BlockNumbers &b = numbers(index.row());
    const bool untouched = index.row() == 0;
    const VariantInfo *info =
        m_document->artifacts().variant(untouched ? std::string(kReference) : b.id);
    switch (role) {
    case VariantRole: return untouched ? QString::fromLatin1(kReference) : qs(b.id);
    case FamilyRole: return untouched ? QStringLiteral("reference") : qs(info ? info->family : "");
    case FilledRole: return info && info->filled;
    case Qt::ToolTipRole:
        return untouched ? tr("The model's own numbers, quantized as they are")
                         : m_document->variantTitle(qs(b.id));
    case RoundingRole: return -1;
    case Qt::DisplayRole: break;
    default: return {};
    }
    if (!b.hasCodes && (index.column() == Scale || index.column() == Clip))
        return QStringLiteral("–");
    switch (index.column()) {
    case Method: return untouched ? tr("as it is") : m_document->variantTitle(qs(b.id));
    case Scale: return byteText(b.scaleByte);
    case Clip: return number(b.clipShare * 100, 1);
    case MaxError: return significant(b.maxError);
    case Sqnr: return number(b.sqnrDb, 1);
    case Delta: return deltaText(delta(index.row()), 1);
    default: return {};
    }
}

QVariant BlockMethodsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((section == Method ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Scale: return tr("Scale of the block: an E8M0 byte, 2 to the power of byte − 127");
        case Clip: return tr("Numbers of this block beyond the largest code, %");
        case MaxError: return tr("Largest |dequantized − value| of the 32");
        case Sqnr: return tr("Signal to quantization noise of these 32 numbers, dB");
        case Delta: return tr("SQNR minus that of the pinned baseline, dB: more is better");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Method: return tr("Method");
    case Scale: return tr("E8M0");
    case Clip: return tr("Clip %");
    case MaxError: return tr("Max err");
    case Sqnr: return tr("SQNR dB");
    case Delta: return tr("Δ dB");
    default: return {};
    }
}

} // namespace batlab::views
