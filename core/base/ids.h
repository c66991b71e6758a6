// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batlab {

/// Which tower of a model a layer belongs to. Text decoders today; a vision tower fits.
enum class Branch : std::uint8_t { text, vision };

/// A decoder layer: {branch, 0-based index}, or all of a tower's layers together.
struct LayerId
{
    Branch branch = Branch::text;
    std::int32_t index = 0;
    auto operator<=>(const LayerId &) const = default;
};
/// Of what belongs to the model as a whole, such as the loss curve of a model pass.
inline constexpr LayerId kWholeModel { Branch::text, -1 };

/// Where numbers are quantized or transformed (DESIGN.md 3). T1..T4: inputs of the linears,
/// k/v: K after RoPE and V as they enter the cache, residual: the stream R.
enum class Site : std::uint8_t { t1, t2, t3, t4, k, v, residual };
inline constexpr std::array<Site, 4> kLinearSites { Site::t1, Site::t2, Site::t3, Site::t4 };
inline constexpr std::array<Site, 7> kSites { Site::t1, Site::t2, Site::t3,      Site::t4,
                                              Site::k,  Site::v,  Site::residual };
/// Whether linears read the site: T1..T4.
[[nodiscard]] constexpr bool feedsLinears(Site site) { return site <= Site::t4; }

/// The quantized linears of a decoder layer.
enum class Linear : std::uint8_t { q, k, v, o, gate, up, down };
inline constexpr std::array<Linear, 7> kLinears { Linear::q,    Linear::k,  Linear::v,   Linear::o,
                                                  Linear::gate, Linear::up, Linear::down };

/// "T1", "T2", "T3", "T4", "K", "V", "R".
[[nodiscard]] std::string_view name(Site site);
/// Stands behind name(): "qkv in", "o in", "gate/up in", "down in", "cache", "cache", "residual".
[[nodiscard]] std::string_view title(Site site);
[[nodiscard]] std::optional<Site> siteFromName(std::string_view name);
/// HF module name: "q_proj" ... "down_proj".
[[nodiscard]] std::string_view name(Linear linear);
[[nodiscard]] std::optional<Linear> linearFromName(std::string_view name);
/// The site whose numbers a linear reads: q,k,v -> T1, o -> T2, gate,up -> T3, down -> T4.
[[nodiscard]] Site inputSite(Linear linear);
/// "text.12", "text.model".
[[nodiscard]] std::string toString(LayerId layer);
[[nodiscard]] std::optional<LayerId> layerFromString(std::string_view text);

} // namespace batlab
