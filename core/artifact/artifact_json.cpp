// SPDX-License-Identifier: Apache-2.0
#include "core/artifact/artifact.h"
#include "core/artifact/fields.h"

namespace batlab {

namespace fields {

void Reader::value(std::string_view key, std::vector<std::string> &v)
{
    const Json *j = get(key, "a list of texts", &Json::is_array);
    if (!j)
        return;
    v.clear();
    for (const Json &item : *j) {
        if (!item.is_string())
            return fail("expected a list of texts", key);
        v.push_back(item.get<std::string>());
    }
}

void Reader::value(std::string_view key, std::vector<std::int64_t> &v)
{
    const Json *j = get(key, "a list of extents", &Json::is_array);
    if (!j)
        return;
    v.clear();
    for (const Json &item : *j) {
        if (!item.is_number_integer() || item.get<std::int64_t>() < 0
            || item.get<std::int64_t>() > kMaxExtent)
            return fail("expected a list of extents in 0..2^31", key);
        v.push_back(item.get<std::int64_t>());
    }
}

void Reader::count(std::string_view key, std::int64_t &v)
{
    const Json *j = get(key, "an integer", &Json::is_number_integer);
    if (!j)
        return;
    const bool tooBig =
        j->is_number_unsigned() && j->get<std::uint64_t>() > std::uint64_t(kMaxExtent);
    if (tooBig || j->get<std::int64_t>() < 0)
        return fail("a count must lie in 0..2^31", key);
    v = j->get<std::int64_t>();
}

void Reader::layer(std::string_view key, LayerId &v)
{
    std::string text;
    value(key, text);
    if (m_error)
        return;
    if (const std::optional<LayerId> id = layerFromString(text))
        v = *id;
    else
        fail(fmt::format("'{}' is not a layer such as text.12", text.substr(0, 40)), key);
}

} // namespace fields

namespace {

// One description per artifact; A is fields::Writer or fields::Reader, T (const) the struct.
template<class A, class T>
void describeSite(A &a, T &s)
{
    a.value("variant", s.variant);
    a.layer("layer", s.layer);
    a.named("site", s.site, name(s.site), &siteFromName);
    a.named("stage", s.stage, name(s.stage), &statStageFromName);
    a.count("tokens", s.tokens);
    a.count("blocks", s.blocks);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, ModelSummary>
void describe(A &a, T &s)
{
    a.value("path", s.path);
    a.value("container", s.container);
    a.value("quick_hash", s.quickHash);
    a.value("content_hash", s.contentHash);
    if (a.has("tokenizer_hash")) // sessions before format 1.2 lack it
        a.value("tokenizer_hash", s.tokenizerHash);
    a.value("config", s.config);
    a.value("tensors", s.tensors);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, VariantInfo>
void describe(A &a, T &s)
{
    a.value("id", s.id);
    a.value("title", s.title);
    a.value("family", s.family);
    a.value("filled", s.filled);
    a.value("recipe", s.recipe);
    a.value("protocol", s.protocol);
    a.value("settings", s.settings);
    a.value("recipe_hash", s.recipeHash);
    a.value("protocol_hash", s.protocolHash);
    if (a.has("calibration_hash")) // sessions before format 1.3 lack it
        a.value("calibration_hash", s.calibrationHash);
    a.count("online_parameters", s.onlineParameters);
    a.value("online_flop_per_token", s.onlineFlopPerToken);
    a.value("calibration_seconds", s.calibrationSeconds);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, SiteStats>
void describe(A &a, T &s)
{
    describeSite(a, s);
    a.count("bins", s.bins);
    a.value("histogram_limit", s.histogramLimit);
    a.array("energy", s.energy, s.blocks);
    a.array("max_abs", s.maxAbs, s.blocks, true);
    a.array("kurtosis", s.kurtosis, s.blocks, true);
    a.array("bimodality", s.bimodality, s.blocks, true);
    a.array("valley_depth", s.valleyDepth, s.blocks, true);
    if (a.has("dip")) // sessions before protocol 1.1 lack it
        a.array("dip", s.dip, s.blocks, true);
    a.array("clip_share", s.clipShare, s.blocks, true);
    a.array("sqnr_db", s.sqnrDb, s.blocks, true);
    a.array("histogram", s.histogram, s.blocks * s.bins, true);
    a.array("code_use", s.codeUse, s.blocks * 16, true);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, TokenEnergyMap>
void describe(A &a, T &s)
{
    describeSite(a, s);
    a.array("energy", s.energy, s.tokens * s.blocks);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, SampleTokens>
void describe(A &a, T &s)
{
    a.array("ids", s.ids, -1);
    if constexpr (A::reading) {
        Json pieces;
        a.value("pieces", pieces);
        if (!pieces.is_array() || pieces.size() != s.ids.size())
            return a.fail("expected as many pieces as ids", "pieces");
        for (const Json &piece : pieces) {
            if (!piece.is_binary())
                return a.fail("expected byte strings", "pieces");
            s.pieces.emplace_back(piece.get_binary().begin(), piece.get_binary().end());
        }
    } else {
        // Pieces are bytes, not text: a token may hold half a UTF-8 sequence.
        Json pieces = Json::array();
        for (const std::string &piece : s.pieces)
            pieces.push_back(Json::binary({ piece.begin(), piece.end() }));
        a.value("pieces", pieces);
    }
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, LinearScore>
void describe(A &a, T &s)
{
    a.value("variant", s.variant);
    a.layer("layer", s.layer);
    a.named("linear", s.linear, name(s.linear), &linearFromName);
    a.value("output_sqnr_db", s.outputSqnrDb);
    a.value("weight_sqnr_db", s.weightSqnrDb);
    a.value("output_mse", s.outputMse);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, LayerDone>
void describe(A &a, T &s)
{
    a.value("variant", s.variant);
    a.layer("layer", s.layer);
    a.value("relative_error", s.relativeError);
    a.value("first_token_error", s.firstTokenError);
    a.value("max_condition", s.maxCondition);
    a.value("seconds", s.seconds);
    a.value("part", s.part);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, LossCurve>
void describe(A &a, T &s)
{
    a.value("variant", s.variant);
    a.layer("layer", s.layer);
    a.value("objective", s.objective);
    a.array("loss", s.loss, -1);
    a.array("learning_rate", s.learningRate, static_cast<std::int64_t>(s.loss.size()), true);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, EvaluationResult>
void describe(A &a, T &s)
{
    a.value("variant", s.variant);
    a.value("task", s.task);
    a.value("metric", s.metric);
    a.value("value", s.value);
    a.value("standard_error", s.standardError);
    a.count("samples", s.samples);
    a.count("tokens", s.tokens);
    a.array("window_nll", s.windowNll, s.samples, true);
    a.array("window_kld", s.windowKld, s.samples, true);
    a.value("kld", s.kld);
    a.value("kld_standard_error", s.kldStandardError);
    a.value("top1_agreement", s.top1Agreement);
    a.array("delta_p_percentiles", s.deltaPPercentiles, 11, true);
    a.value("protocol_hash", s.protocolHash);
    if (a.has("text_hash")) // sessions before format 1.2 lack it
        a.value("text_hash", s.textHash);
    a.value("seconds", s.seconds);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, VariantOutcome>
void describe(A &a, T &s)
{
    a.value("variant", s.variant);
    a.value("title", s.title);
    a.value("family", s.family);
    a.value("state", s.state);
    a.value("error", s.error);
    a.value("peak_memory_bytes", s.peakMemoryBytes);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, SiteFlow>
void describe(A &a, T &s)
{
    a.value("variant", s.variant);
    a.layer("layer", s.layer);
    a.named("site", s.site, name(s.site), &siteFromName);
    a.value("condition", s.condition);
    a.value("clipped_maxima", s.clippedMaxima);
    a.count("groups", s.groups);
    a.count("blocks_per_group", s.blocksPerGroup);
    a.array("energy_flow", s.energyFlow, s.groups * s.groups);
}

template<class A, class T>
requires std::is_same_v<std::remove_const_t<T>, Sweep>
void describe(A &a, T &s)
{
    a.value("id", s.id);
    a.value("base", s.base);
    a.value("mode", s.mode);
    a.value("metric", s.metric);
    a.value("unit", s.unit);
    a.value("higher_is_better", s.higherIsBetter);
    a.value("axes", s.axes);
    a.value("cells", s.cells);
    a.value("context", s.context);
}

/// Makes the alternative whose kindName is `kind` and hands it to `fill`.
template<std::size_t I = 0, class F>
bool withKind(std::string_view kind, F &&fill)
{
    if constexpr (I < std::variant_size_v<Artifact>) {
        std::variant_alternative_t<I, Artifact> candidate;
        if (kindName(Artifact(candidate)) == kind) {
            fill(std::move(candidate));
            return true;
        }
        return withKind<I + 1>(kind, std::forward<F>(fill));
    } else {
        return false;
    }
}

} // namespace

Json toJson(const Artifact &artifact)
{
    Json out = Json::object();
    out["kind"] = kindName(artifact);
    std::visit(
        [&](const auto &a) {
            fields::Writer writer(out);
            describe(writer, a);
        },
        artifact);
    return out;
}

Result<Artifact> artifactFromJson(const Json &value)
{
    const Error notOne {
        ErrorCode::badInput, "expected an artifact with its kind", "artifact", {}
    };
    if (!value.is_object())
        return notOne;
    const auto kind = value.find("kind");
    if (kind == value.end() || !kind->is_string())
        return notOne;
    const std::string text = kind->get<std::string>();
    std::optional<Result<Artifact>> result;
    const bool known = withKind(text, [&](auto candidate) {
        fields::Reader reader(value, text);
        describe(reader, candidate);
        if (reader.error())
            result.emplace(*reader.error());
        else
            result.emplace(Artifact(std::move(candidate)));
    });
    if (!known)
        return Error { ErrorCode::unsupported,
                       fmt::format("unknown kind of artifact '{}'", text.substr(0, 40)), "artifact",
                       "It may come from a newer version of Batlab." };
    return *std::move(result);
}

} // namespace batlab
