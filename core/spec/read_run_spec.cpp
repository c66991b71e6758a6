// SPDX-License-Identifier: Apache-2.0
#include "core/spec/format_names.h"
#include "core/spec/json_pointer.h"
#include "core/spec/parameter.h"
#include "core/spec/run_spec.h"
#include "core/spec/suggestion.h"
#include "core/spec/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace batlab {

namespace {

constexpr std::size_t kMostVariants = 512; // presets times seeds, or the cells of a sweep

class SpecReader
{
public:
    SpecReader(const PresetLibrary &presets, const SourcePlaces &places)
        : m_presets(presets), m_places(places)
    { }

    Result<RunSpec> read(const Json &value)
    {
        if (!value.is_object())
            return Error { ErrorCode::badInput,
                           "a run specification is a map with model, variants and more",
                           m_places.at({}),
                           {} };
        Json complete = Json::object();
        for (const Parameter &row : runParameters())
            complete[jsonPointer(row.path)] = row.defaultValue;
        for (const auto &[key, item] : value.items())
            if (key != "variants")
                take(key, "/" + key, item, complete);
        RunSpec spec;
        if (!m_error)
            fill(complete, spec);
        if (const auto it = value.find("variants"); it != value.end())
            readVariants(*it, spec);
        else
            fail("/variants", "no variants",
                 "List at least one, such as variants: [{preset: rtn}].");
        if (!m_error)
            check(spec);
        if (m_error)
            return *m_error;
        return spec;
    }

private:
    void fail(const std::string &pointer, std::string what, std::string hint)
    {
        if (!m_error)
            m_error = Error { ErrorCode::badInput, std::move(what), m_places.at(pointer),
                              std::move(hint) };
    }

    /// Takes one key: a parameter, or a section of parameters.
    void take(const std::string &path, const std::string &pointer, const Json &value,
              Json &complete)
    {
        if (m_error)
            return;
        const std::vector<Parameter> &table = runParameters();
        if (const Parameter *row = findParameter(table, path)) {
            if (Result<void> good = checkValue(*row, value, m_places.at(pointer)); !good)
                m_error = good.error();
            else
                complete[jsonPointer(path)] = normalized(*row, value);
            m_named.insert(path);
            return;
        }
        const bool section = std::any_of(table.begin(), table.end(), [&](const Parameter &p) {
            return p.path.starts_with(path + ".");
        });
        if (section && value.is_object()) {
            for (const auto &[key, item] : value.items())
                take(path + "." + key, pointer + "/" + key, item, complete);
            return;
        }
        if (section)
            return fail(pointer, fmt::format("'{}' is a section of keys", path),
                        allowedHint({}, namesUnder(path + ".")));
        const std::size_t dot = path.rfind('.');
        const std::string leaf = dot == std::string::npos ? path : path.substr(dot + 1);
        std::vector<std::string> allowed =
            namesUnder(dot == std::string::npos ? std::string() : path.substr(0, dot + 1));
        if (dot == std::string::npos)
            allowed.emplace_back("variants");
        fail(pointer, fmt::format("unknown key '{}'", leaf.substr(0, 60)),
             allowedHint(leaf, allowed));
    }

    static std::vector<std::string> namesUnder(const std::string &prefix)
    {
        std::vector<std::string> out;
        for (const Parameter &row : runParameters()) {
            if (!row.path.starts_with(prefix))
                continue;
            const std::string rest = row.path.substr(prefix.size());
            std::string head = rest.substr(0, rest.find('.'));
            if (std::find(out.begin(), out.end(), head) == out.end())
                out.push_back(std::move(head));
        }
        return out;
    }

    static void fill(const Json &c, RunSpec &spec)
    {
        spec.model = c["model"].get<std::string>();
        spec.seed = c["seed"].get<std::uint64_t>();
        spec.contract = c["contract"].get<std::string>();
        spec.settings = { c["settings"]["scaleRule"].get<std::string>(),
                          c["settings"]["ties"].get<std::string>() };
        const Json &p = c["protocol"];
        spec.protocol.weightFormat = p["weightFormat"].get<std::string>();
        spec.protocol.activationFormat = p["activationFormat"].get<std::string>();
        spec.protocol.nvfp4Scale = p["nvfp4Scale"].get<std::string>();
        spec.protocol.kvFormat = p["kvFormat"].get<std::string>();
        spec.protocol.dtype = p["dtype"].get<std::string>();
        spec.protocol.text = p["text"].get<std::string>();
        spec.protocol.windowLength = p["windowLength"].get<std::int64_t>();
        spec.protocol.windows = p["windows"].get<std::int64_t>();
        const Json &k = c["calibration"];
        spec.calibration.source = k["source"].get<std::string>();
        spec.calibration.file = k["file"].get<std::string>();
        spec.calibration.fileShare = k["fileShare"].get<double>();
        spec.calibration.sequences = k["sequences"].get<std::int64_t>();
        spec.calibration.length = k["length"].get<std::int64_t>();
        spec.calibration.temperature = k["temperature"].get<double>();
        spec.calibration.topP = k["topP"].get<double>();
        spec.calibration.topK = k["topK"].get<std::int64_t>();
        spec.analysis.enabled = c["analysis"]["enabled"].get<bool>();
        spec.analysis.histogramBins = c["analysis"]["histogramBins"].get<std::int64_t>();
        spec.analysis.sampleTokens = c["analysis"]["sampleTokens"].get<std::int64_t>();
        spec.analysis.errorBySite = c["analysis"]["errorBySite"].get<bool>();
        spec.analysis.siteWindows = c["analysis"]["siteWindows"].get<std::int64_t>();
        spec.evaluate = c["evaluate"].get<bool>();
        spec.alsoEvaluate = c["alsoEvaluate"].get<std::vector<std::string>>();
    }

