// SPDX-License-Identifier: Apache-2.0
#include "sessions/session_reader.h"

#include "sessions/artifact_io.h"
#include "sessions/file_commit.h"
#include "sessions/part_io.h"
#include "sessions/session_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace batlab {

namespace fs = std::filesystem;

namespace {
using h5::In;
using h5::Object;

/// Groups that repeat what artifacts say, and the parts (read one by one by loadPart).
bool isDerived(std::string_view encoding)
{
    return encoding == "overview" || encoding == "energy-map" || encoding == h5::kPartEncoding;
}

class Loader
{
public:
    Loader(In &in, Session &session, const StillWanted &wanted)
        : m_in(in), m_session(session), m_wanted(wanted)
    { }
    /// The session is not wanted any more: nothing else was read.
    [[nodiscard]] bool stopped() const { return m_stopped; }

    /// Artifacts anywhere below a group: each group says by encoding-type what it is.
    void walk(hid_t group, const std::string &variant, int depth)
    {
        constexpr int kMaxDepth = 16;
        if (depth > kMaxDepth)
            return m_in.fail("groups are nested too deep", In::pathOf(group));
        for (const h5::Child &child : h5::children(group)) {
            m_stopped = m_stopped || (m_wanted && !m_wanted());
            if (!m_in.ok() || m_stopped)
                return;
            if (child.link != H5L_TYPE_HARD) // parts are read one by one
                continue;
            visit(group, child.name, variant, depth);
        }
    }

private:
    void visit(hid_t parent, const std::string &name, std::string variant, int depth)
    {
        const Object object = m_in.open(parent, name);
        if (!m_in.ok())
            return;
        const bool isGroup = H5Iget_type(object.get()) == H5I_GROUP;
        const std::string encoding = m_in.textOr(object.get(), "encoding-type", "");
        if (!m_in.ok())
            return;
        if (!isGroup) {
            if (encoding == "table")
                readTable(parent, object.get(), name, variant);
            return;
        }
        if (isDerived(encoding))
            return;
        const bool isVariant = encoding == "variant-info" || encoding == "variant";
        if (isVariant)
            variant = m_in.text(object.get(), "id");
        if (h5::prototype(encoding)) {
            Result<Artifact> artifact =
                h5::readRecord(m_in, object.get(), encoding, m_session.formatMinor);
            if (!artifact) {
                m_in.fail(artifact.error().what, artifact.error().where);
                return;
            }
            m_session.add(*std::move(artifact));
            if (!isVariant)
                return;
        } else if (!isVariant && encoding != "group" && !encoding.empty()) {
            m_session.warnings.push_back(fmt::format("{}: unknown content \"{}\" is left out",
                                                     In::pathOf(object.get()), encoding));
            return;
        }
        walk(object.get(), variant, depth + 1);
    }

    void readTable(hid_t parent, hid_t set, const std::string &name, const std::string &variant)
    {
        const std::string kind = m_in.text(set, "rows");
        if (!m_in.ok())
            return;
        if (!h5::prototype(kind)) {
            m_session.warnings.push_back(
                fmt::format("{}: unknown rows \"{}\" are left out", In::pathOf(set), kind));
            return;
        }
        Result<std::vector<Artifact>> rows = h5::readTable(m_in, parent, name, kind, variant);
        if (!rows)
            return m_in.fail(rows.error().what, rows.error().where);
        for (Artifact &a : *rows)
            m_session.add(std::move(a));
    }

    In &m_in;
    Session &m_session;
    const StillWanted &m_wanted;
    bool m_stopped = false;
};

void readRuns(In &in, hid_t file, Session &session)
{
    if (!in.hasLink(file, "runs"))
        return;
    const Object runs = in.open(file, "runs");
    std::vector<std::pair<std::int64_t, RunRecord>> found;
    for (const h5::Child &child : h5::children(runs.get())) {
        const Object g = in.open(runs.get(), child.name);
        if (!in.ok() || in.textOr(g.get(), "encoding-type", "") != "run")
            continue;
        RunRecord r;
        r.id = in.text(g.get(), "id");
        r.state = in.text(g.get(), "state");
        r.started = in.text(g.get(), "started");
        r.finished = in.text(g.get(), "finished");
        r.host = in.text(g.get(), "host");
        r.device = in.text(g.get(), "device");
        r.threads = in.integer(g.get(), "threads");
        r.specHash = in.text(g.get(), "spec_hash");
        r.error = in.document(g.get(), "error");
        r.logTail = in.document(g.get(), "log");
        const Object specs = in.open(file, "spec");
        const Object spec = in.open(specs.get(), h5::linkName(r.specHash));
        r.specJson = in.document(spec.get(), "run_spec");
        found.emplace_back(in.integer(g.get(), "order"), std::move(r));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    for (auto &[order, run] : found)
        session.runs.push_back(std::move(run));
}

/// "1.4" -> {1, 4}.
Result<void> readVersion(const std::string &text, const fs::path &path, Session &session)
{
    const char *end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, session.formatMajor);
    if (major.ec == std::errc() && major.ptr != end && *major.ptr == '.') {
        const auto minor = std::from_chars(major.ptr + 1, end, session.formatMinor);
        if (minor.ec == std::errc() && minor.ptr == end && session.formatMajor >= 1)
            return {};
    }
    return Error { ErrorCode::badInput,
                   "the format version \"" + text.substr(0, 20) + "\" makes no sense",
                   path.string(),
                   {} };
}
} // namespace

