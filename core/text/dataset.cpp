// SPDX-License-Identifier: Apache-2.0
#include "core/text/dataset.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/model/mapped_file.h"
#include "core/model/search_paths.h"
#include "core/model/utf8.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace batlab {

namespace {

constexpr std::uint64_t kMaxTextBytes = std::uint64_t { 1 } << 30;

/// Python's str.strip() leaves something: what the data set's rows were tested with.
bool hasNonBlank(std::string_view line)
{
    for (std::size_t pos = 0; pos < line.size();) {
        const char32_t c = nextCodePoint(line, pos);
        const bool blank = (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0
            || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029
            || c == 0x202F || c == 0x205F || c == 0x3000;
        if (!blank)
            return true;
    }
    return false;
}

} // namespace

Result<std::string> wikitextProtocolText(const std::filesystem::path &rawFile)
{
    auto raw = readTextFile(rawFile, kMaxTextBytes);
    if (!raw)
        return raw.error();
    if (const std::size_t valid = validUtf8Prefix(*raw); valid != raw->size())
        return Error { ErrorCode::badInput, "the text is not valid UTF-8",
                       fmt::format("{}, byte {}", rawFile.string(), valid), "Fetch it again." };
    std::string out;
    out.reserve(raw->size() + raw->size() / 8);
    bool first = true;
    for (std::size_t begin = 0; begin < raw->size();) {
        const std::size_t newline = raw->find('\n', begin);
        const std::size_t end = newline == std::string::npos ? raw->size() : newline + 1;
        const std::string_view line(raw->data() + begin, end - begin);
        if (!first)
            out += "\n\n";
        first = false;
        if (hasNonBlank(line))
            out += line;
        begin = end;
    }
    if (!hasNonBlank(out))
        return Error { ErrorCode::badInput, "the text holds no words", rawFile.string(),
                       "Give WikiText-2's wiki.test.raw." };
    return out;
}

Result<std::string> gsm8kText(const std::filesystem::path &jsonLines)
{
    auto raw = readTextFile(jsonLines, kMaxTextBytes);
    if (!raw)
        return raw.error();
    std::string out;
    int line = 0;
    for (std::size_t begin = 0; begin < raw->size();) {
        const std::size_t end = std::min(raw->find('\n', begin), raw->size());
        const std::string_view row(raw->data() + begin, end - begin);
        begin = end + 1;
        ++line;
        if (!hasNonBlank(row))
            continue;
        const Json problem = Json::parse(row, nullptr, false);
        const auto field = [&](const char *name) -> const std::string * {
            const auto at = problem.is_object() ? problem.find(name) : problem.end();
            return at != problem.end() ? at->get_ptr<const std::string *>() : nullptr;
        };
        const std::string *question = field("question");
        const std::string *answer = field("answer");
        if (!question || !answer)
            return Error { ErrorCode::badInput, "a line is no problem with question and answer",
                           fmt::format("{}, line {}", jsonLines.string(), line),
                           "Give GSM8K's test.jsonl." };
        if (!out.empty())
            out += "\n\n";
        out += *question + "\n" + *answer;
    }
    if (out.empty())
        return Error { ErrorCode::badInput, "the file holds no problems", jsonLines.string(),
                       "Give GSM8K's test.jsonl." };
    return out;
}

namespace {

struct NamedText
{
    const char *name, *file;
    Result<std::string> (*read)(const std::filesystem::path &);
};
constexpr std::array<NamedText, 3> kNamedTexts { {
    { "wikitext2", "wikitext2_raw/wiki.test.raw", wikitextProtocolText },
    { "wikitext2-valid", "wikitext2_raw/wiki.valid.raw", wikitextProtocolText },
    { "gsm8k", "gsm8k/test.jsonl", gsm8kText },
} };

const NamedText *find(const std::string &name)
{
    const auto *at = std::find_if(kNamedTexts.begin(), kNamedTexts.end(),
                                  [&](const NamedText &t) { return t.name == name; });
    return at == kNamedTexts.end() ? nullptr : at;
}

} // namespace

const std::vector<std::string> &namedTexts()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const NamedText &text : kNamedTexts)
            out.emplace_back(text.name);
        return out;
    }();
    return names;
}

Result<std::filesystem::path> namedTextFile(const std::string &name,
                                            const std::filesystem::path &dataDir)
{
    const NamedText *text = find(name);
    if (!text)
        return Error { ErrorCode::notFound, "'" + name + "' is no text this version knows", name,
                       fmt::format("Use one of {}, or the path of a UTF-8 text file.",
                                   fmt::join(namedTexts(), ", ")) };
    return findData(text->file, dataDir);
}

Result<std::string> namedText(const std::string &name, const std::filesystem::path &dataDir)
{
    const auto file = namedTextFile(name, dataDir);
    if (!file)
        return file.error();
    return find(name)->read(*file);
}