    void readVariants(const Json &list, RunSpec &spec)
    {
        if (!list.is_array() || list.empty())
            return fail("/variants", "variants is a list of at least one",
                        "Such as variants: [{preset: rtn}].");
        if (list.size() > kMostVariants)
            return fail("/variants", fmt::format("more than {} variants", kMostVariants),
                        "Split the run.");
        for (std::size_t i = 0; i < list.size() && !m_error; ++i)
            readVariant(list[i], fmt::format("/variants/{}", i), spec);
    }

    void readVariant(const Json &given, const std::string &pointer, RunSpec &spec)
    {
        const Json value = given.is_string() ? Json { { "preset", given } } : given;
        if (!value.is_object())
            return fail(pointer, "a variant is a map with preset or recipe", {});
        static const std::vector<std::string> keys { "id",  "preset", "budget",
                                                     "set", "recipe", "own" };
        for (const auto &[key, unused] : value.items())
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                return fail(pointer + "/" + key, fmt::format("unknown key '{}'", key.substr(0, 60)),
                            allowedHint(key, keys));
        for (const char *key : { "id", "preset", "budget" })
            if (const auto it = value.find(key); it != value.end() && !it->is_string())
                return fail(pointer + "/" + key, "expected a text", {});
        if (value.contains("preset") == value.contains("recipe"))
            return fail(pointer, "a variant needs either preset or recipe",
                        "Presets: " + allowedHint({}, m_presets.ids()));
        VariantSpec variant;
        Result<Recipe> recipe = value.contains("preset")
            ? m_presets.find(value["preset"].get<std::string>(),
                             value.value("budget", std::string("desk")))
            : recipeFromJson(value["recipe"], m_places.below(pointer + "/recipe"));
        if (!recipe) {
            if (value.contains("preset"))
                return fail(pointer + "/preset", recipe.error().what, recipe.error().hint);
            m_error = recipe.error();
            return;
        }
        variant.recipe = *std::move(recipe);
        if (value.contains("recipe") && value.contains("budget"))
            return fail(pointer + "/budget", "a budget belongs to a preset",
                        "A whole recipe states its values itself.");
        if (const auto set = value.find("set");
            set != value.end() && !applySet(*set, pointer + "/set", variant))
            return;
        if (value.contains("preset"))
            takePresetsOwn(value["preset"].get<std::string>(), value.value("set", Json::object()),
                           variant);
        if (const auto own = value.find("own");
            own != value.end() && !applyOwn(*own, pointer + "/own", variant))
            return;
        variant.id = value.contains("id") ? value["id"].get<std::string>() : variant.recipe.id;
        spec.variants.push_back(std::move(variant));
    }

    /// Settings a preset keeps, and the text its budget asks for; of the text, what the run names
    /// itself goes before it.
    void takePresetsOwn(std::string_view preset, const Json &set, VariantSpec &variant) const
    {
        const Json kept = m_presets.own(preset);
        for (const auto &[path, value] : kept.items())
            variant.own[path] = set.value(path, value);
        const Json asked = m_presets.calibrationText(preset, variant.recipe.budget);
        for (const auto &[path, amount] : asked.items())
            if (!m_named.contains(path))
                variant.own[path] = amount;
    }

    bool applySet(const Json &set, const std::string &pointer, VariantSpec &variant)
    {
        if (!set.is_object()) {
            fail(pointer, "set is a map such as {train.epochs: 3}", {});
            return false;
        }
        Result<Recipe> changed = withOverrides(variant.recipe, set);
        if (!changed) {
            fail(pointer + refusedOverride(variant.recipe, set), changed.error().what,
                 changed.error().hint);
            return false;
        }
        variant.recipe = *std::move(changed);
        return true;
    }

    bool applyOwn(const Json &own, const std::string &pointer, VariantSpec &variant)
    {
        if (!own.is_object()) {
            fail(pointer, "own is a map such as {seed: 1}", {});
            return false;
        }
        for (const auto &[path, value] : own.items()) {
            const Parameter *row = findParameter(runParameters(), path);
            if (!row || !mayBeOwn(path)) {
                std::vector<std::string> allowed;
                for (const Parameter &p : runParameters())
                    if (mayBeOwn(p.path))
                        allowed.push_back(p.path);
                fail(pointer + "/" + path,
                     fmt::format("a variant has no '{}' of its own", path.substr(0, 60)),
                     allowedHint(path, allowed));
                return false;
            }
            if (Result<void> good = checkValue(*row, value, m_places.at(pointer + "/" + path));
                !good) {
                m_error = m_error ? m_error : good.error();
                return false;
            }
            variant.own[path] = normalized(*row, value);
        }
        return true;
    }

