// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "views/models/selection_context.h"

#include <QAbstractTableModel>
#include <QString>

#include <vector>

class QUndoStack;

namespace batlab::views {

/// A remark about a place: one block, or a range of blocks of a layer.
struct Annotation
{
    QString id; ///< unique in the session
    QString text;
    Selection place; ///< session is not kept
    int lastBlock = -1; ///< of a range that begins at place.block; -1: one block
    QString created; ///< ISO-8601 UTC
    Json look; ///< of the page it was made on (map, visible range), for the window; null: none
    bool operator==(const Annotation &) const = default;
};

[[nodiscard]] Json toJson(const std::vector<Annotation> &annotations);
/// Entries that make no sense are left out.
[[nodiscard]] std::vector<Annotation> annotationsFromJson(const Json &value);

/// The annotations of a session. Adding, changing and removing can be undone.
class AnnotationsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Place, Text, ColumnCount };

    explicit AnnotationsModel(QUndoStack *undo, QObject *parent = nullptr);
    [[nodiscard]] const std::vector<Annotation> &all() const { return m_all; }
    [[nodiscard]] const Annotation &at(int row) const
    {
        return m_all[static_cast<std::size_t>(row)];
    }
    /// Returns the new one's id.
    QString add(const QString &text, const Selection &place, int lastBlock = -1, Json look = {});
    void setText(int row, const QString &text);
    void remove(int row);
    void reset(std::vector<Annotation> all); ///< another document; not undoable

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void edited(); ///< something a session file keeps has changed

private:
    void push(const QString &name, std::vector<Annotation> next);
    void apply(const std::vector<Annotation> &next);

    QUndoStack *m_undo;
    std::vector<Annotation> m_all;
};

} // namespace batlab::views
