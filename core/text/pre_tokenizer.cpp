// SPDX-License-Identifier: Apache-2.0
#include "core/text/pre_tokenizer.h"

namespace batlab {

namespace {

using Range = std::pair<std::size_t, std::size_t>;

struct Part
{
    Range range;
    bool match;
};

/// Matches and gaps of one piece become pieces as the behaviour says.
void emitParts(const PreStep &step, const std::vector<Part> &parts, std::vector<Range> &out)
{
    using Behavior = PreStep::Behavior;
    const std::size_t first = out.size();
    bool previousMatched = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part &part = parts[i];
        switch (step.behavior) {
        case Behavior::removed:
            if (!part.match)
                out.push_back(part.range);
            break;
        case Behavior::mergedWithPrevious:
            if (part.match && !previousMatched && out.size() > first)
                out.back().second = part.range.second;
            else
                out.push_back(part.range);
            break;
        case Behavior::mergedWithNext:
            // A match joins the gap behind it: the gap begins where the match did.
            if (!part.match && previousMatched && out.size() > first)
                out.back().second = part.range.second;
            else
                out.push_back(part.range);
            break;
        case Behavior::isolated: out.push_back(part.range); break;
        }
        previousMatched = part.match;
    }
}

Result<void> split(const PreStep &step, PieceList &pieces)
{
    std::vector<Range> out;
    out.reserve(pieces.ranges.size() * 2);
    std::vector<Part> parts;
    for (const auto &[begin, end] : pieces.ranges) {
        parts.clear();
        std::size_t last = begin;
        const std::size_t base = begin;
        const auto visit = [&](std::size_t from, std::size_t to) {
            if (base + from > last)
                parts.push_back({ { last, base + from }, step.invert });
            parts.push_back({ { base + from, base + to }, !step.invert });
            last = base + to;
        };
        const std::string_view text(pieces.buffer.data() + begin, end - begin);
        if (auto ok = step.pattern.forEachMatch(text, visit); !ok)
            return ok;
        if (last < end)
            parts.push_back({ { last, end }, step.invert });
        emitParts(step, parts, out);
    }
    pieces.ranges = std::move(out);
    return {};
}

void rewrite(const PreStep &step, PieceList &pieces)
{
    PieceList out;
    out.buffer.reserve(pieces.buffer.size() + pieces.buffer.size() / 2);
    bool first = pieces.atStart;
    for (const auto &[begin, end] : pieces.ranges) {
        const std::string_view source(pieces.buffer.data() + begin, end - begin);
        const std::size_t start = out.buffer.size();
        if (step.kind == PreStep::Kind::prefixSpace) {
            if (!source.starts_with(' '))
                out.buffer += ' ';
            out.buffer += source;
        } else {
            const bool wanted = step.prepend == PreStep::Prepend::always
                || (step.prepend == PreStep::Prepend::first && first);
            if (wanted && !source.starts_with(' ') && !source.starts_with(step.replacement))
                out.buffer += step.replacement;
            for (const char c : source) {
                if (c == ' ')
                    out.buffer += step.replacement;
                else
                    out.buffer += c;
            }
        }
        first = false;
        if (step.kind != PreStep::Kind::metaspace || !step.splitWords) {
            out.ranges.emplace_back(start, out.buffer.size());
            continue;
        }
        // A word begins at each replacement character.
        std::size_t from = start;
        for (std::size_t at = out.buffer.find(step.replacement, start + 1); at != std::string::npos;
             at = out.buffer.find(step.replacement, at + 1)) {
            out.ranges.emplace_back(from, at);
            from = at;
        }
        out.ranges.emplace_back(from, out.buffer.size());
    }
    pieces.buffer = std::move(out.buffer);
    pieces.ranges = std::move(out.ranges);
}

} // namespace

Result<void> applyPreSteps(const std::vector<PreStep> &steps, PieceList &pieces)
{
    for (const auto &step : steps) {
        if (step.kind != PreStep::Kind::split) {
            rewrite(step, pieces);
        } else if (auto ok = split(step, pieces); !ok) {
            return ok;
        }
    }
    return {};
}

} // namespace batlab
