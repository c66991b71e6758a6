// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/precision.h"

#include "core/spec/format_names.h"
#include "core/spec/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace batlab {

namespace {

const std::vector<std::string> kWhat { "weights", "activations", "cache" };

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

std::vector<std::string> targetNames()
{
    std::vector<std::string> out { "all" };
    for (const Site site : kLinearSites)
        out.emplace_back(name(site));
    for (const Linear linear : kLinears)
        out.emplace_back(name(linear));
    out.emplace_back(name(Site::k));
    out.emplace_back(name(Site::v));
    return out;
}

class LineReader
{
public:
    explicit LineReader(std::string_view text) : m_text(text) { }

    Result<PrecisionOverride> read()
    {
        std::string_view rest = trimmed(m_text);
        const std::size_t equals = rest.rfind('=');
        if (equals == std::string_view::npos)
            return fail("it names no format",
                        "Write such as T4:activations=mxfp8-e4m3 or layers 0-1:all:weights=none.");
        m_out.format = std::string(trimmed(rest.substr(equals + 1)));
        std::vector<std::string> formats = allFormatNames();
        formats.emplace_back("none");
        if (std::find(formats.begin(), formats.end(), m_out.format) == formats.end())
            return fail(fmt::format("unknown format '{}'", m_out.format.substr(0, 60)),
                        allowedHint(m_out.format, formats));
        rest = trimmed(rest.substr(0, equals));
        if (rest.starts_with("layer")) {
            const std::size_t colon = rest.find(':');
            if (colon == std::string_view::npos || !readLayers(trimmed(rest.substr(0, colon))))
                return fail("the layers are not understood",
                            "Write layer 5: or layers 0-1: (counted from 0).");
            rest = trimmed(rest.substr(colon + 1));
        }
        const std::size_t colon = rest.find(':');
        if (colon == std::string_view::npos)
            return fail("it does not say weights, activations or cache",
                        "Write TARGET:weights=FORMAT, TARGET:activations=FORMAT or "
                        "TARGET:cache=FORMAT.");
        return readTarget(std::string(trimmed(rest.substr(0, colon))),
                          std::string(trimmed(rest.substr(colon + 1))));
    }

private:
    Error fail(const std::string &what, std::string hint) const
    {
        return { ErrorCode::badInput,
                 fmt::format("'{}': {}", m_text.substr(0, 80), what),
                 {},
                 std::move(hint) };
    }

    static bool number(std::string_view text, std::int64_t &out)
    {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
        return error == std::errc() && end == text.data() + text.size() && out >= 0
            && !text.empty();
    }

    bool readLayers(std::string_view text)
    {
        text.remove_prefix(text.starts_with("layers") ? 6 : 5);
        text = trimmed(text);
        const std::size_t dash = text.find('-');
        if (!number(trimmed(text.substr(0, dash)), m_out.firstLayer))
            return false;
        m_out.lastLayer = m_out.firstLayer;
        if (dash != std::string_view::npos
            && !number(trimmed(text.substr(dash + 1)), m_out.lastLayer))
            return false;
        return m_out.lastLayer >= m_out.firstLayer;
    }

    Result<PrecisionOverride> readTarget(const std::string &target, const std::string &what)
    {
        const auto found = std::find(kWhat.begin(), kWhat.end(), what);
        if (found == kWhat.end())
            return fail(fmt::format("unknown side '{}'", what.substr(0, 60)),
                        allowedHint(what, kWhat));
        m_out.what = static_cast<PrecisionOverride::What>(found - kWhat.begin());
        const bool all = target == "all";
        const auto site = siteFromName(target);
        const auto linear = linearFromName(target);
        if (!all && !linear && (!site || *site == Site::residual))
            return fail(fmt::format("unknown target '{}'", target.substr(0, 60)),
                        allowedHint(target, targetNames()));
        const bool cacheSite = site && (*site == Site::k || *site == Site::v);
        switch (m_out.what) {
        case PrecisionOverride::What::weights:
            if (cacheSite)
                return fail(target + " has no weights", "Write " + target + ":cache=FORMAT.");
            for (const Linear l : kLinears)
                if (all || (linear && l == *linear) || (site && inputSite(l) == *site))
                    m_out.linears.push_back(l);
            break;
        case PrecisionOverride::What::activations:
            if (cacheSite)
                return fail(target + " is no input of a linear",
                            "Write " + target + ":cache=FORMAT.");
            if (linear)
                return fail("activations belong to a site, not to a linear",
                            fmt::format("{} reads {}: write {}:activations=FORMAT.", target,
                                        name(inputSite(*linear)), name(inputSite(*linear))));
            for (const Site s : kLinearSites)
                if (all || s == *site)
                    m_out.sites.push_back(s);
            break;
        case PrecisionOverride::What::cache:
            if (!all && !cacheSite)
                return fail(target + " is not cached", "Allowed: all, K, V.");
            if (m_out.format == "nvfp4")
                return fail("nvfp4 needs a factor of the whole tensor, which a cache does not have",
                            "Use mxfp4 or an integer format.");
            for (const Site s : { Site::k, Site::v })
                if (all || s == *site)
                    m_out.sites.push_back(s);
            break;
        }
        return m_out;
    }

    std::string_view m_text;
    PrecisionOverride m_out;
};

} // namespace

LayerFormats LayerFormats::uniform(const std::string &weights, const std::string &activations,
                                   const std::string &cache)
{
    LayerFormats out;
    out.weights.fill(weights);
    out.activations.fill(activations);
    out.keys = out.values = cache;
    return out;
}

Result<PrecisionOverride> precisionFromText(std::string_view text)
{
    return LineReader(text).read();
}

Result<std::vector<PrecisionOverride>> precisionFromJson(const Json &overrides)
{
    std::vector<PrecisionOverride> out;
    for (const Json &line : overrides) {
        auto read = precisionFromText(line.get<std::string>());
        if (!read)
            return read.error();
        out.push_back(*std::move(read));
    }
    return out;
}

LayerFormats withOverrides(LayerFormats base, const std::vector<PrecisionOverride> &overrides,
                           std::int64_t layer)
{
    for (const PrecisionOverride &o : overrides) {
        if (!o.covers(layer))
            continue;
        for (const Linear l : o.linears)
            base.weights[static_cast<std::size_t>(l)] = o.format;
        for (const Site s : o.sites) {
            if (s == Site::k)
                base.keys = o.format;
            else if (s == Site::v)
                base.values = o.format;
            else
                base.activations[static_cast<std::size_t>(s)] = o.format;
        }
    }
    return base;
}

} // namespace batlab
