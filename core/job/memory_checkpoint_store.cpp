// SPDX-License-Identifier: Apache-2.0
#include "core/job/checkpoint_store.h"

#include <map>
#include <mutex>

namespace batlab {

namespace {
class MemoryCheckpointStore : public CheckpointStore
{
public:
    Result<std::string> put(std::string_view key, const Part &part) override
    {
        if (key.empty())
            return Error { ErrorCode::usage, "a checkpoint needs a key", {}, {} };
        if (Result<void> good = checkPart(part); !good)
            return good.error();
        std::string hash = part.contentHash();
        const std::lock_guard lock(m_mutex);
        const auto old = m_keys.find(key);
        const std::string oldHash = old == m_keys.end() ? std::string() : old->second;
        m_parts.try_emplace(hash, part);
        m_keys.insert_or_assign(std::string(key), hash);
        if (oldHash != hash)
            dropUnused(oldHash);
        return hash;
    }
    Result<std::optional<Part>> get(std::string_view key) const override
    {
        const std::lock_guard lock(m_mutex);
        const auto it = m_keys.find(key);
        return it == m_keys.end() ? std::nullopt : std::optional<Part>(m_parts.at(it->second));
    }
    Result<std::optional<Part>> getByHash(std::string_view hash) const override
    {
        const std::lock_guard lock(m_mutex);
        const auto it = m_parts.find(hash);
        return it == m_parts.end() ? std::nullopt : std::optional<Part>(it->second);
    }
    Result<void> remove(std::string_view key) override
    {
        const std::lock_guard lock(m_mutex);
        const auto it = m_keys.find(key);
        if (it == m_keys.end())
            return {};
        const std::string hash = it->second;
        m_keys.erase(it);
        dropUnused(hash);
        return {};
    }
    std::vector<std::string> keys(std::string_view prefix) const override
    {
        const std::lock_guard lock(m_mutex);
        std::vector<std::string> out;
        for (auto it = m_keys.lower_bound(prefix);
             it != m_keys.end() && it->first.starts_with(prefix); ++it)
            out.push_back(it->first);
        return out;
    }
    std::filesystem::path folder() const override { return {}; }

private:
    void dropUnused(const std::string &hash)
    {
        for (const auto &[key, used] : m_keys)
            if (used == hash)
                return;
        m_parts.erase(hash);
    }

    mutable std::mutex m_mutex;
    std::map<std::string, std::string, std::less<>> m_keys; ///< key -> content hash
    std::map<std::string, Part, std::less<>> m_parts;
};
} // namespace

std::unique_ptr<CheckpointStore> makeMemoryCheckpointStore()
{
    return std::make_unique<MemoryCheckpointStore>();
}

} // namespace batlab
