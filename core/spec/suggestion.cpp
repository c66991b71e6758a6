// SPDX-License-Identifier: Apache-2.0
#include "core/spec/suggestion.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace batlab {

namespace {
/// Levenshtein distance without regard to case.
std::size_t distance(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t(0));
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
            const std::size_t best = std::min({ row[j] + 1, row[j - 1] + 1, diagonal + cost });
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b.size()];
}
} // namespace

std::string closestName(std::string_view text, const std::vector<std::string> &candidates)
{
    if (text.empty() || text.size() > 100)
        return {};
    std::string best;
    std::size_t bestDistance = 2 + text.size() / 4;
    for (const std::string &candidate : candidates) {
        const std::size_t d = distance(text, candidate);
        if (d < bestDistance) {
            bestDistance = d;
            best = candidate;
        }
    }
    return best;
}

bool isUtf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1
            : lead >= 0xC2 && lead < 0xE0    ? 2
            : (lead & 0xF0) == 0xE0          ? 3
            : lead >= 0xF0 && lead < 0xF5    ? 4
                                             : 0;
        if (size == 0 || size > text.size() - i)
            return false;
        std::uint32_t code = size == 1 ? lead : lead & (0x7FU >> size);
        for (std::size_t k = 1; k < size; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0) != 0x80)
                return false;
            code = code << 6 | (next & 0x3F);
        }
        const bool overlong =
            (size == 3 && code < 0x800) || (size == 4 && (code < 0x10000 || code > 0x10FFFF));
        if (overlong || (code >= 0xD800 && code < 0xE000))
            return false;
        i += size;
    }
    return true;
}

std::string allowedHint(std::string_view text, const std::vector<std::string> &candidates)
{
    std::string hint;
    if (const std::string best = closestName(text, candidates); !best.empty())
        hint = "Did you mean '" + best + "'? ";
    hint += "Allowed: ";
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i == 24) {
            hint += ", ...";
            break;
        }
        hint += (i == 0 ? "" : ", ") + candidates[i];
    }
    return hint + ".";
}

} // namespace batlab
