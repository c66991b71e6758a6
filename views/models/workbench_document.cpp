// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/workbench_document.h"

#include "core/spec/run_spec.h"
#include "views/models/guest_session.h"
#include "views/models/set_value_command.h"
#include "views/models/text.h"

#include <QFileInfo>
#include <QUndoStack>

#include <algorithm>

namespace batlab::views {

WorkbenchDocument::WorkbenchDocument(QObject *parent)
    : QObject(parent)
    , m_baseline(QLatin1String(kReference))
    , m_undo(new QUndoStack(this))
    , m_annotations(new AnnotationsModel(m_undo, this))
{
    connect(m_annotations, &AnnotationsModel::edited, this, &WorkbenchDocument::touch);
    connect(m_undo, &QUndoStack::cleanChanged, this, &WorkbenchDocument::modifiedChanged);
}

WorkbenchDocument::~WorkbenchDocument()
{
    m_undo->disconnect(
        this); // the stack clears itself after us and would signal into a half-gone object
}

void WorkbenchDocument::keep(const ArtifactPtr &artifact)
{
    m_index.add(artifact);
    const auto [at, isNew] = m_orderOf.try_emplace(artifactKey(*artifact), m_order.size());
    if (isNew)
        m_order.push_back(artifact);
    else
        m_order[at->second] = artifact;
}

void WorkbenchDocument::addArtifacts(const std::vector<ArtifactPtr> &artifacts)
{
    std::vector<ArtifactPtr> added;
    for (const ArtifactPtr &artifact : artifacts) {
        if (!artifact)
            continue;
        keep(artifact);
        added.push_back(artifact);
    }
    if (added.empty())
        return;
    touch();
    Q_EMIT artifactsAdded(added);
}

const RunEntry *WorkbenchDocument::run(const QString &id) const
{
    const auto at =
        std::find_if(m_runs.begin(), m_runs.end(), [&](const RunEntry &r) { return r.id == id; });
    return at == m_runs.end() ? nullptr : &*at;
}

QString WorkbenchDocument::nextRunId() const
{
    int last = 0;
    for (const RunEntry &r : m_runs)
        last = std::max(last, r.id.mid(1).toInt());
    return QLatin1Char('r') + QString::number(last + 1).rightJustified(4, QLatin1Char('0'));
}

void WorkbenchDocument::putRun(const RunEntry &run)
{
    const auto at = std::find_if(m_runs.begin(), m_runs.end(),
                                 [&](const RunEntry &r) { return r.id == run.id; });
    if (at == m_runs.end())
        m_runs.push_back(run);
    else if (*at == run)
        return;
    else
        *at = run;
    touch();
    Q_EMIT runsChanged();
}

void WorkbenchDocument::setPath(const QString &path)
{
    if (path == m_path)
        return;
    m_path = path;
    Q_EMIT pathChanged();
}

QString WorkbenchDocument::title() const
{
    return m_path.isEmpty() ? tr("Untitled session") : QFileInfo(m_path).fileName();
}

bool WorkbenchDocument::hasWork() const
{
    return !m_runs.empty() || !m_index.variants().empty() || !m_path.isEmpty() || !m_notes.isEmpty()
        || m_annotations->rowCount() > 0 || !m_index.sweeps().empty() || !m_imports.empty()
        || !m_guests.empty();
}

void WorkbenchDocument::touch()
{
    const bool was = isModified();
    ++m_revision;
    if (was != isModified())
        Q_EMIT modifiedChanged();
}

bool WorkbenchDocument::isModified() const
{
    return m_revision != m_savedRevision || !m_undo->isClean();
}

void WorkbenchDocument::setSaved() { setSavedAt(m_revision); }

void WorkbenchDocument::setSavedAt(quint64 revision)
{
    m_savedRevision = revision;
    if (m_revision == revision)
        m_undo->setClean();
    Q_EMIT modifiedChanged();
}

void WorkbenchDocument::setBaselineValue(const QString &variant)
{
    if (variant == m_baseline)
        return;
    m_baseline = variant;
    touch();
    Q_EMIT baselineChanged();
}

void WorkbenchDocument::pinBaseline(const QString &variant)
{
    if (variant == m_baseline)
        return;
    m_undo->push(new SetValueCommand<QString>(tr("pin %1").arg(variantTitle(variant)), m_baseline,
                                              variant,
                                              [this](const QString &v) { setBaselineValue(v); }));
}

RecoveryTable WorkbenchDocument::recovery() const
{
    std::vector<VariantInfo> variants;
    for (const VariantInfo *info : m_index.variants())
        if (guestOf(info->id).isEmpty())
            variants.push_back(*info);
    std::vector<EvaluationResult> results;
    for (const EvaluationResult *result : m_index.evaluations())
        if (guestOf(result->variant).isEmpty())
            results.push_back(*result);
    if (results.empty())
        return {};
    return recoveryTable(variants, results, ss(m_baseline));
}

QStringList WorkbenchDocument::contractDifferences() const
{
    const VariantInfo *first = nullptr;
    QStringList lines;
    for (const VariantInfo *info : m_index.variants()) {
        if (info->family == "reference")
            continue;
        if (!first) {
            first = info;
            continue;
        }
        const auto add = [&](const Json &a, const Json &b) {
            for (const SpecDifference &d : diff(a, b))
                lines.append(tr("%1: %2 has %3, %4 has %5")
                                 .arg(qs(d.path), variantTitle(qs(first->id)), qs(d.before),
                                      variantTitle(qs(info->id)), qs(d.after)));
        };
        add(first->protocol, info->protocol);
        add(first->settings, info->settings);
    }
    lines.removeDuplicates();
    return lines;
}

bool WorkbenchDocument::comparable() const { return contractDifferences().isEmpty(); }

QString WorkbenchDocument::contract() const
{
    for (const VariantInfo *info : m_index.variants()) {
        if (info->family == "reference")
            continue;
        const auto text = [](const Json &object, const char *key) {
            const auto at = object.is_object() ? object.find(key) : object.end();
            return object.is_object() && at != object.end() && at->is_string()
                ? qs(at->get<std::string>())
                : QString();
        };
        const QString weights = text(info->protocol, "weightFormat");
        const QString inputs = text(info->protocol, "activationFormat");
        QStringList parts;
        if (!weights.isEmpty())
            parts.append(weights == inputs
                             ? tr("W+A %1").arg(weights.toUpper())
                             : tr("W %1, A %2").arg(weights.toUpper(), inputs.toUpper()));
        if (const QString rule = text(info->settings, "scaleRule"); !rule.isEmpty())
            parts.append(rule.toUpper());
        if (const QString ties = text(info->settings, "ties"); !ties.isEmpty())
            parts.append(tr("ties %1").arg(ties));
        if (const QString set = text(info->protocol, "text"); !set.isEmpty())
            parts.append(set);
        return parts.join(QStringLiteral(" · "));
    }
    return {};
}

QString WorkbenchDocument::variantTitle(const QString &id) const
{
    for (const ImportedResults &import : m_imports)
        if (qs(import.id) == id)
            return qs(import.model);
    const VariantInfo *info = m_index.variant(ss(id));
    if (info && !info->title.empty())
        return qs(info->title);
    return id == QLatin1String(kReference) ? tr("BF16 reference") : id;
}

DocumentSnapshot WorkbenchDocument::snapshot() const
{
    Json viewState = m_viewState;
    rememberGuests(viewState);
    return { m_order,      m_runs, m_baseline, std::move(viewState), m_notes, m_annotations->all(),
             keptImports() };
}

void WorkbenchDocument::reset(DocumentSnapshot snapshot, const QString &path)
{
    m_index.clear();
    m_order.clear();
    m_orderOf.clear();
    for (const ArtifactPtr &artifact : snapshot.artifacts) {
        if (artifact)
            keep(artifact);
    }
    m_runs = std::move(snapshot.runs);
    m_baseline = snapshot.baseline.isEmpty() ? QString::fromLatin1(kReference) : snapshot.baseline;
    m_viewState = std::move(snapshot.viewState);
    forgetGuests(m_viewState, std::move(snapshot.imports));
    m_notes = std::move(snapshot.notes);
    m_annotations->reset(std::move(snapshot.annotations));
    m_undo->clear();
    ++m_revision;
    m_savedRevision = m_revision;
    m_path = path;
    Q_EMIT documentReset();
    Q_EMIT pathChanged();
    Q_EMIT runsChanged();
    Q_EMIT baselineChanged();
    Q_EMIT notesChanged();
    Q_EMIT modifiedChanged();
}

void WorkbenchDocument::setUnsaved()
{
    m_savedRevision = 0;
    touch();
    Q_EMIT modifiedChanged();
}

void WorkbenchDocument::setNotes(const QString &markdown)
{
    if (markdown == m_notes)
        return;
    constexpr int kNotesId = 0x6e6f7465;
    m_undo->push(new SetValueCommand<QString>(
        tr("change the notes"), m_notes, markdown,
        [this](const QString &v) {
            m_notes = v;
            touch();
            Q_EMIT notesChanged();
        },
        kNotesId));
}

QStringList WorkbenchDocument::models() const
{
    QStringList out;
    for (const RunEntry &run : m_runs) {
        if (!run.spec.is_object() || !run.spec.contains("model") || !run.spec["model"].is_string())
            continue;
        const QString model = qs(run.spec["model"].get<std::string>());
        if (model != QLatin1String("demo") && !out.contains(model))
            out.append(model);
    }
    return out;
}

void WorkbenchDocument::setModelValue(const QString &before, const QString &after)
{
    for (RunEntry &run : m_runs) {
        if (run.spec.is_object() && run.spec.contains("model")
            && run.spec["model"] == Json(ss(before)))
            run.spec["model"] = ss(after);
    }
    touch();
    Q_EMIT runsChanged();
}

void WorkbenchDocument::replaceModel(const QString &before, const QString &after)
{
    if (before == after)
        return;
    m_undo->push(new SetValueCommand<QString>(tr("locate the model"), before, after,
                                              [this, before, after](const QString &v) {
                                                  setModelValue(v == after ? before : after, v);
                                              }));
}

} // namespace batlab::views
