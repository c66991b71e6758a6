// SPDX-License-Identifier: GPL-3.0-or-later
// What the project tree says of its entries: names, the figure that ranks a branch, differences to
// the baseline.
#include "views/models/project_model.h"

#include "views/models/project_node.h"
#include "views/models/text.h"

#include <QDir>
#include <QFileInfo>

#include <cmath>
#include <limits>

namespace batlab::views {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
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
        const QString base = shortTitle(n);
        const int blocks = artifacts.blockCount(n.site);
        return blocks > 0 ? tr("%1 · %2 blk").arg(base).arg(blocks) : base;
    }
    case Kind::variants: return tr("Variants");
    case Kind::variant: return m_document->variantTitle(n.id);
    case Kind::runs: return tr("Runs");
    case Kind::run: {
        const RunEntry *run = m_document->run(n.id);
        return run && run->title != run->id ? QString(run->id + QLatin1Char(' ') + run->title)
                                            : n.id;
    }
    case Kind::evaluations: return tr("Evaluations");
    case Kind::evaluation:
        return QString(m_document->variantTitle(n.id.section(QLatin1Char('/'), 0, 0))
                       + QStringLiteral(" · ") + n.id.section(QLatin1Char('/'), 1));
    }
    return {};
}

QString ProjectModel::shortTitle(const Node &n)
{
    switch (n.kind) {
    case Kind::site:
        return QStringLiteral("%1 %2").arg(qs(name(n.site)), qs(batlab::title(n.site)));
    case Kind::run: return n.id;
    default: return {};
    }
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
    case ShortRole: return shortTitle(n);
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
