// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/parameter_form_model.h"

#include "views/models/parameter_text.h"
#include "views/models/preset_text.h"
#include "views/models/set_value_command.h"
#include "views/models/text.h"

#include <QSet>
#include <QUndoStack>

#include <algorithm>
#include <cmath>
#include <map>

namespace batlab::views {

namespace {

/// "a.b.c" -> object.a.b.c = value, making objects on the way.
void setPath(Json &object, const std::string &path, const Json &value)
{
    Json *at = &object;
    std::size_t from = 0;
    for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', from)) {
        at = &(*at)[path.substr(from, dot - from)];
        from = dot + 1;
    }
    (*at)[path.substr(from)] = value;
}

const Json *getPath(const Json &object, const std::string &path)
{
    const Json *at = &object;
    std::size_t from = 0;
    while (true) {
        const std::size_t dot = path.find('.', from);
        const std::string key = path.substr(from, dot == std::string::npos ? dot : dot - from);
        if (!at->is_object() || !at->contains(key))
            return nullptr;
        at = &(*at)[key];
        if (dot == std::string::npos)
            return at;
        from = dot + 1;
    }
}

} // namespace

ParameterFormModel::ParameterFormModel(QUndoStack *undo, QObject *parent)
    : QAbstractTableModel(parent), m_undo(undo)
{
    for (const Parameter &p : runParameters())
        m_fields.push_back(
            { p, qs(p.path), parameterGroup(p), {}, p.defaultValue, p.defaultValue });
}

void ParameterFormModel::setLibrary(std::vector<Recipe> library)
{
    m_library = std::move(library);
    applyChosen(m_chosen);
}

const Recipe *ParameterFormModel::recipe(const QString &id) const
{
    const auto at = std::find_if(m_library.begin(), m_library.end(),
                                 [&](const Recipe &r) { return qs(r.id) == id; });
    return at == m_library.end() ? nullptr : &*at;
}

std::vector<FormField> ParameterFormModel::stageFields(const Recipe &recipe)
{
    std::vector<FormField> fields;
    QSet<QString> seen; // an override reaches the first stage of a kind only
    for (const Pass &pass : recipe.passes) {
        for (const Stage &stage : pass.stages) {
            const QString kind = qs(stage.kind);
            if (seen.contains(kind))
                continue;
            seen.insert(kind);
            for (const Parameter &p : stageParameters(stage.kind)) {
                // Rows of the table say "train.epochs"; the stage itself holds "epochs".
                const std::string prefix = stage.kind + ".";
                const std::string key =
                    p.path.starts_with(prefix) ? p.path.substr(prefix.size()) : p.path;
                const auto at = stage.parameters.is_object() ? stage.parameters.find(key)
                                                             : stage.parameters.end();
                const bool has = stage.parameters.is_object() && at != stage.parameters.end();
                const Json value = has ? *at : p.defaultValue;
                const QString id = qs(recipe.id);
                fields.push_back(
                    { p, QStringLiteral("variants.%1.%2.%3").arg(id, kind, qs(key)),
                      QStringLiteral("%1 · %2").arg(
                          recipe.title.empty() ? id : presetText(qs(recipe.title)), kind),
                      id, value, value });
            }
        }
    }
    return fields;
}

void ParameterFormModel::setFields(std::vector<FormField> fields)
{
    beginResetModel();
    m_fields = std::move(fields);
    endResetModel();
    Q_EMIT structureChanged();
}

void ParameterFormModel::applyChosen(const QStringList &presets)
{
    std::map<QString, Json> kept; // edits survive taking a preset out and in again
    for (const FormField &f : m_fields) {
        if (!f.variant.isEmpty())
            kept[f.path] = f.value;
    }
    beginResetModel();
    m_chosen = presets;
    m_fields.erase(std::remove_if(m_fields.begin(), m_fields.end(),
                                  [](const FormField &f) { return !f.variant.isEmpty(); }),
                   m_fields.end());
    for (const QString &id : m_chosen) {
        const Recipe *chosenRecipe = recipe(id);
        if (!chosenRecipe)
            continue;
        for (FormField &f : stageFields(*chosenRecipe)) {
            if (const auto at = kept.find(f.path); at != kept.end())
                f.value = at->second;
            m_fields.push_back(std::move(f));
        }
    }
    endResetModel();
    Q_EMIT structureChanged();
}

