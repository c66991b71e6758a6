// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/project_model.h"

#include "views/models/text.h"

#include <QDir>
#include <QFileInfo>

#include <cmath>
#include <limits>

namespace batlab::views {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
}

struct ProjectModel::Node
{
    Kind kind = Kind::session;
    QString id;
    int layer = -1;
    Site site = Site::t1;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;

    Node *append(Kind childKind)
    {
        auto child = std::make_unique<Node>();
        child->kind = childKind;
        child->parent = this;
        child->row = static_cast<int>(children.size());
        children.push_back(std::move(child));
        return children.back().get();
    }
};

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
    for (int i = 0; i < layers; ++i) {
        Node *layer = m_layers->append(Kind::layer);
        layer->layer = i;
        for (const Site site : kLinearSites) {
            Node *leaf = layer->append(Kind::site);
            leaf->layer = i;
            leaf->site = site;
        }
    }
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
        for (int i = have; i < layers; ++i) {
            Node *layer = m_layers->append(Kind::layer);
            layer->layer = i;
            for (const Site site : kLinearSites) {
                Node *leaf = layer->append(Kind::site);
                leaf->layer = i;
                leaf->site = site;
            }
        }
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

QString ProjectModel::title(const Node &n) const
{
    const ArtifactIndex &artifacts = m_document->artifacts();
    switch (n.kind) {
    case Kind::session: return m_document->title();
    case Kind::model: {
        const ModelSummary *summary = artifacts.model();
        if (!summary)
            return tr("No model yet");
        if (summary->config.is_object() && summary->config.contains("displayName")
            && summary->config["displayName"].is_string()) {
            const QString shown = qs(summary->config["displayName"].get<std::string>());
            if (!shown.isEmpty())
                return shown;
        }
        return QFileInfo(QDir::cleanPath(qs(summary->path))).fileName();
    }
    case Kind::layers: return tr("Layers");
    case Kind::layer: return tr("Layer %1").arg(n.layer);
    case Kind::site: {
        const QString base =
            QStringLiteral("%1 %2").arg(qs(name(n.site)), qs(batlab::title(n.site)));
        const int blocks = artifacts.blockCount(n.site);
        return blocks > 0 ? tr("%1 · %2 blk").arg(base).arg(blocks) : base;
    }
    case Kind::variants: return tr("Variants");
    case Kind::variant: return m_document->variantTitle(n.id);
    case Kind::runs: return tr("Runs");
    case Kind::run: {
        const RunEntry *run = m_document->run(n.id);
        return run ? QString(run->id + QLatin1Char(' ') + run->title) : n.id;
    }
    case Kind::evaluations: return tr("Evaluations");
    case Kind::evaluation:
        return QString(m_document->variantTitle(n.id.section(QLatin1Char('/'), 0, 0))
                       + QStringLiteral(" · ") + n.id.section(QLatin1Char('/'), 1));
    }
    return {};
}

double ProjectModel::figure(const Node &n) const
{
    const ArtifactIndex &artifacts = m_document->artifacts();
    const auto site = [&](int layer, Site s) {
        const SiteStats *stats = artifacts.siteStats(kReference, { Branch::text, layer }, s);
        return stats ? peakOverMedian(*stats) : kNaN;
    };
    switch (n.kind) {
    case Kind::site: return site(n.layer, n.site);
    case Kind::layer: {
        double worst = kNaN;
        for (const Site s : kLinearSites)
            worst = std::fmax(worst, site(n.layer, s));
        return worst;
    }
    case Kind::variant: return artifacts.meanSqnr(ss(n.id));
    case Kind::evaluation: {
        const EvaluationResult *e = artifacts.evaluation(ss(n.id.section(QLatin1Char('/'), 0, 0)),
                                                         ss(n.id.section(QLatin1Char('/'), 1)));
        return e ? e->value : kNaN;
    }
    default: return kNaN;
    }
}

