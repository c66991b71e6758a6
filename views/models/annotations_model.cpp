// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/annotations_model.h"

#include "views/models/set_value_command.h"
#include "views/models/text.h"

#include <QDateTime>
#include <QUndoStack>
#include <QUuid>

namespace batlab::views {

Json toJson(const std::vector<Annotation> &annotations)
{
    Json out = Json::array();
    for (const Annotation &a : annotations) {
        out.push_back({ { "id", ss(a.id) },
                        { "text", ss(a.text) },
                        { "variant", ss(a.place.variant) },
                        { "layer", a.place.layer },
                        { "site", std::string(name(a.place.site)) },
                        { "block", a.place.block },
                        { "lastBlock", a.lastBlock },
                        { "token", a.place.token },
                        { "created", ss(a.created) } });
        if (!a.look.is_null())
            out.back()["look"] = a.look;
    }
    return out;
}

std::vector<Annotation> annotationsFromJson(const Json &value)
{
    std::vector<Annotation> out;
    if (!value.is_array())
        return out;
    for (const Json &item : value) {
        if (!item.is_object())
            continue;
        const auto text = [&](const char *key) {
            const auto at = item.find(key);
            return at != item.end() && at->is_string() ? qs(at->get<std::string>()) : QString();
        };
        const auto number = [&](const char *key, int none) {
            const auto at = item.find(key);
            return at != item.end() && at->is_number_integer() ? at->get<int>() : none;
        };
        const std::optional<Site> site = siteFromName(ss(text("site")));
        if (!site || number("layer", -1) < 0 || number("block", -1) < 0)
            continue;
        Annotation a;
        a.id = text("id");
        a.text = text("text");
        a.created = text("created");
        a.place.variant = text("variant");
        a.place.layer = number("layer", 0);
        a.place.site = *site;
        a.place.block = number("block", 0);
        a.place.channel = a.place.block * 32;
        a.place.token = number("token", 0);
        a.lastBlock = number("lastBlock", -1);
        if (const auto look = item.find("look"); look != item.end() && look->is_object())
            a.look = *look;
        out.push_back(std::move(a));
    }
    return out;
}

AnnotationsModel::AnnotationsModel(QUndoStack *undo, QObject *parent)
    : QAbstractTableModel(parent), m_undo(undo)
{ }

void AnnotationsModel::apply(const std::vector<Annotation> &next)
{
    beginResetModel();
    m_all = next;
    endResetModel();
    Q_EMIT edited();
}

void AnnotationsModel::push(const QString &name, std::vector<Annotation> next)
{
    if (next == m_all)
        return;
    if (m_undo)
        m_undo->push(new SetValueCommand<std::vector<Annotation>>(
            name, m_all, std::move(next), [this](const std::vector<Annotation> &v) { apply(v); }));
    else
        apply(next);
}

QString AnnotationsModel::add(const QString &text, const Selection &place, int lastBlock, Json look)
{
    Annotation a;
    a.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    a.text = text;
    a.place = place;
    a.place.session.clear();
    a.lastBlock = lastBlock > place.block ? lastBlock : -1;
    a.look = std::move(look);
    a.created = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
    std::vector<Annotation> next = m_all;
    next.push_back(a);
    push(tr("bookmark"), std::move(next));
    return a.id;
}

void AnnotationsModel::setText(int row, const QString &text)
{
    std::vector<Annotation> next = m_all;
    next[static_cast<std::size_t>(row)].text = text;
    push(tr("change a bookmark"), std::move(next));
}

void AnnotationsModel::remove(int row)
{
    std::vector<Annotation> next = m_all;
    next.erase(next.begin() + row);
    push(tr("remove a bookmark"), std::move(next));
}

void AnnotationsModel::reset(std::vector<Annotation> all)
{
    beginResetModel();
    m_all = std::move(all);
    endResetModel();
}

int AnnotationsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_all.size());
}

int AnnotationsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AnnotationsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Annotation &a = at(index.row());
    if (role == Qt::ToolTipRole)
        return a.text;
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    if (index.column() == Text)
        return a.text;
    const QString blocks = a.lastBlock < 0
        ? tr("block %1").arg(a.place.block)
        : tr("blocks %1 to %2").arg(a.place.block).arg(a.lastBlock);
    return QStringLiteral("%1 · L%2 · %3 · %4")
        .arg(a.place.variant.isEmpty() ? tr("any variant") : a.place.variant)
        .arg(a.place.layer)
        .arg(qs(name(a.place.site)), blocks);
}

bool AnnotationsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || role != Qt::EditRole || index.column() != Text)
        return false;
    setText(index.row(), value.toString());
    return true;
}

Qt::ItemFlags AnnotationsModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags base = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == Text)
        base |= Qt::ItemIsEditable;
    return base;
}

QVariant AnnotationsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Place ? tr("Place") : tr("Text");
}

} // namespace batlab::views
