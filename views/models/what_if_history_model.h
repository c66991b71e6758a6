// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

namespace batlab::views {

class WhatIfModel;

/// The steps of a what-if with the score after each; what is undone stays, greyed.
class WhatIfHistoryModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, Step, Gain, Score, ColumnCount };
    enum Role { UndoneRole = Qt::UserRole, PresentRole, PinnedRole, GainRole };

    explicit WhatIfHistoryModel(WhatIfModel *model, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] double score(int row) const; ///< NaN where it has not been asked

    WhatIfModel *m_model;
};

} // namespace batlab::views
