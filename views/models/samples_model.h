// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/imported_samples.h"

#include <QAbstractTableModel>

#include <array>
#include <optional>

namespace batlab::views {

/// Questions that two imported models answered: lost, gained, both wrong, all.
class SamplesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Task, Id, Prompt, Reference, Candidate, Margin, ColumnCount };
    static constexpr int kFlipRole = Qt::UserRole; ///< int of Flip

    explicit SamplesModel(QObject *parent = nullptr);
    /// Copies both: the document may lose them.
    void show(const ImportedResults &reference, const ImportedResults &candidate);
    void clear();
    void setFilter(std::optional<Flip> flip); ///< none: all
    [[nodiscard]] int count(Flip flip) const { return m_counts[static_cast<std::size_t>(flip)]; }
    [[nodiscard]] int total() const { return static_cast<int>(m_pairs.size()); }
    [[nodiscard]] double p() const { return m_p; } ///< McNemar over all tasks
    [[nodiscard]] const SamplePair *pair(int row) const; ///< null outside
    [[nodiscard]] QString referenceName() const;
    [[nodiscard]] QString candidateName() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void filter();
    static QString answer(const ImportedSample &sample);

    ImportedResults m_reference, m_candidate;
    std::vector<SamplePair> m_pairs;
    std::vector<std::size_t> m_rows; ///< shown, of m_pairs
    std::array<int, 4> m_counts {};
    std::optional<Flip> m_filter = Flip::lost;
    double m_p = 1;
};

} // namespace batlab::views
