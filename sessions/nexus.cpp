// SPDX-License-Identifier: Apache-2.0
#include "sessions/nexus.h"

#include "core/stats/pyramid.h"
#include "sessions/session_layout.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace batlab::h5 {

namespace {
constexpr std::int64_t kScreenful = 128;
const std::string kAxes = "/entry/axes";

std::int64_t extent(const auto &v) { return static_cast<std::int64_t>(v.size()); }

std::string placeOf(const auto &a)
{
    return fmt::format("{}, {}, {} ({})", a.variant, toString(a.layer), name(a.site),
                       name(a.stage));
}
} // namespace

void Nexus::data(hid_t group, std::string_view signal, const std::vector<std::string> &axes,
                 std::string_view title)
{
    m_out.variableText(group, "NX_class", "NXdata");
    m_out.variableText(group, "signal", signal);
    m_out.texts(group, "axes", axes);
    m_out.variableText(group, "title", title);
}

void Nexus::shared(hid_t group, const std::string &name, const std::string &axis)
{
    m_out.hardLink(m_file, kAxes + "/" + axis, group, name);
}

void Nexus::indexAxis(hid_t group, const std::string &name, std::int64_t n,
                      std::string_view longName)
{
    const std::string axis = fmt::format("{}_{}", name, n);
    if (m_axes.insert(axis).second) {
        const Group axes = m_out.group(m_file, kAxes, "group");
        std::vector<std::int32_t> values(static_cast<std::size_t>(n));
        std::iota(values.begin(), values.end(), 0);
        m_out.array(axes.get(), axis, "i32", values.data(), { n }, {}, longName);
    }
    shared(group, name, axis);
}

void Nexus::binAxes(hid_t group, std::int64_t bins, float limit)
{
    const std::string suffix = fmt::format("_{}_{}", bins, limit);
    if (m_axes.insert("bin" + suffix).second) {
        const Group axes = m_out.group(m_file, kAxes, "group");
        // Bin i covers edge[i]..edge[i+1]; positions are in half bins from the left end.
        const auto at = [&](std::int64_t halves) {
            return static_cast<float>(
                limit * (static_cast<double>(halves) / static_cast<double>(bins) - 1));
        };
        std::vector<float> edges, centres;
        for (std::int64_t i = 0; i <= bins; ++i)
            edges.push_back(at(2 * i));
        for (std::int64_t i = 0; i < bins; ++i)
            centres.push_back(at(2 * i + 1));
        m_out.array(axes.get(), "edge" + suffix, "f32", edges.data(), { bins + 1 }, "1",
                    "x / scale, bin edges");
        m_out.array(axes.get(), "bin" + suffix, "f32", centres.data(), { bins }, "1", "x / scale");
    }
    shared(group, "edge", "edge" + suffix);
    shared(group, "bin", "bin" + suffix);
}

void Nexus::pyramid(hid_t group, const std::vector<float> &map, std::int64_t rows,
                    std::int64_t cols, std::string_view units)
{
    if (!m_out.ok() || rows <= 0 || cols <= 0)
        return;
    const LodPyramid lod = LodPyramid::build(map, rows, cols);
    for (std::size_t k = 1; k < lod.levels.size(); ++k) {
        if (k > 1 && std::max(lod.levels[k - 1].rows, lod.levels[k - 1].cols) <= kScreenful)
            break;
        const LodPyramid::Level &level = lod.levels[k];
        const Dims dims { level.rows, level.cols };
        m_out.array(group, fmt::format("lod_max_{}", k), "f32", level.max.data(), dims, units);
        m_out.array(group, fmt::format("lod_mean_{}", k), "f32", level.mean.data(), dims, units);
        m_out.array(group, fmt::format("lod_min_{}", k), "f32", level.min.data(), dims, units);
    }
}

