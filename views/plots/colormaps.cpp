// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/colormaps.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace batlab::plots {

namespace {

// Every eighth colour of the published 256-entry maps: viridis (van der Walt, Smith; CC0) and
// cividis (Nunez, Anderton, Renslow 2018). Linear interpolation between them stays within 2/255 of
// the originals.
constexpr std::array<QRgb, 33> kViridis {
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b,
    0x375a8d, 0x33638d, 0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908c, 0x1f988b,
    0x1f9f88, 0x21a685, 0x28ae80, 0x31b57b, 0x3ebc74, 0x4cc26c, 0x5dc963, 0x6ece58, 0x82d34c,
    0x96d83f, 0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a, 0xfde725
};
constexpr std::array<QRgb, 33> kCividis {
    0x00224e, 0x00285b, 0x002e6a, 0x043371, 0x1a386f, 0x273e6e, 0x32436d, 0x3b496c, 0x434e6c,
    0x4b546c, 0x52596d, 0x5a5f6e, 0x61656f, 0x686a71, 0x6f7073, 0x757676, 0x7c7b78, 0x848179,
    0x8b8778, 0x938d78, 0x9b9376, 0xa39a75, 0xaba072, 0xb3a670, 0xbbad6c, 0xc3b469, 0xccba64,
    0xd4c15f, 0xddc958, 0xe6d051, 0xefd748, 0xf8df3c, 0xfee838
};
constexpr std::array<QRgb, 7> kDivergingLight { 0x9C4A08, 0xD98742, 0xF4CFA8, 0xFFFFFF,
                                                0xB5D3EC, 0x4F97CE, 0x0B4F8F };
constexpr std::array<QRgb, 7> kDivergingDark { 0xF59A4A, 0xB5642A, 0x5E3A22, 0x1C1F24,
                                               0x1F4263, 0x2F79B5, 0x6DB6F2 };

ColorTable interpolate(std::span<const QRgb> points)
{
    ColorTable table {};
    for (int i = 0; i < kColorEntries; ++i) {
        const double x = double(i) / (kColorEntries - 1) * double(points.size() - 1);
        const auto low = std::min(std::size_t(x), points.size() - 2);
        const double f = x - double(low);
        const auto mix = [&](int shift) {
            const double a = (points[low] >> shift) & 0xff;
            const double b = (points[low + 1] >> shift) & 0xff;
            return QRgb(std::lround(a + f * (b - a)));
        };
        table[std::size_t(i)] = 0xff000000U | mix(16) << 16 | mix(8) << 8 | mix(0);
    }
    return table;
}

} // namespace

const ColorTable &colorTable(ColorMap map, ThemeKind theme)
{
    static const ColorTable viridis = interpolate(kViridis);
    static const ColorTable cividis = interpolate(kCividis);
    static const ColorTable divergingLight = interpolate(kDivergingLight);
    static const ColorTable divergingDark = interpolate(kDivergingDark);
    switch (map) {
    case ColorMap::viridis: return viridis;
    case ColorMap::cividis: return cividis;
    case ColorMap::diverging: break;
    }
    return theme == ThemeKind::dark ? divergingDark : divergingLight;
}

} // namespace batlab::plots
