// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/tensor_model.h"

#include "views/models/action_registry.h"
#include "views/models/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <limits>

namespace batlab::views {

namespace {

constexpr int kBlock = 32;
constexpr quintptr kGroup = 0; ///< internal id of groups; a tensor's is its group's row + 1

TensorModel::Use useOf(const TensorModel::Row &row)
{
    using Use = TensorModel::Use;
    const auto has = [&](const char *part) { return row.name.contains(QLatin1String(part)); };
    if (row.name.endsWith(QLatin1String(".bias")))
        return Use::bias;
    if (has("norm"))
        return Use::norm;
    if (row.place.layer >= 0 && row.place.linear && row.shape.size() == 2)
        return row.shape.back() % kBlock == 0 ? Use::quantized : Use::padded;
    if (has("embed") || has("token_embd"))
        return Use::embedding;
    if (has("lm_head") || row.name == QLatin1String("output.weight"))
        return Use::head;
    return Use::other;
}

TensorModel::Row readRow(const Json &tensor)
{
    TensorModel::Row out;
    const auto text = [&](const char *key) {
        const auto at = tensor.find(key);
        return at != tensor.end() && at->is_string() ? qs(at->get<std::string>()) : QString();
    };
    out.name = text("name");
    out.storage = text("storage");
    out.file = text("file");
    if (const auto shape = tensor.find("shape"); shape != tensor.end() && shape->is_array())
        for (const Json &n : *shape)
            out.shape.push_back(n.is_number() ? n.get<std::int64_t>() : 0);
    if (const auto bytes = tensor.find("bytes"); bytes != tensor.end() && bytes->is_number())
        out.bytes = bytes->get<double>();
    out.place = tensorPlace(out.name);
    out.use = useOf(out);
    return out;
}

/// Without what the group says already: "mlp.down_proj" of "model.layers.3.mlp.down_proj.weight".
QString brief(const TensorModel::Row &row)
{
    static const QRegularExpression before(
        QStringLiteral("^(?:.*(?:layers|blk|h)\\.\\d+\\.|model\\.)"));
    QString out = row.name;
    out.remove(before);
    if (out.endsWith(QLatin1String(".weight")))
        out.chop(7);
    return out;
}

} // namespace

double TensorModel::Row::elements() const
{
    double n = 1;
    for (const std::int64_t d : shape)
        n *= static_cast<double>(d);
    return n;
}

QString TensorModel::Row::shapeText(const QString &between) const
{
    QStringList out;
    for (const std::int64_t d : shape)
        out << QString::number(d);
    return out.join(between);
}

TensorModel::Totals TensorModel::Group::totals() const
{
    Totals out;
    for (const Row &row : rows) {
        ++out.tensors;
        out.quantized += row.quantized() ? 1 : 0;
        out.elements += row.elements();
        out.bytes += row.bytes;
    }
    return out;
}

TensorModel::TensorModel(QObject *parent) : QAbstractItemModel(parent) { }

void TensorModel::setModel(const ModelSummary *summary)
{
    beginResetModel();
    m_groups.clear();
    if (summary && summary->tensors.is_array()) {
        for (const Json &tensor : summary->tensors) {
            if (!tensor.is_object())
                continue;
            Row row = readRow(tensor);
            // What a token passes first stands first, the head last.
            const bool first = row.use == Use::embedding;
            const int order = row.place.layer >= 0 ? row.place.layer
                : first                            ? -1
                                                   : std::numeric_limits<int>::max();
            auto at = std::find_if(m_groups.begin(), m_groups.end(),
                                   [&](const Group &g) { return g.order == order; });
            if (at == m_groups.end()) {
                const QString title = row.place.layer >= 0 ? tr("Layer %1").arg(order)
                    : first                                ? tr("Embedding")
                                                           : tr("After the layers");
                m_groups.push_back({ order, title, {} });
                at = std::prev(m_groups.end());
            }
            at->rows.push_back(std::move(row));
        }
        std::sort(m_groups.begin(), m_groups.end(),
                  [](const Group &a, const Group &b) { return a.order < b.order; });
    }
    endResetModel();
}

QModelIndex TensorModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column,
                       parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kGroup);
}

QModelIndex TensorModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == kGroup)
        return {};
    return createIndex(static_cast<int>(index.internalId() - 1), 0, kGroup);
}

int TensorModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_groups.size());
    if (parent.internalId() != kGroup || parent.column() > 0)
        return 0;
    return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].rows.size());
}

int TensorModel::columnCount(const QModelIndex &) const { return ColumnCount; }

const TensorModel::Row *TensorModel::row(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == kGroup)
        return nullptr;
    return &m_groups[index.internalId() - 1].rows[static_cast<std::size_t>(index.row())];
}