void Nexus::decorate(hid_t group, const Artifact &artifact)
{
    if (const auto *s = std::get_if<SiteStats>(&artifact); s && !s->energy.empty()) {
        indexAxis(group, "block", s->blocks, "block of 32 channels");
        data(group, "energy", { "block" }, "Block energy: " + placeOf(*s));
        if (!s->histogram.empty()) {
            const Group sub = m_out.group(group, "histogram");
            m_out.text(sub.get(), "encoding-type", "histogram");
            indexAxis(sub.get(), "block", s->blocks, "block of 32 channels");
            binAxes(sub.get(), s->bins, s->histogramLimit);
            data(sub.get(), "count", { "block", "bin" }, "x / scale: " + placeOf(*s));
        }
        if (!s->codeUse.empty()) {
            const Group sub = m_out.group(group, "code_use");
            m_out.text(sub.get(), "encoding-type", "code-use");
            indexAxis(sub.get(), "block", s->blocks, "block of 32 channels");
            indexAxis(sub.get(), "code", extent(s->codeUse) / s->blocks, "E2M1 code");
            data(sub.get(), "count", { "block", "code" }, "Code use: " + placeOf(*s));
        }
    } else if (const auto *t = std::get_if<TokenEnergyMap>(&artifact); t && !t->energy.empty()) {
        indexAxis(group, "token", t->tokens, "token of the sample");
        indexAxis(group, "block", t->blocks, "block of 32 channels");
        data(group, "energy", { "token", "block" }, "Block energy by token: " + placeOf(*t));
        pyramid(group, t->energy, t->tokens, t->blocks, "activation^2");
    } else if (const auto *f = std::get_if<SiteFlow>(&artifact); f && !f->energyFlow.empty()) {
        indexAxis(group, "from", f->groups, "group of blocks entering the transform");
        indexAxis(group, "to", f->groups, "group of blocks leaving it");
        data(group, "energy_flow", { "from", "to" },
             fmt::format("Energy flow: {}, {}, {}", f->variant, toString(f->layer), name(f->site)));
    } else if (const auto *c = std::get_if<LossCurve>(&artifact); c && !c->loss.empty()) {
        indexAxis(group, "step", extent(c->loss), "optimizer step");
        data(group, "loss", { "step" },
             fmt::format("{}: {}, {}", c->objective, c->variant, toString(c->layer)));
    } else if (const auto *e = std::get_if<EvaluationResult>(&artifact);
               e && !e->windowNll.empty()) {
        indexAxis(group, "window", extent(e->windowNll), "window of the text");
        data(group, "window_nll", { "window" }, fmt::format("{}: {}", e->task, e->variant));
    }
}

void Nexus::overview(const Session &session)
{
    // Mean over the linears of a layer; without scores yet, the mean block energy at T1.
    std::map<std::string, std::map<LayerId, std::pair<double, int>>> curves;
    for (const LinearScore *s : session.all<LinearScore>()) {
        auto &cell = curves[s->variant][s->layer];
        cell.first += s->outputSqnrDb;
        ++cell.second;
    }
    const bool scored = !curves.empty();
    if (!scored)
        for (const SiteStats *s : session.all<SiteStats>())
            if (s->site == Site::t1 && !s->energy.empty()) {
                auto &cell = curves[s->variant][s->layer];
                cell.first += std::accumulate(s->energy.begin(), s->energy.end(), 0.0)
                    / static_cast<double>(s->blocks);
                ++cell.second;
            }
    std::set<LayerId> layers;
    for (const auto &[variant, curve] : curves)
        for (const auto &[layer, cell] : curve)
            layers.insert(layer);
    if (layers.empty())
        return;
    const Group group = m_out.group(m_file, "/entry/overview", "overview");
    const std::string quantity =
        scored ? "Output SQNR by layer" : "Mean block energy by layer (qkv in)";
    std::vector<std::string> signals;
    for (const std::string &id : session.variantIds()) {
        const auto found = curves.find(id);
        if (found == curves.end())
            continue;
        std::vector<double> values;
        for (const LayerId layer : layers) {
            const auto cell = found->second.find(layer);
            values.push_back(cell == found->second.end()
                                 ? std::numeric_limits<double>::quiet_NaN()
                                 : cell->second.first / cell->second.second);
        }
        signals.push_back(linkName(id));
        m_out.array(group.get(), signals.back(), "f64", values.data(), { extent(values) },
                    scored ? "dB" : "activation^2", id);
    }
    indexAxis(group.get(), "layer", extent(layers), "layer");
    data(group.get(), signals.front(), { "layer" }, quantity);
    m_out.texts(group.get(), "auxiliary_signals", { signals.begin() + 1, signals.end() });
    m_out.document(group.get(), "title", quantity);
    const Group entry = m_out.group(m_file, "/entry");
    m_out.variableText(entry.get(), "default", "overview");
}

void Nexus::maps(const Session &session)
{
    std::set<std::tuple<std::string, Site, StatStage>> wanted;
    for (const SiteStats *s : session.all<SiteStats>())
        wanted.emplace(s->variant, s->site, s->stage);
    for (const auto &[variant, site, stage] : wanted) {
        const LayerBlockMap map = session.energyMap(variant, site, stage);
        if (map.blocks == 0)
            continue;
        const std::string path =
            fmt::format("{}/maps/{}_{}", variantPath(variant), name(site), name(stage));
        const Group group = m_out.group(m_file, path, "energy-map");
        const Dims dims { extent(map.layers), map.blocks };
        m_out.array(group.get(), "energy", "f32", map.energy.data(), dims, "activation^2",
                    "mean square of the block");
        std::vector<std::string> ids;
        for (const LayerId layer : map.layers)
            ids.push_back(toString(layer));
        m_out.strings(group.get(), "layer_id", ids);
        indexAxis(group.get(), "layer", dims[0], "layer");
        indexAxis(group.get(), "block", map.blocks, "block of 32 channels");
        data(group.get(), "energy", { "layer", "block" },
             fmt::format("Block energy: {}, {} ({})", variant, name(site), name(stage)));
        pyramid(group.get(), map.energy, dims[0], dims[1], "activation^2");
    }
}

} // namespace batlab::h5
