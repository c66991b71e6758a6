// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"

#include <QAbstractTableModel>
#include <QVariantList>

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
    double dip = 0; ///< Hartigan's dip of a sample; NaN: not measured
    double peakOverMedian = 0; ///< block energy over the site's median block energy
    double sqnrDb = 0;
    double energy = 0;
    double deltaBimodality = 0, deltaSqnrDb = 0; ///< minus the baseline's; NaN: none to compare
    QVariantList spark; ///< histogram of x/scale, largest bin 1
};

/// Every block of a variant, by layer, site and block, compared with the same block of `baseline`.
/// Fit for a worker: the index is only read.
[[nodiscard]] std::vector<BimodalityRow> bimodalityRows(const ArtifactIndex &index,
                                                        const std::string &variant,
                                                        const std::string &baseline = {});

/// All blocks of a variant, worst bimodality first.
class BimodalityModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Rank,
        Place,
        Spark,
        Coefficient,
        Valley,
        Dip,
        PeakMedian,
        Sqnr,
        DeltaCoefficient,
        DeltaSqnr,
        ColumnCount
    };
    /// Raw values for sorting and delegates: a number for the numeric columns, QVariantList of 0..1
    /// for Spark.
    static constexpr int ValueRole = Qt::UserRole;

    explicit BimodalityModel(QObject *parent = nullptr);
    void rebuild(const ArtifactIndex &index, const std::string &variant);
    void setRows(std::vector<BimodalityRow> rows); ///< as bimodalityRows() gives them

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    [[nodiscard]] const BimodalityRow &row(int at) const
    {
        return m_rows[m_order[static_cast<std::size_t>(at)]];
    }
    [[nodiscard]] int find(int layer, Site site, int block) const; ///< -1 if absent
    [[nodiscard]] bool hasDeltas() const { return m_deltas; } ///< some block has a baseline's
    [[nodiscard]] int bimodalCount() const { return m_bimodal; } ///< above kUniformBimodality
    [[nodiscard]] int sortColumn() const { return m_sortColumn; }

private:
    void order();

    std::vector<BimodalityRow> m_rows; ///< by layer, site, block
    std::vector<std::size_t> m_order, m_place; ///< shown row -> m_rows, and back
    int m_bimodal = 0;
    bool m_deltas = false;
    int m_sortColumn = Coefficient;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
};

} // namespace batlab::views
