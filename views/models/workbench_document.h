// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/engine.h"
#include "core/stats/recovery.h"
#include "views/models/annotations_model.h"
#include "views/models/artifact_index.h"
#include "views/models/imported_results.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>
#include <utility>
#include <vector>

class QUndoStack;

namespace batlab::views {

/// A job as the session remembers it: enough to show it, repeat it, or resume it from its
/// workspace.
struct RunEntry
{
    QString id; ///< "r0001"
    QString title;
    Json spec; ///< frozen, canonical
    QString specHash;
    QString workspace; ///< folder of checkpoints and parts
    JobState state = JobState::queued;
    QString started, finished; ///< ISO-8601 UTC
    QString note; ///< "stopped at layer 12, checkpoint kept"
    Json where = Json::object(); ///< {"host", "device", "threads", "version", "build"} of
                                 ///< the engine
    bool operator==(const RunEntry &) const = default;
};

/// Everything a session file keeps. A value: the document hands one to the thread that saves.
struct DocumentSnapshot
{
    std::vector<ArtifactPtr> artifacts; ///< in order of arrival, one per key
    std::vector<RunEntry> runs;
    QString baseline;
    Json viewState = Json::object();
    QString notes; ///< Markdown
    std::vector<Annotation> annotations;
    /// With their values, for when the files are elsewhere; null: none.
    std::shared_ptr<const std::vector<ImportedResults>> imports;
};

/// Another session that is shown beside the document's own, read-only (guest_session.h).
struct GuestSession
{
    QString name; ///< prefix of its variants: "e2"
    QString path;
    std::vector<ArtifactPtr> artifacts; ///< under prefixed ids
    std::vector<RunEntry> runs;
};

/// What is open in a window: artifacts, runs, the pinned baseline and the undo history.
class WorkbenchDocument : public QObject
{
    Q_OBJECT

public:
    explicit WorkbenchDocument(QObject *parent = nullptr);
    ~WorkbenchDocument() override;

    [[nodiscard]] const ArtifactIndex &artifacts() const { return m_index; }
    [[nodiscard]] bool isEmpty() const { return m_index.empty() && m_runs.empty(); }
    /// More than a model somebody looked at: worth a question before it goes, and a recovery copy.
    [[nodiscard]] bool hasWork() const;
    void addArtifacts(const std::vector<ArtifactPtr> &artifacts);

    [[nodiscard]] const std::vector<RunEntry> &runs() const { return m_runs; }
    [[nodiscard]] const RunEntry *run(const QString &id) const;
    [[nodiscard]] QString nextRunId() const;
    void putRun(const RunEntry &run); ///< adds, or replaces the one with this id

    [[nodiscard]] QString path() const { return m_path; }
    void setPath(const QString &path);
    [[nodiscard]] QString title() const; ///< file name, or "Untitled session"
    [[nodiscard]] bool isModified() const;
    void setSaved(); ///< history stays, the document is clean
    [[nodiscard]] quint64 revision() const { return m_revision; } ///< grows with every change
    void setSavedAt(quint64 revision); ///< clean only if nothing changed since `revision`

    [[nodiscard]] QString baseline() const { return m_baseline; }
    void pinBaseline(const QString &variant); ///< undoable
    [[nodiscard]] RecoveryTable recovery() const;
    [[nodiscard]] QString
    contract() const; ///< one line for the contract chip; empty without results
    [[nodiscard]] bool comparable() const; ///< all shown results share one protocol
    /// What differs between the protocols and settings of the variants, as "path: a / b" lines.
    [[nodiscard]] QStringList contractDifferences() const;
    /// Title of a variant, or its id when its info has not arrived.
    [[nodiscard]] QString variantTitle(const QString &id) const;

    [[nodiscard]] const std::vector<GuestSession> &guests() const { return m_guests; }
    void addGuest(GuestSession guest); ///< replaces one of the same name
    void removeGuest(const QString &name);
    [[nodiscard]] const std::vector<ImportedResults> &imports() const { return m_imports; }
    void addImport(ImportedResults results); ///< replaces one of the same file, under its id
    void removeImport(const QString &path);
    /// The import that the others are measured against; empty: the first.
    [[nodiscard]] QString importReference() const { return m_importReference; }
    void setImportReference(const QString &id);
    /// Files that were compared with when the session was saved and have not been read again yet:
    /// sessions, imported results. A save until then keeps them, also if they cannot be read.
    struct Remembered
    {
        QStringList sessions, imports;
        std::shared_ptr<const std::vector<ImportedResults>> kept; ///< their values; null: none
        /// What the session keeps of a results file; null: nothing.
        [[nodiscard]] const ImportedResults *find(const QString &path) const;
    };
    [[nodiscard]] const Remembered &remembered() const { return m_remembered; }
    void forgetRemembered(const QStringList &paths); ///< they are here, or no longer wanted
    /// The newest run that holds a variant (of a guest: the guest's); null without one.
    [[nodiscard]] const RunEntry *runOf(const std::string &variant) const;

    [[nodiscard]] Json viewState() const { return m_viewState; }
    void setViewState(Json state) { m_viewState = std::move(state); }
    [[nodiscard]] QUndoStack *undoStack() const { return m_undo; }
    [[nodiscard]] AnnotationsModel *annotations() const { return m_annotations; }
    [[nodiscard]] QString notes() const { return m_notes; }
    void setNotes(const QString &markdown); ///< undoable; typing in one go is one step
    /// The model of every run's spec, "demo" left out, each once.
    [[nodiscard]] QStringList models() const;
    void replaceModel(const QString &before, const QString &after); ///< in every spec; undoable
    void setUnsaved(); ///< what is shown is in no file (a recovered session)

    [[nodiscard]] DocumentSnapshot snapshot() const;
    void reset(DocumentSnapshot snapshot, const QString &path);

Q_SIGNALS:
    void artifactsAdded(const std::vector<batlab::ArtifactPtr> &artifacts);
    void documentReset();
    void runsChanged();
    void baselineChanged();
    /// Guests or imports came or went: everything that shows variants starts afresh.
    void guestsChanged();
    void pathChanged();
    void modifiedChanged();
    void notesChanged();

private:
    void touch();
    void setBaselineValue(const QString &variant);
    void setModelValue(const QString &before, const QString &after);
    void keep(const ArtifactPtr &artifact);
    void guestsMoved();
    /// Another document's come to mind: those that `viewState` names.
    void forgetGuests(Json &viewState, std::shared_ptr<const std::vector<ImportedResults>> kept);
    void rememberGuests(Json &viewState) const;
    /// Imports that are here, and what is kept of those that are not.
    [[nodiscard]] std::shared_ptr<const std::vector<ImportedResults>> keptImports() const;

    ArtifactIndex m_index;
    std::vector<ArtifactPtr> m_order;
    std::map<std::string, std::size_t> m_orderOf; ///< artifactKey -> place in m_order
    std::vector<RunEntry> m_runs;
    std::vector<GuestSession> m_guests;
    std::vector<ImportedResults> m_imports;
    QString m_importReference;
    Remembered m_remembered;
    /// Made for the first snapshot after a change, shared by the others.
    mutable std::shared_ptr<const std::vector<ImportedResults>> m_keptImports;
    QString m_path, m_baseline, m_notes;
    Json m_viewState = Json::object();
    QUndoStack *m_undo;
    AnnotationsModel *m_annotations;
    quint64 m_revision = 0, m_savedRevision = 0;
};

} // namespace batlab::views