Result<h5::File> openSession(const fs::path &path, Session &session, const StillWanted &wanted)
{
    std::error_code ec;
    if (fs::is_regular_file(path, ec)) {
        const Result<Seal> seal = checkSeal(path, wanted);
        if (!seal)
            return seal.error();
        if (*seal == Seal::absent)
            session.warnings.emplace_back(
                "the file has no checksum of its own: it was changed by another program");
    }
    Result<h5::File> file = h5::openForReading(path);
    if (!file)
        return file;
    In in(path.string());
    const hid_t root = file->get();
    if (in.textOr(root, "format", "") != h5::kSessionFormat)
        return Error { ErrorCode::badInput, "this HDF5 file is not a Batlab session", path.string(),
                       "Sessions are files NAME.batlab.h5 that Batlab wrote." };
    const std::string version = in.textOr(root, "format_version", "");
    if (Result<void> good = readVersion(version, path, session); !good)
        return good.error();
    if (session.formatMajor > kSessionFormatMajor)
        return Error { ErrorCode::unsupported,
                       fmt::format(
                           "the session has format version {}, this Batlab reads up to {}.x",
                           version, kSessionFormatMajor),
                       path.string(), "Open it with a newer Batlab. The file was not changed." };
    if (session.isNewer())
        session.warnings.push_back(
            fmt::format("the session was written by a newer Batlab (format {}); what this one does "
                        "not know is not shown",
                        version));
    session.uuid = in.text(root, "uuid");
    session.created = in.text(root, "created");
    session.creator = in.text(root, "creator");
    session.packed = in.has(root, "packed") && in.integer(root, "packed") != 0;
    session.origin = path;
    if (!in.ok())
        return in.error();
    return file;
}

bool holdsNewer(const fs::path &path, const std::string &uuid)
{
    const Result<h5::File> file = h5::openForReading(path);
    if (!file)
        return false;
    In in(path.string());
    Session there;
    if (in.textOr(file->get(), "format", "") != h5::kSessionFormat
        || !readVersion(in.textOr(file->get(), "format_version", ""), path, there))
        return false;
    if (there.formatMajor > kSessionFormatMajor)
        return true;
    return there.isNewer() && (in.text(file->get(), "uuid") == uuid || !in.ok());
}

Error newerContent(const fs::path &path)
{
    return { ErrorCode::unsupported,
             "a newer Batlab wrote this session; saving it would lose what this one does not know",
             path.string(), "Choose another file, or use a newer Batlab. Nothing was changed." };
}

Result<Session> load(const fs::path &path, const StillWanted &wanted)
{
    const h5::Lock lock;
    Session session;
    Result<h5::File> file = openSession(path, session, wanted);
    if (!file)
        return file.error();
    In in(path.string());
    const hid_t root = file->get();
    session.notes = in.hasLink(root, "notes") ? in.document(root, "notes") : "";
    session.viewState = in.hasLink(root, "view_state") ? in.document(root, "view_state") : "";
    readRuns(in, root, session);
    if (in.ok() && in.hasLink(root, "variants")) {
        const Object variants = in.open(root, "variants");
        if (in.ok() && in.hasLink(variants.get(), "order"))
            session.variantOrder = in.strings(variants.get(), "order");
    }
    Loader loader(in, session, wanted);
    for (const char *top : { "entry", "variants", "evaluations", "sweeps" }) {
        if (!in.ok() || loader.stopped() || !in.hasLink(root, top))
            continue;
        const Object group = in.open(root, top);
        if (in.ok())
            loader.walk(group.get(), {}, 0);
    }
    if (loader.stopped())
        return noLongerWanted(path);
    if (!in.ok())
        return in.error();
    return session;
}

Result<Session> loadToAdd(const fs::path &path)
{
    Result<Session> session = load(path);
    if (session && session->isNewer())
        return newerContent(path);
    return session;
}

} // namespace batlab
