// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/what_if_answer.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace batlab::views {

/// The numbers of a what-if beside those it is compared with.
class WhatIfMetrics : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Metric, Pinned, WhatIf, Delta, Better, ColumnCount };
    enum Role {
        DeltaValueRole = Qt::UserRole, ///< double; NaN: not known
        BetterSignRole, ///< int: +1 higher is better, -1 lower is better
        DecimalsRole,
        SuffixRole, ///< of the difference: "%" where it is relative
        ShareRole, ///< -1 .. 1: how much better (worse: below 0) on the metric's own scale
    };

    /// A number of an answer: what it is called, how it is written, which way is better.
    struct Kind
    {
        std::string id; ///< "output-mse", "clipped.T4": stands in stored sweeps
        QString name, unit, help;
        double (*value)(const WhatIfAnswer &answer, Site site); ///< NaN: not known
        int decimals = 2;
        int better = 1; ///< +1: higher is, -1: lower is
        double full = 1; ///< a difference this large fills the bar
        bool relative = false; ///< the difference in percent of the pinned value
        bool scientific = false;
    };
    /// All of them, those of a site for this one; the output SQNR of the layer first.
    [[nodiscard]] static std::vector<Kind> kinds(Site site);

    using QAbstractTableModel::QAbstractTableModel;
    void setAnswers(std::shared_ptr<const WhatIfAnswer> pinned,
                    std::shared_ptr<const WhatIfAnswer> now, Site site, const QString &pinnedTitle);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row : Kind
    {
        double pinned = kUnknown, now = kUnknown;
        [[nodiscard]] double delta() const;
    };
    [[nodiscard]] static QString text(const Row &row, double value);
    [[nodiscard]] static QVariant fullDelta(const Row &row);

    std::vector<Row> m_rows;
    QString m_pinnedTitle;
};

} // namespace batlab::views