void ParameterFormModel::setChosen(const QStringList &presets)
{
    if (presets == m_chosen)
        return;
    if (!m_undo) {
        applyChosen(presets);
        return;
    }
    m_undo->push(new SetValueCommand<QStringList>(
        tr("choose methods"), m_chosen, presets, [this](const QStringList &v) { applyChosen(v); }));
}

int ParameterFormModel::find(const QString &path) const
{
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        if (m_fields[i].path == path)
            return static_cast<int>(i);
    }
    return -1;
}

void ParameterFormModel::applyValue(const QString &path, const Json &value)
{
    const int at = find(path);
    if (at < 0)
        return; // its preset is out of the run; undo of that brings it back
    m_fields[static_cast<std::size_t>(at)].value = value;
    Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
    Q_EMIT fieldChanged(at);
}

Result<void> ParameterFormModel::setFieldValue(int at, const Json &value)
{
    const FormField &f = field(at);
    if (Result<void> checked = checkValue(f.parameter, value, ss(f.path)); !checked)
        return checked;
    if (value == f.value)
        return {};
    if (!m_undo) {
        applyValue(f.path, value);
        return {};
    }
    const QString path = f.path;
    m_undo->push(new SetValueCommand<Json>(
        tr("change %1").arg(parameterTitle(f.parameter)), f.value, value,
        [this, path](const Json &v) { applyValue(path, v); },
        static_cast<int>(qHash(path) & 0x7fffffffU)));
    return {};
}

Result<void> ParameterFormModel::setFieldText(int at, const QString &text)
{
    Result<Json> parsed = parseValue(field(at).parameter, ss(text));
    if (!parsed)
        return parsed.error();
    return setFieldValue(at, *parsed);
}

void ParameterFormModel::resetField(int at) { (void)setFieldValue(at, field(at).original); }

bool ParameterFormModel::isChanged(int at) const { return field(at).value != field(at).original; }

int ParameterFormModel::changedCount() const
{
    return static_cast<int>(std::count_if(m_fields.begin(), m_fields.end(), [](const FormField &f) {
        return f.value != f.original;
    }));
}

Json ParameterFormModel::spec() const
{
    Json out = Json::object();
    std::map<QString, Json> sets;
    for (const FormField &f : m_fields) {
        if (f.variant.isEmpty())
            setPath(out, ss(f.path), f.value);
        else if (f.value != f.original)
            sets[f.variant][ss(f.path.section(QLatin1Char('.'), 2))] = f.value;
    }
    Json variants = Json::array();
    for (const QString &id : m_chosen) {
        Json variant { { "preset", ss(id) }, { "id", ss(id) } };
        if (const auto at = sets.find(id); at != sets.end())
            variant["set"] = at->second;
        variants.push_back(std::move(variant));
    }
    out["variants"] = std::move(variants);
    return out;
}

void ParameterFormModel::loadSpec(const Json &spec)
{
    if (!spec.is_object())
        return;
    const auto variants = spec.find("variants");
    const bool hasVariants = variants != spec.end() && variants->is_array();
    if (m_undo && hasVariants)
        m_undo->beginMacro(tr("load a run spec"));
    if (hasVariants) {
        QStringList presets;
        for (const Json &variant : *variants) {
            if (const QString id = presetOf(variant); recipe(id) && !presets.contains(id))
                presets.append(id);
        }
        setChosen(presets);
    }
    for (int at = 0; at < fieldCount(); ++at) {
        if (!field(at).variant.isEmpty())
            continue;
        if (const Json *value = getPath(spec, ss(field(at).path)))
            (void)setFieldValue(at, *value);
    }
    if (hasVariants) {
        for (const Json &variant : *variants)
            loadVariant(variant);
    }
    if (m_undo && hasVariants)
        m_undo->endMacro();
}

