// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/project_model.h"

#include "views/models/project_node.h"
#include "views/models/text.h"

namespace batlab::views {

ProjectModel::ProjectModel(WorkbenchDocument *document, QObject *parent)
    : QAbstractItemModel(parent), m_document(document)
{
    build();
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        beginResetModel();
        build();
        endResetModel();
    });
    connect(document, &WorkbenchDocument::guestsChanged, this, [this] {
        beginResetModel();
        build();
        endResetModel();
    });
    connect(document, &WorkbenchDocument::artifactsAdded, this, &ProjectModel::artifactsAdded);
    connect(document, &WorkbenchDocument::runsChanged, this, [this] {
        syncLists();
        refresh(m_runs);
    });
    connect(document, &WorkbenchDocument::baselineChanged, this, [this] {
        refresh(m_variants);
        refresh(m_evaluations);
    });
    connect(document, &WorkbenchDocument::pathChanged, this,
            [this] { Q_EMIT dataChanged(indexOf(m_session), indexOf(m_session, 1)); });
}

ProjectModel::~ProjectModel() = default;

void ProjectModel::build()
{
    m_root = std::make_unique<Node>();
    m_session = m_root->append(Kind::session);
    m_model = nullptr;
    m_layers = nullptr;
    m_model = m_session->append(Kind::model);
    m_layers = m_model->append(Kind::layers);
    m_variants = m_session->append(Kind::variants);
    m_runs = m_session->append(Kind::runs);
    m_evaluations = m_session->append(Kind::evaluations);
    const int layers = m_document->artifacts().layerCount();
    for (int i = 0; i < layers; ++i)
        m_layers->appendLayer(i);
    const auto fill = [](Node *parent, Kind kind, const QStringList &ids) {
        for (const QString &id : ids)
            parent->append(kind)->id = id;
    };
    QStringList ids;
    for (const VariantInfo *info : m_document->artifacts().variants())
        ids.append(qs(info->id));
    fill(m_variants, Kind::variant, ids);
    ids.clear();
    for (const RunEntry &run : m_document->runs())
        ids.append(run.id);
    fill(m_runs, Kind::run, ids);
    ids.clear();
    for (const EvaluationResult *e : m_document->artifacts().evaluations())
        ids.append(qs(e->variant) + QLatin1Char('/') + qs(e->task));
    fill(m_evaluations, Kind::evaluation, ids);
}

void ProjectModel::syncList(Node *parent, Kind kind, const QStringList &ids)
{
    const int have = static_cast<int>(parent->children.size());
    if (ids.size() <= have)
        return; // lists only grow between resets
    beginInsertRows(indexOf(parent), have, static_cast<int>(ids.size()) - 1);
    for (qsizetype i = have; i < ids.size(); ++i)
        parent->append(kind)->id = ids.at(i);
    endInsertRows();
    Q_EMIT dataChanged(indexOf(parent), indexOf(parent, 1));
}

void ProjectModel::syncLists()
{
    QStringList ids;
    for (const VariantInfo *info : m_document->artifacts().variants())
        ids.append(qs(info->id));
    syncList(m_variants, Kind::variant, ids);
    ids.clear();
    for (const RunEntry &run : m_document->runs())
        ids.append(run.id);
    syncList(m_runs, Kind::run, ids);
    ids.clear();
    for (const EvaluationResult *e : m_document->artifacts().evaluations())
        ids.append(qs(e->variant) + QLatin1Char('/') + qs(e->task));
    syncList(m_evaluations, Kind::evaluation, ids);
}

void ProjectModel::buildModel()
{
    const int layers = m_document->artifacts().layerCount();
    const int have = static_cast<int>(m_layers->children.size());
    if (layers > have) {
        beginInsertRows(indexOf(m_layers), have, layers - 1);
        for (int i = have; i < layers; ++i)
            m_layers->appendLayer(i);
        endInsertRows();
    }
    Q_EMIT dataChanged(indexOf(m_model), indexOf(m_model, 1));
    Q_EMIT dataChanged(indexOf(m_layers), indexOf(m_layers, 1));
}

void ProjectModel::artifactsAdded(const std::vector<ArtifactPtr> &artifacts)
{
    bool variants = false;
    for (const ArtifactPtr &artifact : artifacts) {
        if (std::holds_alternative<ModelSummary>(*artifact)) {
            buildModel();
        } else if (const auto *stats = std::get_if<SiteStats>(artifact.get())) {
            if (stats->variant != kReference)
                continue;
            buildModel();
            const QModelIndex leaf = siteIndex(stats->layer.index, stats->site);
            if (leaf.isValid()) {
                Q_EMIT dataChanged(leaf, leaf.siblingAtColumn(1));
                Q_EMIT dataChanged(leaf.parent(), leaf.parent().siblingAtColumn(1));
            }
        } else {
            variants = true;
        }
    }
    if (variants) {
        syncLists();
        refresh(m_variants);
        refresh(m_evaluations);
    }
}

void ProjectModel::refresh(Node *parent)
{
    if (parent->children.empty())
        return;
    Q_EMIT dataChanged(indexOf(parent->children.front().get()),
                       indexOf(parent->children.back().get(), 1));
}

ProjectModel::Node *ProjectModel::node(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex ProjectModel::indexOf(const Node *n, int column) const
{
    return n == m_root.get() ? QModelIndex() : createIndex(n->row, column, const_cast<Node *>(n));
}

QModelIndex ProjectModel::index(int row, int column, const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return {};
    const Node *p = node(parent);
    if (row < 0 || column < 0 || column > 1 || row >= static_cast<int>(p->children.size()))
        return {};
    return createIndex(row, column, p->children[static_cast<std::size_t>(row)].get());
}

QModelIndex ProjectModel::parent(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    return indexOf(node(index)->parent);
}

int ProjectModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(node(parent)->children.size());
}

int ProjectModel::columnCount(const QModelIndex &) const { return 2; }

QModelIndex ProjectModel::siteIndex(int layer, Site site) const
{
    if (layer < 0 || layer >= static_cast<int>(m_layers->children.size()))
        return {};
    for (const auto &leaf : m_layers->children[static_cast<std::size_t>(layer)]->children) {
        if (leaf->site == site)
            return indexOf(leaf.get());
    }
    return {};
}

QModelIndex ProjectModel::variantIndex(const QString &id) const
{
    for (const auto &leaf : m_variants->children) {
        if (leaf->id == id)
            return indexOf(leaf.get());
    }
    return {};
}

QModelIndex ProjectModel::branch(Kind kind) const
{
    switch (kind) {
    case Kind::session: return indexOf(m_session);
    case Kind::model: return indexOf(m_model);
    case Kind::layers: return indexOf(m_layers);
    case Kind::variants: return indexOf(m_variants);
    case Kind::runs: return indexOf(m_runs);
    case Kind::evaluations: return indexOf(m_evaluations);
    default: return {};
    }
}

} // namespace batlab::views