QVariant TensorModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = index.column() == Bytes || index.column() == Shape;
        return QVariant::fromValue(
            Qt::Alignment((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (const Row *tensor = row(index))
        return rowData(*tensor, index.column(), role);
    return groupData(m_groups[static_cast<std::size_t>(index.row())], index.column(), role);
}

QVariant TensorModel::groupData(const Group &group, int column, int role) const
{
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    const bool shown = role == Qt::DisplayRole;
    const Totals all = group.totals();
    switch (column) {
    case Name: return shown ? QVariant(group.title) : QVariant(group.order);
    case Shape: return shown ? QVariant(shortCount(all.elements)) : QVariant(all.elements);
    case Bytes: return shown ? QVariant(bytes(all.bytes)) : QVariant(all.bytes);
    case Quantized:
        return shown ? QVariant(tr("%1 of %2").arg(all.quantized).arg(all.tensors))
                     : QVariant(all.quantized);
    default: return {};
    }
}

QVariant TensorModel::rowData(const Row &row, int column, int role) const
{
    if (role == Qt::ToolTipRole) {
        switch (row.use) {
        case Use::quantized:
            return tr("%1\nWeights of a linear: quantized along its %2 inputs in blocks of 32, "
                      "unless the stage precision says otherwise")
                .arg(row.name)
                .arg(row.shape.back());
        case Use::padded:
            return tr("%1\nQuantized; %2 inputs are no multiple of 32, so the last block is "
                      "filled up with zeros")
                .arg(row.name)
                .arg(row.shape.back());
        default:
            return tr("%1\nStays as it is: only the weights of the layers' linears are quantized")
                .arg(row.name);
        }
    }
    if (role == SortRole) {
        switch (column) {
        case Shape: return row.elements();
        case Bytes: return row.bytes;
        case Quantized: return static_cast<int>(row.use);
        case Storage: return row.storage;
        default: return row.name;
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return brief(row);
    case Shape: return row.shapeText(QStringLiteral("×"));
    case Storage: return row.storage;
    case Bytes: return bytes(row.bytes);
    case Quantized: return useName(row.use);
    default: return {};
    }
}

QString TensorModel::useName(Use use)
{
    switch (use) {
    case Use::quantized: return tr("yes");
    case Use::padded: return tr("yes, padded");
    case Use::embedding: return tr("no: embedding");
    case Use::head: return tr("no: head");
    case Use::norm: return tr("no: norm");
    case Use::bias: return tr("no: bias");
    case Use::other: return tr("no: not a linear");
    }
    return {};
}

QVariant TensorModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return data(createIndex(0, section, kGroup), role);
    static const std::pair<const char *, const char *> texts[ColumnCount] {
        { QT_TR_NOOP("Tensor"), QT_TR_NOOP("Name in the model's files") },
        { QT_TR_NOOP("Shape"), QT_TR_NOOP("Outputs × inputs; of a group: number of values") },
        { QT_TR_NOOP("Type"), QT_TR_NOOP("How the file stores it") },
        { QT_TR_NOOP("Size"), QT_TR_NOOP("Bytes in the file") },
        { QT_TR_NOOP("Quantized"), QT_TR_NOOP("Whether a run quantizes it, or why not") },
    };
    const auto &[title, help] = texts[section];
    if (role == Qt::DisplayRole)
        return tr(title);
    if (role == Qt::ToolTipRole)
        return tr(help);
    return {};
}

TensorFilter::TensorFilter(TensorModel *model, QObject *parent)
    : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(model);
    setSortRole(TensorModel::SortRole);
    setRecursiveFilteringEnabled(true);
}

void TensorFilter::setFilterText(const QString &text)
{
    static const QRegularExpression blanks(QStringLiteral("\\s+"));
    m_words = text.split(blanks, Qt::SkipEmptyParts);
    invalidateFilter();
}

const TensorModel::Row *TensorFilter::row(const QModelIndex &index) const
{
    return m_model->row(mapToSource(index));
}

namespace {

bool isDigit(QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); }

bool isNumber(const QString &word) { return std::all_of(word.begin(), word.end(), isDigit); }

/// A number counts whole: 11 is layer 11, not layer 1 of a width of 1536.
bool hasNumber(const QString &text, const QString &digits)
{
    for (qsizetype at = text.indexOf(digits); at >= 0; at = text.indexOf(digits, at + 1)) {
        const qsizetype end = at + digits.size();
        if ((at == 0 || !isDigit(text[at - 1])) && (end == text.size() || !isDigit(text[end])))
            return true;
    }
    return false;
}

} // namespace

bool TensorFilter::filterAcceptsRow(int at, const QModelIndex &parent) const
{
    if (m_words.isEmpty())
        return true;
    const TensorModel::Row *tensor = m_model->row(m_model->index(at, 0, parent));
    if (!tensor)
        return false; // a group stays for its tensors
    const QString text = tensor->name + QLatin1Char(' ') + tensor->storage;
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) {
        return isNumber(word) ? hasNumber(tensor->name, word) : fuzzyScore(word, text) >= 0;
    });
}

void TensorFilter::forEach(const std::function<void(const TensorModel::Row &)> &visit) const
{
    for (int g = 0; g < rowCount(); ++g) {
        const QModelIndex group = index(g, 0);
        for (int t = 0; t < rowCount(group); ++t)
            if (const TensorModel::Row *tensor = row(index(t, 0, group)))
                visit(*tensor);
    }
}

TensorModel::Totals TensorFilter::totals() const
{
    TensorModel::Totals out;
    forEach([&](const TensorModel::Row &tensor) {
        ++out.tensors;
        out.quantized += tensor.quantized() ? 1 : 0;
        out.elements += tensor.elements();
        out.bytes += tensor.bytes;
    });
    return out;
}

QString TensorFilter::tsv() const
{
    QString out = QStringLiteral("tensor\tshape\tstorage\tbytes\tquantized\tfile\n");
    forEach([&](const TensorModel::Row &tensor) {
        out += QStringList { tensor.name,
                             tensor.shapeText(QStringLiteral("x")),
                             tensor.storage,
                             QString::number(tensor.bytes, 'f', 0),
                             tensor.quantized() ? QStringLiteral("yes") : QStringLiteral("no"),
                             tensor.file }
                   .join(QLatin1Char('\t'))
            + QLatin1Char('\n');
    });
    return out;
}

} // namespace batlab::views
