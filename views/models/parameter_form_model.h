// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "core/spec/parameter.h"

#include <QAbstractTableModel>
#include <QString>

#include <vector>

class QUndoStack;

namespace batlab::views {

/// One line of the run form.
struct FormField
{
    Parameter parameter; ///< its row of the schema
    QString path; ///< "calibration.sequences", or "variants.<id>.<stage>.<name>"
    QString section; ///< "Calibration", or the variant's title and stage
    QString variant; ///< empty for run-level fields
    Json original; ///< what reset goes back to: the schema's default or the preset's value
    Json value;
};

/// The run form as data: run-level parameters, the chosen presets, and the parameters of their
/// stages. Made from the parameter schema; every edit can be undone. spec() is what runSpecFromJson
/// reads.
class ParameterFormModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Title, Value, Unit, ColumnCount };
    enum Role { PathRole = Qt::UserRole, SectionRole, ChangedRole, HelpRole };

    explicit ParameterFormModel(QUndoStack *undo, QObject *parent = nullptr);

    /// The recipes a run may contain, e.g. the preset library's.
    void setLibrary(std::vector<Recipe> library);
    [[nodiscard]] const std::vector<Recipe> &library() const { return m_library; }
    void setChosen(const QStringList &presets); ///< undoable; order of the run
    [[nodiscard]] QStringList chosen() const { return m_chosen; }

    [[nodiscard]] int fieldCount() const { return static_cast<int>(m_fields.size()); }
    [[nodiscard]] const FormField &field(int at) const
    {
        return m_fields[static_cast<std::size_t>(at)];
    }
    [[nodiscard]] int find(const QString &path) const; ///< -1 if absent
    /// Checked against the schema; the error names path, value and what is allowed. Undoable.
    Result<void> setFieldValue(int at, const Json &value);
    Result<void> setFieldText(int at, const QString &text);
    void resetField(int at);
    [[nodiscard]] bool isChanged(int at) const;
    [[nodiscard]] int changedCount() const;
    [[nodiscard]] Json spec() const;
    /// Takes what a spec states: run-level values, its variants' presets, and their stages from
    /// "set" or from whole recipes; silent about what the form has no field for. One undo step.
    void loadSpec(const Json &spec);
    /// Shows other fields than a run's: those of one variant that is edited in place.
    void setFields(std::vector<FormField> fields);
    /// The parameters of a recipe's stages as fields, the first stage of each kind.
    [[nodiscard]] static std::vector<FormField> stageFields(const Recipe &recipe);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    [[nodiscard]] static QString displayText(const Json &value);
    /// "1 to 4 096 sequences, default 32": what a field takes.
    [[nodiscard]] static QString rangeText(const FormField &field);

Q_SIGNALS:
    void fieldChanged(int at);
    void structureChanged(); ///< other presets: rows came or went

private:
    void applyChosen(const QStringList &presets);
    void applyValue(const QString &path, const Json &value);
    [[nodiscard]] const Recipe *recipe(const QString &id) const;
    [[nodiscard]] QString presetOf(const Json &variant) const;
    void loadVariant(const Json &variant);

    QUndoStack *m_undo;
    std::vector<Recipe> m_library;
    QStringList m_chosen;
    std::vector<FormField> m_fields;
};

} // namespace batlab::views
