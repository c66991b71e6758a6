// SPDX-License-Identifier: Apache-2.0
#include "sessions/checkpoint_folder.h"

#include "sessions/file_commit.h"
#include "sessions/file_lock.h"
#include "sessions/part_file.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace batlab {

namespace fs = std::filesystem;

namespace {
constexpr std::uint64_t kMaxIndexBytes = std::uint64_t { 256 } << 20;
using Index = std::map<std::string, std::string, std::less<>>;

Error damagedIndex(const fs::path &file, const std::string &why)
{
    return Error { ErrorCode::badInput, "the list of checkpoints is damaged: " + why, file.string(),
                   "Move the folder away to start without checkpoints." };
}

Result<Json> readJsonFile(const fs::path &file)
{
    const Result<std::string> text = readText(file, kMaxIndexBytes);
    if (!text)
        return text.error();
    return parseJson(*text, file.string());
}

Result<Index> readIndex(const fs::path &file)
{
    std::error_code ec;
    if (!fs::exists(file, ec))
        return Index {};
    const Result<Json> json = readJsonFile(file);
    if (!json)
        return json.error().code == ErrorCode::badInput ? damagedIndex(file, json.error().what)
                                                        : json.error();
    if (!json->is_object() || json->value("format", Json()) != "batlab-parts")
        return damagedIndex(file, "it is not an index of parts");
    const Json version = json->value("format_version", Json());
    if (!version.is_string() || !version.get<std::string>().starts_with("1."))
        return Error { ErrorCode::unsupported, "the checkpoints have a newer format version",
                       file.string(), "Use a newer Batlab, or another folder." };
    const Json keys = json->value("keys", Json());
    if (!keys.is_object())
        return damagedIndex(file, "no keys");
    Index index;
    for (const auto &[key, hash] : keys.items()) {
        if (!hash.is_string() || !isContentHash(hash.get<std::string>()))
            return damagedIndex(file, "the hash of \"" + key + "\" is not one");
        index.emplace(key, hash.get<std::string>());
    }
    return index;
}

/// {session file name: [hash, ...]}; empty if there is none.
Result<Json> readPins(const fs::path &folder)
{
    const fs::path file = folder / "pins.json";
    std::error_code ec;
    if (!fs::exists(file, ec))
        return Json(Json::object());
    Result<Json> json = readJsonFile(file);
    if (json && !json->is_object())
        return damagedIndex(file, "not an object");
    return json;
}

class CheckpointFolder final : public CheckpointStore
{
public:
    CheckpointFolder(fs::path folder, FileLock lock, Index index)
        : m_folder(std::move(folder)), m_lock(std::move(lock)), m_index(std::move(index))
    { }

    Result<std::string> put(std::string_view key, const Part &part) override
    {
        const std::scoped_lock guard(m_mutex);
        if (key.empty()
            || Json(std::string(key))
                    .dump(-1, ' ', false, Json::error_handler_t::replace)
                    .find("\\ufffd")
                != std::string::npos)
            return Error {
                ErrorCode::usage, "a checkpoint needs a key in UTF-8", m_folder.string(), {}
            };
        const Result<std::string> hash = writePart(m_folder, part);
        if (!hash)
            return hash.error();
        const auto it = m_index.find(key);
        const std::string old = it == m_index.end() ? std::string() : it->second;
        if (old == *hash)
            return *hash;
        Index changed = m_index;
        changed[std::string(key)] = *hash;
        if (Result<void> done = writeIndex(changed); !done)
            return done.error();
        m_index = std::move(changed);
        dropIfUnused(old);
        return *hash;
    }

    Result<std::optional<Part>> get(std::string_view key) const override
    {
        std::string hash;
        {
            const std::scoped_lock guard(m_mutex);
            const auto it = m_index.find(key);
            if (it == m_index.end())
                return std::optional<Part>();
            hash = it->second;
        }
        const fs::path file = m_folder / partFileName(hash);
        Result<Part> part = readPart(file, hash);
        if (!part) {
            Error e = part.error();
            if (e.code == ErrorCode::notFound)
                e = Error {
                    ErrorCode::badInput, "the part of this checkpoint is gone", file.string(), {}
                };
            e.where += "; checkpoint " + std::string(key);
            e.hint = "Delete this checkpoint; the step is then computed again.";
            return e;
        }
        return std::optional<Part>(*std::move(part));
    }

