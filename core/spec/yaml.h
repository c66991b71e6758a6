// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

#include <map>
#include <string>
#include <string_view>

namespace batlab {

/// Where a value came from, for messages: the file and, for YAML, the line of every key and item.
class SourcePlaces
{
public:
    explicit SourcePlaces(std::string file = {}) : m_file(std::move(file)) { }
    void add(std::string pointer, int line) { m_lines.insert_or_assign(std::move(pointer), line); }
    /// "file:12, variants[1].preset" for the JSON pointer "/variants/1/preset"; without a line
    /// "file, variants[1].preset".
    [[nodiscard]] std::string at(const std::string &pointer) const;
    [[nodiscard]] const std::string &file() const { return m_file; }
    /// The places below a pointer, as seen from there.
    [[nodiscard]] SourcePlaces below(const std::string &pointer) const;

private:
    std::string m_file;
    std::string m_prefix;
    std::map<std::string, int> m_lines; ///< JSON pointer -> 1-based line
};

struct YamlDocument
{
    Json value;
    SourcePlaces places;
};

/// Reads one YAML document. Anchors are resolved by copying. Refused: more than 1 MiB of text, more
/// than 64 levels, more than 100,000 values after resolving ("billion laughs"), keys that come
/// twice or are no plain text, merge keys, tags other than the core schema's, a second document.
[[nodiscard]] Result<YamlDocument> readYaml(std::string_view text, std::string_view where);

} // namespace batlab
