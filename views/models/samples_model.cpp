// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/samples_model.h"

#include "core/stats/paired_tests.h"
#include "views/models/full_value.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

SamplesModel::SamplesModel(QObject *parent) : QAbstractTableModel(parent) { }

void SamplesModel::show(const ImportedResults &reference, const ImportedResults &candidate)
{
    beginResetModel();
    m_reference = reference;
    m_candidate = candidate;
    m_pairs = pairSamples(m_reference, m_candidate);
    m_counts = {};
    for (const SamplePair &pair : m_pairs)
        ++m_counts[static_cast<std::size_t>(pair.flip)];
    m_p = mcnemar(count(Flip::lost), count(Flip::gained));
    filter();
    endResetModel();
}

void SamplesModel::clear() { show({}, {}); }

void SamplesModel::setFilter(std::optional<Flip> flip)
{
    beginResetModel();
    m_filter = flip;
    filter();
    endResetModel();
}

void SamplesModel::filter()
{
    m_rows.clear();
    for (std::size_t i = 0; i < m_pairs.size(); ++i)
        if (!m_filter || m_pairs[i].flip == *m_filter)
            m_rows.push_back(i);
}

const SamplePair *SamplesModel::pair(int row) const
{
    return row >= 0 && row < rowCount() ? &m_pairs[m_rows[static_cast<std::size_t>(row)]] : nullptr;
}

QString SamplesModel::referenceName() const { return qs(m_reference.model); }
QString SamplesModel::candidateName() const { return qs(m_candidate.model); }

int SamplesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SamplesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SamplesModel::answer(const ImportedSample &s)
{
    const QString tick = s.score >= 0.5 ? QStringLiteral(" ✓") : QStringLiteral(" ×");
    if (s.answer >= 0 && s.answer < 26)
        return QChar('A' + s.answer) + tick;
    return (s.response.empty() ? QString() : qs(s.response).simplified().left(12)) + tick;
}

QVariant SamplesModel::data(const QModelIndex &index, int role) const
{
    const SamplePair *p = index.isValid() ? pair(index.row()) : nullptr;
    if (!p)
        return {};
    if (role == kFlipRole)
        return static_cast<int>(p->flip);
    if (role == Qt::TextAlignmentRole && (index.column() == Margin || index.column() == Id))
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole && index.column() == Prompt)
        return qs(p->reference->prompt).right(1000);
    if (role == kFullValueRole)
        return index.column() == Prompt ? QVariant(qs(p->reference->prompt))
            : index.column() == Margin  ? QVariant(p->marginChange)
                                        : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Task: return qs(m_reference.tasks[p->task].task);
    case Id: return QString::number(p->reference->id);
    case Prompt: { // its end is what is asked
        const QString prompt = qs(p->reference->prompt).simplified();
        return prompt.size() > 160 ? QString(QStringLiteral("…") + prompt.right(160)) : prompt;
    }
    case Reference: return answer(*p->reference);
    case Candidate: return answer(*p->candidate);
    case Margin:
        return std::isnan(p->marginChange) ? QStringLiteral("–") : signedNumber(p->marginChange, 2);
    default: return {};
    }
}

QVariant SamplesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::ToolTipRole && section == Margin)
        return tr("Change of the log likelihood of the right choice over the best wrong one, nat");
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((section == Margin || section == Id ? Qt::AlignRight : Qt::AlignLeft)
                          | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Task: return tr("Task");
    case Id: return tr("Id");
    case Prompt: return tr("Prompt");
    case Reference: return referenceName();
    case Candidate: return candidateName();
    case Margin: return tr("Δ margin, nat");
    default: return {};
    }
}

void SamplesModel::sort(int column, Qt::SortOrder order)
{
    beginResetModel();
    std::stable_sort(m_pairs.begin(), m_pairs.end(), [&](const SamplePair &a, const SamplePair &b) {
        const SamplePair &x = order == Qt::AscendingOrder ? a : b;
        const SamplePair &y = order == Qt::AscendingOrder ? b : a;
        switch (column) {
        case Margin:
            if (std::isnan(x.marginChange) || std::isnan(y.marginChange))
                return !std::isnan(x.marginChange) && std::isnan(y.marginChange);
            return x.marginChange < y.marginChange;
        case Id: return x.reference->id < y.reference->id;
        case Prompt: return x.reference->prompt < y.reference->prompt;
        case Reference: return x.reference->answer < y.reference->answer;
        case Candidate: return x.candidate->answer < y.candidate->answer;
        default: return x.task < y.task;
        }
    });
    filter();
    endResetModel();
}

} // namespace batlab::views
