// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/engine_questions.h"

#include "core/base/json_text.h"
#include "core/spec/format_names.h"
#include "views/models/text.h"

#include <algorithm>
#include <set>

namespace batlab::views {

namespace {

Error malformed(const std::string &what, const std::string &where)
{
    return { ErrorCode::badInput, "the engine's answer has no " + what, where,
             "window and engine may be of different versions" };
}

template<class T>
Result<T> field(const Json &value, const char *key, const std::string &where)
{
    const auto at = value.is_object() ? value.find(key) : value.end();
    if (!value.is_object() || at == value.end() || !at->is_number())
        return malformed(key, where);
    return at->get<T>();
}

template<class T>
Result<std::vector<T>> array(const Json &value, const char *key, std::size_t size,
                             const std::string &where)
{
    const auto at = value.is_object() ? value.find(key) : value.end();
    if (!value.is_object() || at == value.end())
        return malformed(key, where);
    Result<std::vector<T>> out = unpackArray<T>(*at, where + "." + key);
    if (out && out->size() != size)
        return malformed(std::to_string(size) + " numbers in " + key, where);
    return out;
}

/// Text of a token, which need not be whole characters and so comes as bytes.
std::string pieceOf(const Json &value)
{
    if (value.is_binary())
        return { value.get_binary().begin(), value.get_binary().end() };
    return value.is_string() ? value.get<std::string>() : std::string();
}

Result<BlockNumbers> numbers(const Json &value, std::size_t count, const std::string &where)
{
    BlockNumbers out;
    if (value.is_object() && value.contains("id") && value["id"].is_string())
        out.id = value["id"].get<std::string>();
    auto values = array<float>(value, "values", count, where);
    if (!values)
        return values.error();
    auto dequantized = array<float>(value, "dequantized", count, where);
    if (!dequantized)
        return dequantized.error();
    out.values = std::move(*values);
    out.dequantized = std::move(*dequantized);
    std::vector<std::pair<const char *, double *>> figures { { "maxError", &out.maxError },
                                                             { "sqnrDb", &out.sqnrDb } };
    out.hasCodes = value.contains("codes");
    if (out.hasCodes) {
        auto codes = unpackArray<std::uint8_t>(value["codes"], where + ".codes");
        if (!codes)
            return codes.error();
        if (codes->size() < count)
            return malformed("code for every number", where);
        codes->resize(count); // a short last block is padded
        out.codes = std::move(*codes);
        const auto byte = field<int>(value, "scaleByte", where);
        if (!byte)
            return byte.error();
        out.scaleByte = *byte;
        figures.emplace_back("scale", &out.scale);
        figures.emplace_back("clipShare", &out.clipShare);
    }
    for (const auto &[key, target] : figures) {
        const auto figure = field<double>(value, key, where);
        if (!figure)
            return figure.error();
        *target = *figure;
    }
    return out;
}

Json question(const char *kind, const RunParts &parts, const Selection &at)
{
    return { { "ask", kind },
             { "spec", parts.run->spec },
             { "workspace", ss(parts.run->workspace) },
             { "layer", at.layer },
             { "site", std::string(name(at.site)) } };
}

} // namespace

kernels::QuantSpec siteQuantizer(const ArtifactIndex &index, const std::string &variant, Site site)
{
    for (const VariantInfo *info : index.variants()) {
        if (!info || info->family == "reference" || (variant != kReference && info->id != variant))
            continue;
        const std::string cache = textAt(info->protocol, "kvFormat");
        const bool cached =
            (site == Site::k || site == Site::v) && !cache.empty() && !isUnquantized(cache);
        const auto spec =
            quantSpec(cached ? cache : textAt(info->protocol, "activationFormat"),
                      textAt(info->settings, "scaleRule"), textAt(info->settings, "ties"));
        if (spec)
            return *spec;
    }
    return {};
}

int BlockNumbers::toZero() const
{
    int count = 0;
    for (std::size_t i = 0; i < std::min(values.size(), dequantized.size()); ++i)
        count += values[i] != 0 && dequantized[i] == 0 ? 1 : 0;
    return count;
}

const BlockNumbers *BlockAnswer::find(const std::string &variant) const
{
    const auto at = std::find_if(variants.begin(), variants.end(),
                                 [&](const BlockNumbers &b) { return b.id == variant; });
    return at == variants.end() ? nullptr : &*at;
}

Result<BlockAnswer> blockAnswerFromJson(const Json &value)
{
    BlockAnswer out;
    const auto block = field<int>(value, "block", "block");
    const auto token = field<int>(value, "token", "block");
    if (!block || !token)
        return (block ? token : block).error();
    out.block = *block;
    out.token = *token;
    if (const auto at = value.find("channels"); at != value.end() && at->is_array()
        && at->size() == 2 && (*at)[0].is_number_integer() && (*at)[1].is_number_integer()) {
        out.firstChannel = (*at)[0].get<int>();
        out.lastChannel = (*at)[1].get<int>();
    } else {
        return malformed("channels", "block");
    }
    if (out.lastChannel < out.firstChannel)
        return malformed("sensible channels", "block");
    const auto size = static_cast<std::size_t>(out.lastChannel - out.firstChannel + 1);
    if (const auto at = value.find("piece"); at != value.end())
        out.piece = pieceOf(*at);
    if (const auto at = value.find("reference"); at != value.end() && at->is_object()) {
        auto reference = numbers(*at, size, "block.reference");
        if (!reference)
            return reference.error();
        out.reference = std::move(*reference);
    } else {
        return malformed("reference", "block");
    }
    if (const auto at = value.find("variants"); at != value.end() && at->is_array()) {
        for (const Json &entry : *at) {
            auto variant = numbers(entry, size, "block.variants");
            if (!variant)
                return variant.error();
            out.variants.push_back(std::move(*variant));
        }
    }
    return out;
}

Result<ActivationAnswer> activationAnswerFromJson(const Json &value)
{
    ActivationAnswer out;
    const auto tokens = field<int>(value, "tokens", "activations");
    const auto channels = field<int>(value, "channels", "activations");
    if (!tokens || !channels)
        return (tokens ? channels : tokens).error();
    if (*tokens < 1 || *channels < 1)
        return malformed("sensible size", "activations");
    out.tokens = *tokens;
    out.channels = *channels;
    const std::size_t cells =
        static_cast<std::size_t>(out.tokens) * static_cast<std::size_t>(out.channels);
    if (const auto at = value.find("pieces"); at != value.end() && at->is_array())
        for (const Json &piece : *at)
            out.pieces.push_back(pieceOf(piece));
    if (value.contains("reference")) {
        auto reference = array<float>(value, "reference", cells, "activations");
        if (!reference)
            return reference.error();
        out.reference = std::move(*reference);
    }
    if (const auto at = value.find("variants"); at != value.end() && at->is_array()) {
        for (const Json &entry : *at) {
            auto values = array<float>(entry, "values", cells, "activations.variants");
            if (!values)
                return values.error();
            if (const auto id = entry.find("id"); id != entry.end() && id->is_string())
                out.variants[id->get<std::string>()] = std::move(*values);
        }
    }
    return out;
}

std::string partOf(const ArtifactIndex &index, const std::string &variant, int layer)
{
    for (const LayerDone *done : index.layersDone(variant))
        if (done->layer == LayerId { Branch::text, layer })
            return done->part;
    return {};
}

std::vector<RunParts> runParts(const WorkbenchDocument &document, int layer)
{
    std::vector<RunParts> out;
    std::set<std::string> taken;
    const std::vector<RunEntry> &runs = document.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (!run->spec.is_object() || !run->spec.contains("variants"))
            continue;
        RunParts parts { &*run, Json::array() };
        for (const Json &variant : run->spec["variants"]) {
            const auto id = variant.is_object() ? variant.find("id") : variant.end();
            if (!variant.is_object() || id == variant.end() || !id->is_string()
                || !taken.insert(id->get<std::string>()).second)
                continue;
            const std::string name = id->get<std::string>();
            const std::string part = partOf(document.artifacts(), name, layer);
            if (!part.empty())
                parts.variants.push_back({ { "id", name },
                                           { "part", part },
                                           { "entry", partOf(document.artifacts(), name, 0) } });
        }
        if (out.empty() || !parts.variants.empty())
            out.push_back(std::move(parts));
    }
    return out;
}

Json blockQuestion(const RunParts &parts, const Selection &at)
{
    Json out = question("block", parts, at);
    out["block"] = at.block;
    out["token"] = at.token;
    out["variants"] = parts.variants;
    return out;
}

Json activationsQuestion(const RunParts &parts, const Selection &at, int tokens,
                         const std::string &variant)
{
    Json out = question("activations", parts, at);
    out["tokens"] = tokens;
    out["reference"] = true;
    out["variants"] = Json::array();
    for (const Json &entry : parts.variants)
        if (entry["id"] == variant)
            out["variants"].push_back(entry);
    return out;
}

} // namespace batlab::views