QString ParameterFormModel::presetOf(const Json &variant) const
{
    const auto text = [](const Json &object, const char *key) {
        return object.is_object() && object.contains(key) && object[key].is_string()
            ? qs(object[key].get<std::string>())
            : QString();
    };
    if (const QString id = text(variant, "preset"); !id.isEmpty())
        return id;
    if (variant.is_object() && variant.contains("recipe"))
        if (const QString id = text(variant["recipe"], "id"); recipe(id))
            return id;
    return text(variant, "id");
}

void ParameterFormModel::loadVariant(const Json &variant)
{
    const QString id = presetOf(variant);
    const auto put = [&](const QString &path, const Json &value) {
        if (const int at = find(QStringLiteral("variants.%1.%2").arg(id, path)); at >= 0)
            (void)setFieldValue(at, value);
    };
    if (variant.contains("set") && variant["set"].is_object()) {
        for (const auto &[path, value] : variant["set"].items())
            put(qs(path), value);
    }
    if (!variant.contains("recipe") || !variant["recipe"].is_object())
        return;
    QSet<QString> seen; // the form shows the first stage of a kind
    for (const Json &pass : variant["recipe"].value("passes", Json::array())) {
        for (const Json &stage : pass.value("stages", Json::array())) {
            for (const auto &[kind, parameters] : stage.items()) {
                if (seen.contains(qs(kind)) || !parameters.is_object())
                    continue;
                seen.insert(qs(kind));
                for (const auto &[key, value] : parameters.items())
                    put(qs(kind) + QLatin1Char('.') + qs(key), value);
            }
        }
    }
}

QString ParameterFormModel::displayText(const Json &value)
{
    if (value.is_string())
        return qs(value.get<std::string>());
    if (value.is_array()) {
        QStringList parts;
        for (const Json &item : value)
            parts.append(displayText(item));
        return parts.join(QStringLiteral(", "));
    }
    return qs(value.dump());
}

QString ParameterFormModel::rangeText(const FormField &f)
{
    const Parameter &p = f.parameter;
    const auto figure = [](double value) {
        return value == std::floor(value) && std::abs(value) < 1e16
            ? count(static_cast<std::int64_t>(value))
            : QString::number(value, 'g', 6);
    };
    QString range;
    if (p.type == ParameterType::integer || p.type == ParameterType::real) {
        if (p.minimum && p.maximum)
            range = tr("%1 to %2").arg(figure(*p.minimum), figure(*p.maximum));
        else if (p.minimum)
            range = tr("from %1").arg(figure(*p.minimum));
        else if (p.maximum)
            range = tr("up to %1").arg(figure(*p.maximum));
        if (!range.isEmpty() && !p.unit.empty())
            range += QLatin1Char(' ') + parameterUnit(p);
    }
    const QString original = displayText(f.original);
    const QString usual = tr("default %1").arg(original.isEmpty() ? tr("empty") : original);
    return range.isEmpty() ? usual : tr("%1, %2").arg(range, usual);
}

int ParameterFormModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : fieldCount();
}

int ParameterFormModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ParameterFormModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const FormField &f = field(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        if (index.column() == Title)
            return parameterTitle(f.parameter);
        return index.column() == Value ? displayText(f.value) : parameterUnit(f.parameter);
    case Qt::ToolTipRole: return parameterHint(f);
    case HelpRole: return parameterHelp(f.parameter);
    case PathRole: return f.path;
    case SectionRole: return f.section;
    case ChangedRole: return isChanged(index.row());
    default: return {};
    }
}

bool ParameterFormModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || role != Qt::EditRole || index.column() != Value)
        return false;
    return setFieldText(index.row(), value.toString()).ok();
}

Qt::ItemFlags ParameterFormModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags base = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == Value)
        base |= Qt::ItemIsEditable;
    return base;
}

QVariant ParameterFormModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Title: return tr("Parameter");
    case Value: return tr("Value");
    case Unit: return tr("Unit");
    default: return {};
    }
}

} // namespace batlab::views
