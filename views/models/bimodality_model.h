// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"

#include <QAbstractTableModel>

#include <vector>

namespace batlab::views {

class ArtifactIndex;

/// Sarle's coefficient of a uniform distribution; above it a histogram is called bimodal.
inline constexpr double kUniformBimodality = 5.0 / 9.0;

/// One block of one site of one layer, with what ranks it.
struct BimodalityRow
{
    int layer = 0;
    Site site = Site::t1;
    int block = 0;
    double bimodality = 0;
    double valley = 0; ///< 0..1
    double peakOverMedian = 0; ///< block energy over the site's median block energy
    double sqnrDb = 0;
    double energy = 0;
    std::vector<float> spark; ///< histogram of x/scale, largest bin 1
};

/// All blocks of a variant, worst bimodality first.
class BimodalityModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Rank, Place, Spark, Coefficient, Valley, PeakMedian, Sqnr, ColumnCount };
    /// Raw values for sorting and delegates: a number for the numeric columns, QVariantList of 0..1
    /// for Spark.
    static constexpr int ValueRole = Qt::UserRole;

    explicit BimodalityModel(QObject *parent = nullptr);
    void rebuild(const ArtifactIndex &index, const std::string &variant);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    [[nodiscard]] const BimodalityRow &row(int at) const
    {
        return m_rows[static_cast<std::size_t>(at)];
    }
    [[nodiscard]] int find(int layer, Site site, int block) const; ///< -1 if absent
    [[nodiscard]] int bimodalCount() const; ///< rows above kUniformBimodality

private:
    void order(std::vector<BimodalityRow> &rows) const;

    std::vector<BimodalityRow> m_rows;
    int m_sortColumn = Coefficient;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
};

} // namespace batlab::views
