// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/block_methods_model.h"

#include "views/models/text.h"

#include <algorithm>

namespace batlab::views {

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
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_answer = std::move(answer);
    m_hasAnswer = true;
    endResetModel();
}

void BlockMethodsModel::clear()
{
    beginResetModel();
    m_answer = {};
    m_hasAnswer = false;
    endResetModel();
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
    return parent.isValid() || !m_hasAnswer ? 0 : static_cast<int>(m_answer.variants.size()) + 1;
}

int BlockMethodsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BlockMethodsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
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
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            (index.column() == Method ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    case Qt::DisplayRole: break;
    default: return {};
    }
    if (!b.hasCodes && (index.column() == Scale || index.column() == Clip))
        return QStringLiteral("–");
    switch (index.column()) {
    case Method: return untouched ? tr("as it is") : m_document->variantTitle(qs(b.id));
    case Scale:
        return QStringLiteral("0x%1")
            .arg(b.scaleByte, 2, 16, QLatin1Char('0'))
            .toUpper()
            .replace(QLatin1Char('X'), QLatin1Char('x'));
    case Clip: return number(b.clipShare * 100, 1);
    case MaxError: return significant(b.maxError);
    case Sqnr: return number(b.sqnrDb, 1);
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
    default: return {};
    }
}

} // namespace batlab::views
