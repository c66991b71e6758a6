// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_history_model.h"

#include "views/models/text.h"
#include "views/models/what_if_model.h"

#include <cmath>

namespace batlab::views {

WhatIfHistoryModel::WhatIfHistoryModel(WhatIfModel *model, QObject *parent)
    : QAbstractTableModel(parent), m_model(model)
{
    const auto renew = [this] {
        beginResetModel();
        endResetModel();
    };
    connect(model, &WhatIfModel::changed, this, renew);
    connect(model, &WhatIfModel::baseChanged, this, renew);
}

int WhatIfHistoryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_model->history().steps.size());
}

int WhatIfHistoryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

double WhatIfHistoryModel::score(int row) const
{
    const WhatIfAnswerPtr answer =
        m_model->known(m_model->history().steps[static_cast<std::size_t>(row)].changes);
    return answer ? answer->outputSqnrDb : kUnknown;
}

QVariant WhatIfHistoryModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const WhatIfHistory &history = m_model->history();
    const WhatIfStep &step = history.steps[static_cast<std::size_t>(index.row())];
    const bool undone = static_cast<std::size_t>(index.row()) > history.at;
    const double gain = index.row() > 0 ? score(index.row()) - score(index.row() - 1) : kUnknown;
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Number: return index.row() + 1;
        case Step: return step.text;
        case Gain: return std::isnan(gain) || undone ? QString() : signedNumber(gain, 2);
        default:
            return undone                        ? tr("undone")
                : std::isnan(score(index.row())) ? QStringLiteral("–")
                                                 : number(score(index.row()), 2);
        }
    case Qt::ToolTipRole: return step.text;
    case Qt::TextAlignmentRole:
        return int((index.column() == Step ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case UndoneRole: return undone;
    case PresentRole: return static_cast<std::size_t>(index.row()) == history.at;
    case PinnedRole: return history.pin && step.changes == *history.pin;
    case GainRole: return gain;
    default: return {};
    }
}

QVariant WhatIfHistoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Number: return tr("Step");
    case Step: return tr("Change");
    case Gain: return tr("Δ dB");
    default: return tr("SQNR, dB");
    }
}

} // namespace batlab::views
