// SPDX-License-Identifier: Apache-2.0
#include "core/base/ids.h"

#include <charconv>

namespace batlab {

namespace {
constexpr std::array<std::string_view, 7> kSiteNames { "T1", "T2", "T3", "T4", "K", "V", "R" };
constexpr std::array<std::string_view, 7> kSiteTitles { "qkv in", "o in",  "gate/up in", "down in",
                                                        "cache",  "cache", "residual" };
constexpr std::array<std::string_view, 7> kLinearNames { "q_proj",   "k_proj",    "v_proj",
                                                         "o_proj",   "gate_proj", "up_proj",
                                                         "down_proj" };

template<class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N> &names, std::string_view text)
{
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == text)
            return static_cast<Enum>(i);
    return std::nullopt;
}
} // namespace

std::string_view name(Site site) { return kSiteNames[static_cast<std::size_t>(site)]; }
std::string_view title(Site site) { return kSiteTitles[static_cast<std::size_t>(site)]; }
std::optional<Site> siteFromName(std::string_view text) { return find<Site>(kSiteNames, text); }
std::string_view name(Linear linear) { return kLinearNames[static_cast<std::size_t>(linear)]; }
std::optional<Linear> linearFromName(std::string_view text)
{
    return find<Linear>(kLinearNames, text);
}

Site inputSite(Linear linear)
{
    switch (linear) {
    case Linear::q:
    case Linear::k:
    case Linear::v: return Site::t1;
    case Linear::o: return Site::t2;
    case Linear::gate:
    case Linear::up: return Site::t3;
    case Linear::down: break;
    }
    return Site::t4;
}

std::string toString(LayerId layer)
{
    const std::string tower = layer.branch == Branch::text ? "text." : "vision.";
    return tower + (layer.index < 0 ? "model" : std::to_string(layer.index));
}

std::optional<LayerId> layerFromString(std::string_view text)
{
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos)
        return std::nullopt;
    LayerId id;
    if (text.substr(0, dot) == "vision")
        id.branch = Branch::vision;
    else if (text.substr(0, dot) != "text")
        return std::nullopt;
    const std::string_view digits = text.substr(dot + 1);
    if (digits == "model") {
        id.index = kWholeModel.index;
        return id;
    }
    const auto [end, err] = std::from_chars(digits.data(), digits.data() + digits.size(), id.index);
    if (err != std::errc() || end != digits.data() + digits.size() || id.index < 0)
        return std::nullopt;
    return id;
}

} // namespace batlab