    Result<std::optional<Part>> getByHash(std::string_view hash) const override
    {
        std::error_code ec;
        if (!isContentHash(hash) || !fs::exists(m_folder / partFileName(hash), ec))
            return std::optional<Part>();
        Result<Part> part = readPart(m_folder / partFileName(hash), hash);
        if (!part)
            return part.error();
        return std::optional<Part>(*std::move(part));
    }

    Result<void> remove(std::string_view key) override
    {
        const std::scoped_lock guard(m_mutex);
        const auto it = m_index.find(key);
        if (it == m_index.end())
            return {};
        const std::string hash = it->second;
        Index changed = m_index;
        changed.erase(std::string(key));
        if (Result<void> done = writeIndex(changed); !done)
            return done;
        m_index = std::move(changed);
        dropIfUnused(hash);
        return {};
    }

    [[nodiscard]] std::vector<std::string> keys(std::string_view prefix) const override
    {
        const std::scoped_lock guard(m_mutex);
        std::vector<std::string> out;
        for (auto it = m_index.lower_bound(prefix);
             it != m_index.end() && it->first.starts_with(prefix); ++it)
            out.push_back(it->first);
        return out;
    }

    [[nodiscard]] fs::path folder() const override { return m_folder; }

private:
    Result<void> writeIndex(const Index &index) const
    {
        const Json json { { "format", "batlab-parts" },
                          { "format_version", "1.0" },
                          { "keys", index } };
        return commitText(m_folder / "index.json", json.dump(1) + "\n");
    }

    /// Leaves the file when in doubt: an unused part costs space, a missing one costs work.
    void dropIfUnused(const std::string &hash) const
    {
        const auto used = [&](const auto &entry) { return entry.second == hash; };
        if (hash.empty() || std::any_of(m_index.begin(), m_index.end(), used))
            return;
        const Result<Json> pins = readPins(m_folder);
        if (!pins)
            return;
        for (const Json &list : *pins)
            if (std::find(list.begin(), list.end(), Json(hash)) != list.end())
                return;
        std::error_code ec;
        fs::remove(m_folder / partFileName(hash), ec);
    }

    fs::path m_folder;
    FileLock m_lock;
    Index m_index;
    mutable std::mutex m_mutex;
};
} // namespace

Result<std::unique_ptr<CheckpointStore>> openCheckpointFolder(const fs::path &folder)
{
    std::error_code ec;
    fs::create_directories(folder, ec);
    if (ec)
        return systemFailure(ec.value(), "make the folder", folder);
    Result<FileLock> lock = FileLock::acquire(folder / "index.json");
    if (!lock) {
        Error e = lock.error();
        e.where = folder.string();
        if (e.code == ErrorCode::busy)
            e.hint = "Wait for that job, or stop it, or choose another workspace.";
        return e;
    }
    // What a killed process left: temporary files of the index and of parts
    // (".<hash>.h5.<id>.tmp"). Young ones may belong to a session that is being saved beside us.
    constexpr auto kAbandoned = std::chrono::minutes(10);
    const auto now = fs::file_time_type::clock::now();
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string file = it->path().filename().string();
        std::error_code ignored;
        if (file.starts_with(".") && file.ends_with(".tmp")
            && now - it->last_write_time(ignored) > kAbandoned)
            fs::remove(it->path(), ignored);
    }
    Result<Index> index = readIndex(folder / "index.json");
    if (!index)
        return index.error();
    return std::unique_ptr<CheckpointStore>(
        std::make_unique<CheckpointFolder>(folder, *std::move(lock), *std::move(index)));
}

Result<void> pinParts(const fs::path &folder, const std::string &session,
                      const std::vector<std::string> &hashes)
{
    Result<Json> pins = readPins(folder);
    if (!pins)
        return pins.error();
    Json list = pins->contains(session) ? (*pins)[session] : Json::array();
    const std::size_t before = list.size();
    for (const std::string &hash : hashes)
        if (std::find(list.begin(), list.end(), Json(hash)) == list.end())
            list.push_back(hash);
    if (list.size() == before)
        return {};
    std::sort(list.begin(), list.end());
    (*pins)[session] = std::move(list);
    return commitText(folder / "pins.json", pins->dump(1) + "\n");
}

} // namespace batlab