double ProjectModel::delta(const Node &n) const
{
    const ArtifactIndex &artifacts = m_document->artifacts();
    const std::string pin = ss(m_document->baseline());
    if (n.kind == Kind::variant && n.id != m_document->baseline())
        return artifacts.meanSqnr(ss(n.id)) - artifacts.meanSqnr(pin);
    if (n.kind == Kind::evaluation
        && n.id.section(QLatin1Char('/'), 0, 0) != m_document->baseline()) {
        const EvaluationResult *base =
            artifacts.evaluation(pin, ss(n.id.section(QLatin1Char('/'), 1)));
        return base ? figure(n) - base->value : kNaN;
    }
    return kNaN;
}

QString ProjectModel::figureText(const Node &n) const
{
    const double value = figure(n);
    const ArtifactIndex &artifacts = m_document->artifacts();
    switch (n.kind) {
    case Kind::site:
    case Kind::layer:
        return std::isnan(value) ? QString() : QString(number(value, 1) + QStringLiteral("×"));
    case Kind::variant: {
        const VariantInfo *info = artifacts.variant(ss(n.id));
        if (info && info->family == "reference")
            return QStringLiteral("∞");
        const int layers = artifacts.layerCount();
        const auto done = static_cast<int>(artifacts.layersDone(ss(n.id)).size());
        if (done < layers)
            return done == 0 ? tr("waiting") : QStringLiteral("%1/%2").arg(done).arg(layers);
        return std::isnan(value) ? QString() : tr("%1 dB").arg(number(value, 1));
    }
    case Kind::evaluation: return std::isnan(value) ? QString() : number(value, 2);
    case Kind::layers: return QString::number(n.children.size());
    case Kind::variants: return tr("out. SQNR");
    case Kind::runs:
    case Kind::evaluations: return QString::number(n.children.size());
    case Kind::run: {
        const RunEntry *run = m_document->run(n.id);
        if (!run)
            return {};
        switch (run->state) {
        case JobState::succeeded: return tr("done");
        case JobState::failed: return tr("failed");
        case JobState::cancelled: return tr("stopped");
        case JobState::queued: return tr("waiting");
        default: return tr("running");
        }
    }
    case Kind::model: {
        const ModelSummary *summary = artifacts.model();
        if (!summary || !summary->tensors.is_array())
            return {};
        double elements = 0;
        for (const Json &tensor : summary->tensors) {
            if (!tensor.is_object() || !tensor.contains("shape") || !tensor["shape"].is_array())
                continue;
            double n1 = 1;
            for (const Json &d : tensor["shape"])
                n1 *= d.is_number() ? d.get<double>() : 1.0;
            elements += n1;
        }
        return elements > 0 ? shortCount(elements) : QString();
    }
    default: return {};
    }
}

QVariant ProjectModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node &n = *node(index);
    const VariantInfo *info = n.kind == Kind::variant || n.kind == Kind::evaluation
        ? m_document->artifacts().variant(ss(n.id.section(QLatin1Char('/'), 0, 0)))
        : nullptr;
    switch (role) {
    case Qt::DisplayRole: return index.column() == 0 ? title(n) : figureText(n);
    case Qt::ToolTipRole: {
        const double d = delta(n);
        return index.column() == 0 || std::isnan(d)
            ? QVariant(title(n))
            : QVariant(tr("%1; Δ to %2: %3")
                           .arg(figureText(n), m_document->variantTitle(m_document->baseline()),
                                signedNumber(d, 2)));
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            (index.column() == 1 ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case KindRole: return static_cast<int>(n.kind);
    case IdRole: return n.id;
    case LayerRole: return n.layer;
    case SiteRole: return n.kind == Kind::site ? QVariant(static_cast<int>(n.site)) : QVariant();
    case FamilyRole: return info ? qs(info->family) : QString();
    case FilledRole: return info ? info->filled : false;
    case PinnedRole: return n.kind == Kind::variant && n.id == m_document->baseline();
    case DeltaRole: return delta(n);
    case BetterRole: return n.kind == Kind::evaluation ? -1 : 1;
    case FigureRole: return figure(n);
    default: return {};
    }
}

QVariant ProjectModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((section == 1 ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole && section == 1)
        return tr("Largest over median block energy of a layer or site; output SQNR of a variant");
    if (role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Name") : tr("peak/med");
}

} // namespace batlab::views
