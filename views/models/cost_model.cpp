// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/cost_model.h"

#include "core/base/json_text.h"
#include "views/models/core_text.h"
#include "views/models/full_value.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

CostRow rowOf(const Json &object)
{
    CostRow row;
    row.id = qs(textAt(object, "id"));
    row.title = row.id.isEmpty() ? coreText(qs(textAt(object, "name"))) // of the engine
                                 : qs(textAt(object, "title"));
    if (row.title.isEmpty())
        row.title = row.id;
    row.reason = qs(textAt(object, "reason"));
    row.parameters = numberIn(object, "onlineParameters");
    row.bytes = numberIn(object, "onlineBytes");
    row.flopPerToken = numberIn(object, "onlineFlopPerToken");
    row.shareOfFlop = numberIn(object, "shareOfLinearFlop");
    row.foldedParameters = numberIn(object, "foldedParameters");
    row.bitsPerWeight = numberIn(object, "bitsPerWeight");
    row.modelBytes = numberIn(object, "modelBytes");
    if (object.contains("sites") && object["sites"].is_object()) {
        for (const auto &[key, value] : object["sites"].items()) {
            if (const std::optional<Site> site = siteFromName(key))
                row.sites[*site] = { numberIn(value, "parameters"),
                                     numberIn(value, "flopPerToken") };
        }
    }
    return row;
}

QString shown(double value) { return std::isnan(value) ? QStringLiteral("–") : shortCount(value); }

} // namespace

Result<void> CostModel::setAnswer(const Json &answer)
{
    const auto list = [&](const char *key) {
        return answer.is_object() && answer.contains(key) && answer[key].is_array() ? answer[key]
                                                                                    : Json::array();
    };
    const Json variants = list("variants");
    if (variants.empty())
        return Error { ErrorCode::badInput, "the engine's answer names no variant", "cost", {} };
    beginResetModel();
    m_rows.clear();
    for (const char *key : { "variants", "references" }) {
        for (const Json &object : list(key)) {
            if (object.is_object())
                m_rows.push_back(rowOf(object));
        }
    }
    endResetModel();
    return {};
}

void CostModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

const CostRow *CostModel::variant() const
{
    const auto end = std::find_if(m_rows.begin(), m_rows.end(),
                                  [](const CostRow &row) { return row.id.isEmpty(); });
    return end == m_rows.begin() ? nullptr : &*std::prev(end);
}

int CostModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CostModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CostModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const CostRow &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Transform: return row.title;
        case Parameters: return shown(row.parameters);
        case Bytes:
            return std::isnan(row.bytes) ? QStringLiteral("–")
                                         : count(std::llround(row.bytes / 1024));
        case Flop: return shown(row.flopPerToken);
        default:
            return std::isnan(row.shareOfFlop) ? QStringLiteral("–")
                                               : number(100 * row.shareOfFlop, 2);
        }
    case Qt::ToolTipRole:
        if (!row.reason.isEmpty())
            return coreText(row.reason);
        return tr("%1: %2 online parameters, %3, %4 FLOP a token")
            .arg(row.title, shown(row.parameters), bytes(row.bytes), shown(row.flopPerToken));
    case Qt::TextAlignmentRole:
        return int((index.column() == Transform ? Qt::AlignLeft : Qt::AlignRight)
                   | Qt::AlignVCenter);
    case ShareOfMostRole: {
        double most = 0;
        for (const CostRow &one : m_rows)
            most = std::isnan(one.shareOfFlop) ? most : std::max(most, one.shareOfFlop);
        return most > 0 && !std::isnan(row.shareOfFlop) ? row.shareOfFlop / most : 0.0;
    }
    case OwnRole: return !row.id.isEmpty();
    case kFullValueRole:
        switch (index.column()) {
        case Parameters: return row.parameters;
        case Bytes: return row.bytes / 1024;
        case Flop: return row.flopPerToken;
        case Share: return 100 * row.shareOfFlop;
        default: return {};
        }
    default: return {};
    }
}

QVariant CostModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Transform ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Parameters: return tr("Stored parameters of the online transforms, all layers");
        case Bytes: return tr("The same in bf16");
        case Flop: return tr("Online FLOP a token, all layers");
        case Share: return tr("Online FLOP over the FLOP of the linears, %");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Transform: return tr("Transform");
    case Parameters: return tr("Params");
    case Bytes: return tr("KiB");
    case Flop: return tr("FLOP");
    default: return tr("Share %");
    }
}

} // namespace batlab::views
