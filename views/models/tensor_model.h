// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"
#include "views/models/tensor_place.h"

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>

#include <cstdint>
#include <functional>
#include <vector>

namespace batlab::views {

/// The tensors of a model's files, grouped by layer: what is there, how it is stored, how large it
/// is, and whether a run quantizes it.
class TensorModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column { Name, Shape, Storage, Bytes, Quantized, ColumnCount };
    static constexpr int SortRole = Qt::UserRole; ///< number, or the name
    /// Why a tensor stays as it is; `padded`: quantized, its last block filled up with zeros.
    enum class Use : std::uint8_t { quantized, padded, embedding, head, norm, bias, other };
    struct Row
    {
        QString name, storage, file;
        std::vector<std::int64_t> shape;
        double bytes = 0; ///< in the file
        TensorPlace place;
        Use use = Use::other;
        [[nodiscard]] bool quantized() const { return use <= Use::padded; }
        [[nodiscard]] double elements() const;
        [[nodiscard]] QString shapeText(const QString &between) const; ///< "1536×576"
    };
    struct Totals
    {
        int tensors = 0, quantized = 0;
        double elements = 0, bytes = 0;
    };

    explicit TensorModel(QObject *parent = nullptr);
    void setModel(const ModelSummary *summary); ///< null: none

    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    /// Of a tensor; null for a group.
    [[nodiscard]] const Row *row(const QModelIndex &index) const;
    [[nodiscard]] static QString useName(Use use); ///< "yes", "no: norm"

private:
    struct Group
    {
        int order = 0; ///< before, by layer, behind
        QString title;
        std::vector<Row> rows;
        [[nodiscard]] Totals totals() const;
    };
    [[nodiscard]] QVariant groupData(const Group &group, int column, int role) const;
    [[nodiscard]] QVariant rowData(const Row &row, int column, int role) const;

    std::vector<Group> m_groups;
};

/// Tensors whose name and storage hold every word of the filter (fuzzyScore; a number whole),
/// sorted in groups.
class TensorFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit TensorFilter(TensorModel *model, QObject *parent = nullptr);
    void setFilterText(const QString &text);
    [[nodiscard]] const TensorModel::Row *row(const QModelIndex &index) const;
    [[nodiscard]] TensorModel::Totals totals() const; ///< of what is shown
    /// The shown tensors, tab-separated, C locale, names of columns first.
    [[nodiscard]] QString tsv() const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    void forEach(const std::function<void(const TensorModel::Row &)> &visit) const;

    TensorModel *m_model;
    QStringList m_words;
};

} // namespace batlab::views