Result<std::filesystem::path> findData(const std::string &relative,
                                       const std::filesystem::path &dataDir)
{
    std::error_code ec;
    std::vector<std::filesystem::path> places;
    if (!dataDir.empty())
        places.push_back(dataDir);
    if (const std::string dir = environment("BATLAB_DATA_DIR"); !dir.empty())
        places.emplace_back(dir);
    const auto exe = executableDir();
    const auto working = std::filesystem::current_path(ec);
    for (const auto &start : { working, exe })
        for (const auto &folder : selfAndParents(start))
            places.push_back(folder / ".." / "shared" / "data");
    if (const std::string deps = environment("BATLAB_DEPS_DIR"); !deps.empty())
        places.push_back(std::filesystem::path(deps) / "data");
    for (const auto &start : { working, exe })
        for (const auto &folder : selfAndParents(start))
            places.push_back(folder / ".deps" / "data");
    if (!exe.empty())
        places.push_back(exe / ".." / "share" / "batlab" / "data");
    std::vector<std::string> tried;
    for (const auto &place : places) {
        const auto candidate = (place / relative).lexically_normal();
        if (std::filesystem::exists(candidate, ec))
            return candidate;
        if (std::find(tried.begin(), tried.end(), candidate.string()) == tried.end())
            tried.push_back(candidate.string());
    }
    return Error { ErrorCode::notFound, fmt::format("the data file {} is not there", relative),
                   fmt::format("looked in {}", fmt::join(tried, ", ")),
                   "Give its folder with --data or BATLAB_DATA_DIR." };
}

std::vector<std::vector<TokenId>> splitWindows(const std::vector<TokenId> &tokens,
                                               std::int64_t length, std::int64_t limit)
{
    std::vector<std::vector<TokenId>> out;
    if (length < 1)
        return out;
    std::int64_t count = static_cast<std::int64_t>(tokens.size()) / length;
    if (limit >= 0)
        count = std::min(count, limit);
    for (std::int64_t i = 0; i < count; ++i)
        out.emplace_back(tokens.begin() + i * length, tokens.begin() + (i + 1) * length);
    return out;
}

Result<std::vector<TokenRange>> randomRanges(std::int64_t size, std::int64_t count,
                                             std::int64_t length, std::uint64_t seed,
                                             const std::vector<TokenRange> &taken)
{
    if (count < 0 || length < 1)
        return Error { ErrorCode::usage,
                       fmt::format("{} windows of {} tokens make no sense", count, length),
                       "calibration windows", "Use a count and a length of at least 1." };
    if (size - 1 < length)
        return Error { ErrorCode::badInput,
                       fmt::format("the calibration text has {} tokens, a window of {} needs {}",
                                   size, length, length + 1),
                       "calibration text", "Give a longer text or a shorter window." };
    std::vector<TokenRange> out;
    const std::int64_t mostTries = 64 * count + 1024;
    for (std::int64_t i = 0; static_cast<std::int64_t>(out.size()) < count; ++i) {
        if (i >= mostTries)
            return Error { ErrorCode::badInput,
                           fmt::format("the calibration text has {} tokens: too few for {} windows "
                                       "of {} that share nothing with {} others",
                                       size, count, length, taken.size()),
                           "calibration text",
                           "Give a longer text, or fewer or shorter sequences." };
        const double u = randomUniform(seed, static_cast<std::uint64_t>(i));
        const auto begin = std::min(
            size - length, static_cast<std::int64_t>(u * static_cast<double>(size - length + 1)));
        const bool free = std::none_of(taken.begin(), taken.end(), [&](const TokenRange &t) {
            return begin < t.begin + t.length && t.begin < begin + length;
        });
        if (free)
            out.push_back({ begin, length });
    }
    return out;
}

std::optional<std::vector<TokenRange>> disjointRanges(std::int64_t size, std::int64_t count,
                                                      std::int64_t length, std::uint64_t seed,
                                                      std::vector<TokenRange> taken)
{
    if (count < 0 || length < 1)
        return std::nullopt;
    std::uint64_t draws = 0;
    const auto below = [&](std::int64_t bound) { // uniform in 0 .. bound - 1
        const double u = randomUniform(seed, draws++);
        return std::min(bound - 1, static_cast<std::int64_t>(u * static_cast<double>(bound)));
    };
    std::sort(taken.begin(), taken.end(),
              [](const TokenRange &a, const TokenRange &b) { return a.begin < b.begin; });
    taken.push_back({ size, 0 });
    std::vector<TokenRange> cells;
    std::int64_t free = 0; // where the gap before a taken range begins
    for (const TokenRange &t : taken) {
        const std::int64_t gap = std::min(t.begin, size) - free;
        if (gap >= length) {
            const std::int64_t first = free + below(gap % length + 1);
            for (std::int64_t i = 0; i < gap / length; ++i)
                cells.push_back({ first + i * length, length });
        }
        free = std::max(free, t.begin + t.length);
    }
    const auto room = static_cast<std::int64_t>(cells.size());
    if (room < count)
        return std::nullopt;
    for (std::int64_t i = 0; i < count; ++i) // Fisher-Yates, as far as it is needed
        std::swap(cells[static_cast<std::size_t>(i)],
                  cells[static_cast<std::size_t>(i + below(room - i))]);
    cells.resize(static_cast<std::size_t>(count));
    return cells;
}

std::string tokensHash(const std::vector<std::vector<TokenId>> &sequences)
{
    Hasher hasher;
    for (const auto &sequence : sequences)
        hasher.update(sequence.data(), sequence.size() * sizeof(TokenId));
    return hasher.hex();
}

Result<std::vector<std::vector<TokenId>>> randomWindows(const std::vector<TokenId> &tokens,
                                                        std::int64_t count, std::int64_t length,
                                                        std::uint64_t seed)
{
    const auto ranges = randomRanges(static_cast<std::int64_t>(tokens.size()), count, length, seed);
    if (!ranges)
        return ranges.error();
    std::vector<std::vector<TokenId>> out;
    for (const TokenRange &r : *ranges)
        out.emplace_back(tokens.begin() + r.begin, tokens.begin() + r.begin + r.length);
    return out;
}

} // namespace batlab
