// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/base/result.h"
#include "sessions/file_commit.h"
#include "sessions/file_lock.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Session documents: everything a piece of work produced, in memory and as one HDF5 file
/// (resources/help/session-format.md). All HDF5 calls of this library are serialized by one
/// internal mutex, so every function here may be called from any thread; the Session value itself
/// is not synchronized.
namespace batlab {

inline constexpr int kSessionFormatMajor = 1;
inline constexpr int kSessionFormatMinor = 3;

/// One run of the engine.
struct RunRecord
{
    std::string id; ///< unique in the session
    std::string state; ///< name(JobState)
    std::string started, finished; ///< ISO-8601 UTC; empty: not yet
    std::string host, device;
    std::int64_t threads = 0;
    std::string specHash; ///< RunSpec::hash()
    std::string specJson; ///< canonical JSON of the RunSpec; stored once per hash
    std::string error; ///< message when failed
    std::string logTail; ///< last lines of the log
};

/// Energy of every layer's blocks at one site: what the layer x block heat map shows.
struct LayerBlockMap
{
    std::vector<LayerId> layers; ///< rows, sorted
    std::int64_t blocks = 0; ///< columns: the widest layer
    std::vector<float> energy; ///< [layers, blocks] activation^2; NaN where there is no value
};

struct Session
{
    int formatMajor = kSessionFormatMajor, formatMinor = kSessionFormatMinor;
    std::string uuid, created, creator;
    std::vector<RunRecord> runs;
    std::map<std::string, ArtifactPtr> artifacts; ///< by artifactKey
    std::vector<std::string> variantOrder; ///< ids in the order their VariantInfo arrived
    std::string notes; ///< Markdown
    std::string viewState; ///< JSON of the window, opaque here
    bool packed = false; ///< parts are (to be) inside the file
    std::filesystem::path
        origin; ///< the file it was loaded from or last saved to; empty: new. Not stored.
    std::vector<std::string> warnings; ///< what load() noticed. Not stored.

    /// A newer Batlab wrote the file it was loaded from: what this one does not know is not here.
    [[nodiscard]] bool isNewer() const { return formatMinor > kSessionFormatMinor; }

    /// A new, empty document with a fresh uuid and the present time.
    [[nodiscard]] static Session make(std::string_view creator);

    /// Adds an artifact; one of the same key is replaced.
    void add(ArtifactPtr artifact);
    void add(Artifact artifact);
    /// Adds a run or replaces the one of the same id.
    void add(RunRecord run);

    // Queries. Null or empty if absent; pointers live as long as the artifact stays in the session.
    [[nodiscard]] const ModelSummary *model() const;
    [[nodiscard]] const SampleTokens *sample() const;
    /// Ids of everything measured: "reference" first, then in the order of arrival.
    [[nodiscard]] std::vector<std::string> variantIds() const;
    [[nodiscard]] const VariantInfo *variant(std::string_view id) const;
    [[nodiscard]] std::vector<const VariantInfo *>
    variants() const; ///< in the order of variantIds()
    [[nodiscard]] const SiteStats *siteStats(std::string_view variant, LayerId layer, Site site,
                                             StatStage stage) const;
    [[nodiscard]] const TokenEnergyMap *tokenEnergy(std::string_view variant, LayerId layer,
                                                    Site site, StatStage stage) const;
    [[nodiscard]] const LinearScore *linearScore(std::string_view variant, LayerId layer,
                                                 Linear linear) const;
    [[nodiscard]] std::vector<const LinearScore *>
    linearScores(std::string_view variant) const; ///< by layer, linear
    [[nodiscard]] std::vector<const LayerDone *>
    layers(std::string_view variant) const; ///< by layer
    [[nodiscard]] std::vector<const LossCurve *> lossCurves(std::string_view variant,
                                                            LayerId layer) const;
    [[nodiscard]] std::vector<const EvaluationResult *>
    evaluations() const; ///< by variantIds(), task, metric
    [[nodiscard]] const VariantOutcome *outcome(std::string_view variant) const;
    [[nodiscard]] const SiteFlow *siteFlow(std::string_view variant, LayerId layer,
                                           Site site) const;
    [[nodiscard]] LayerBlockMap energyMap(std::string_view variant, Site site,
                                          StatStage stage) const;
    /// All artifacts of one type, in key order.
    template<class T>
    [[nodiscard]] std::vector<const T *> all() const
    {
        std::vector<const T *> out;
        for (const auto &[key, artifact] : artifacts)
            if (const T *value = std::get_if<T>(artifact.get()))
                out.push_back(value);
        return out;
    }
};

struct SaveOptions
{
    /// Folders (checkpoint stores) that hold the layers' parts; those that are not yet in
    /// partsFolderFor(path) are hard-linked or copied there. The parts of `origin` are found
    /// without.
    std::vector<std::filesystem::path> partFolders;
    /// Held by the caller for this file (a window keeps it while the session is open); null: taken
    /// for the save.
    const FileLock *lock = nullptr;
};

/// "X.parts" beside "X.batlab.h5" (or beside "X.h5").
[[nodiscard]] std::filesystem::path partsFolderFor(const std::filesystem::path &session);

/// Writes the session in one step: either the old file or the complete new one exists at any
/// moment, whatever happens (kill, full disk). Errors: diskFull, readOnly, busy (another process
/// writes it; pid and host in the message), notFound (folder missing), unsupported (a newer Batlab
/// wrote this very session there: what this one does not know would be lost). Parts are linked,
/// never rewritten; with session.packed they are inside.
[[nodiscard]] Result<void> save(const Session &session, const std::filesystem::path &path,
                                const SaveOptions &options = {});

/// Reads a whole session. Newer minor versions open with a warning; newer major versions are
/// refused (unsupported). Damaged, truncated and foreign files: badInput, with the place; missing:
/// notFound. Every artifact is checked against its content hash. `wanted` is asked on the way, from
/// this thread: once it says no, nothing else is read, the file is closed and the error is
/// cancelled.
[[nodiscard]] Result<Session> load(const std::filesystem::path &path,
                                   const StillWanted &wanted = {});
/// The same for a session that is to be added to and saved again: unsupported for newer minor
/// versions too, before any work is done.
[[nodiscard]] Result<Session> loadToAdd(const std::filesystem::path &path);

/// The part of a session with this content hash, from the folder beside it or from inside,
/// verified.
[[nodiscard]] Result<Part> loadPart(const std::filesystem::path &session, std::string_view hash);

} // namespace batlab