    void check(const RunSpec &spec)
    {
        if (spec.protocol.windows == 0)
            return fail("/protocol/windows", "protocol.windows: 0 windows score nothing",
                        "Use -1 for all, or evaluate: false.");
        if (spec.analysis.errorBySite && !spec.evaluate)
            return fail("/analysis/errorBySite",
                        "the error by site is a divergence on evaluation windows",
                        "Set evaluate: true, or analysis.errorBySite: false.");
        if (spec.calibration.source != "self" && spec.calibration.file.empty())
            return fail("/calibration/file",
                        "the calibration source is a file, but no file is named",
                        "Set calibration.file.");
        std::set<std::string> ids;
        for (std::size_t i = 0; i < spec.variants.size(); ++i) {
            const VariantSpec &variant = spec.variants[i];
            const std::string pointer = fmt::format("/variants/{}", i);
            if (variant.id.empty() || variant.id.size() > 64
                || variant.id.find_first_not_of(
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+.=")
                    != std::string::npos)
                return fail(pointer + "/id",
                            fmt::format("'{}' is no variant id", variant.id.substr(0, 64)),
                            "Use letters, digits and - _ + . = only, at most 64.");
            if (variant.id == "reference")
                return fail(pointer + "/id",
                            "the id 'reference' belongs to the full-precision model",
                            "Choose another id.");
            if (!ids.insert(variant.id).second)
                return fail(pointer + "/id", fmt::format("the id '{}' comes twice", variant.id),
                            "Give one of them an id of its own.");
            const std::string source =
                variant.own.value("calibration.source", spec.calibration.source);
            const bool noFile =
                variant.own.value("calibration.file", spec.calibration.file).empty();
            if (source != "self" && noFile)
                return fail(pointer + "/own",
                            "the calibration source is a file, but no file is named",
                            "Set calibration.file.");
            for (const char *kind : { "learn-rotation", "tune" })
                if (const Stage *stage = variant.recipe.findStage(kind); stage && noFile
                    && (text(*stage, "text") == "file" || text(*stage, "text") == "mixed"))
                    return fail("/calibration/file",
                                fmt::format("variant '{}' trains on a text file, but no file is "
                                            "named",
                                            variant.id),
                                fmt::format("Set calibration.file, or {}.text: self.", kind));
            if (const Result<void> good = checkFormats(spec, variant); !good)
                return fail(spec.contract == "uniform" ? std::string("/settings/scaleRule")
                                                       : pointer,
                            fmt::format("variant '{}': {}", variant.id, good.error().what),
                            good.error().hint);
        }
    }

    /// Every format of the protocol and the recipe's overrides can be made with the variant's rule.
    static Result<void> checkFormats(const RunSpec &spec, const VariantSpec &variant)
    {
        const RecipeSettings settings = effectiveSettings(spec, variant);
        std::vector<std::string> weights { spec.protocol.weightFormat };
        std::vector<std::string> formats { spec.protocol.activationFormat, spec.protocol.kvFormat };
        if (const Stage *stage = variant.recipe.findStage("precision")) {
            auto overrides = precisionFromJson(stage->parameters.at("overrides"));
            if (!overrides)
                return overrides.error();
            for (const PrecisionOverride &o : *overrides)
                (o.what == PrecisionOverride::What::weights ? weights : formats)
                    .push_back(o.format);
        }
        formats.insert(formats.end(), weights.begin(), weights.end());
        for (const std::string &format : formats)
            if (Result<void> good = checkFormat(format, settings.scaleRule, settings.ties); !good)
                return good;
        return checkWeightRounding(variant.recipe, weights);
    }

    const PresetLibrary &m_presets;
    const SourcePlaces &m_places;
    std::set<std::string> m_named; ///< run-level parameters that are not left to their defaults
    std::optional<Error> m_error;
};

} // namespace

Result<Json> yamlToJson(std::string_view text, std::string_view where)
{
    Result<YamlDocument> document = readYaml(text, where);
    if (!document)
        return document.error();
    return std::move(document->value);
}

Result<RunSpec> runSpecFromJson(const Json &value, const PresetLibrary &presets,
                                std::string_view where)
{
    const SourcePlaces places { std::string(where) };
    return SpecReader(presets, places).read(value);
}

Result<RunSpec> runSpecFromYaml(std::string_view text, const PresetLibrary &presets,
                                std::string_view where)
{
    Result<YamlDocument> document = readYaml(text, where);
    if (!document)
        return document.error();
    return SpecReader(presets, document->places).read(document->value);
}

Result<RunSpec> loadRunSpec(const std::filesystem::path &file, const PresetLibrary &presets)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in || std::filesystem::is_directory(file))
        return Error { ErrorCode::notFound, "cannot read the run specification", file.string(),
                       "Check the path and its permissions." };
    return runSpecFromYaml(content.str(), presets, file.string()); // JSON is YAML too
}

} // namespace batlab
