// SPDX-License-Identifier: Apache-2.0
#include "sessions/session.h"

#include "sessions/file_commit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <limits>
#include <set>

namespace batlab {

namespace {
std::string nowUtc()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc {};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

/// Version 4 UUID from 128 random bits.
std::string newUuid()
{
    std::string hex = randomId() + randomId();
    hex[12] = '4';
    hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
    for (const std::size_t at : { 8, 13, 18, 23 })
        hex.insert(at, "-");
    return hex;
}

template<class T>
const T *find(const Session &session, T probe)
{
    const auto it = session.artifacts.find(artifactKey(Artifact(std::move(probe))));
    return it == session.artifacts.end() ? nullptr : std::get_if<T>(it->second.get());
}

/// The `variant` (or id) an artifact belongs to; null for those of the model.
const std::string *variantOf(const Artifact &artifact)
{
    return std::visit(
        [](const auto &a) -> const std::string * {
            if constexpr (requires { a.variant; })
                return &a.variant;
            else if constexpr (std::is_same_v<std::decay_t<decltype(a)>, VariantInfo>)
                return &a.id;
            else
                return nullptr;
        },
        artifact);
}
} // namespace

Session Session::make(std::string_view creator)
{
    Session s;
    s.uuid = newUuid();
    s.created = nowUtc();
    s.creator = creator;
    return s;
}

void Session::add(ArtifactPtr artifact)
{
    if (!artifact)
        return;
    if (const auto *info = std::get_if<VariantInfo>(artifact.get()))
        if (std::find(variantOrder.begin(), variantOrder.end(), info->id) == variantOrder.end())
            variantOrder.push_back(info->id);
    std::string key = artifactKey(*artifact);
    artifacts.insert_or_assign(std::move(key), std::move(artifact));
}

void Session::add(Artifact artifact) { add(std::make_shared<const Artifact>(std::move(artifact))); }

void Session::add(RunRecord run)
{
    const auto same = [&](const RunRecord &r) { return r.id == run.id; };
    const auto it = std::find_if(runs.begin(), runs.end(), same);
    if (it == runs.end())
        runs.push_back(std::move(run));
    else
        *it = std::move(run);
}

const ModelSummary *Session::model() const { return find(*this, ModelSummary {}); }
const SampleTokens *Session::sample() const { return find(*this, SampleTokens {}); }

std::vector<std::string> Session::variantIds() const
{
    std::set<std::string> present;
    for (const auto &[key, artifact] : artifacts)
        if (const std::string *id = variantOf(*artifact))
            present.insert(*id);
    std::vector<std::string> out;
    const auto take = [&](const std::string &id) {
        if (present.erase(id) != 0)
            out.push_back(id);
    };
    take("reference");
    for (const std::string &id : variantOrder)
        take(id);
    out.insert(out.end(), present.begin(), present.end());
    return out;
}

const VariantInfo *Session::variant(std::string_view id) const
{
    VariantInfo probe;
    probe.id = id;
    return find(*this, std::move(probe));
}

std::vector<const VariantInfo *> Session::variants() const
{
    std::vector<const VariantInfo *> out;
    for (const std::string &id : variantIds())
        if (const VariantInfo *info = variant(id))
            out.push_back(info);
    return out;
}

const SiteStats *Session::siteStats(std::string_view variant, LayerId layer, Site site,
                                    StatStage stage) const
{
    SiteStats probe;
    probe.variant = variant;
    probe.layer = layer;
    probe.site = site;
    probe.stage = stage;
    return find(*this, std::move(probe));
}

const TokenEnergyMap *Session::tokenEnergy(std::string_view variant, LayerId layer, Site site,
                                           StatStage stage) const
{
    TokenEnergyMap probe;
    probe.variant = variant;
    probe.layer = layer;
    probe.site = site;
    probe.stage = stage;
    return find(*this, std::move(probe));
}

const LinearScore *Session::linearScore(std::string_view variant, LayerId layer,
                                        Linear linear) const
{
    LinearScore probe;
    probe.variant = variant;
    probe.layer = layer;
    probe.linear = linear;
    return find(*this, std::move(probe));
}

std::vector<const LinearScore *> Session::linearScores(std::string_view variant) const
{
    std::vector<const LinearScore *> out = all<LinearScore>();
    std::erase_if(out, [&](const LinearScore *s) { return s->variant != variant; });
    std::sort(out.begin(), out.end(), [](const LinearScore *a, const LinearScore *b) {
        return std::tie(a->layer, a->linear) < std::tie(b->layer, b->linear);
    });
    return out;
}

std::vector<const LayerDone *> Session::layers(std::string_view variant) const
{
    std::vector<const LayerDone *> out = all<LayerDone>();
    std::erase_if(out, [&](const LayerDone *l) { return l->variant != variant; });
    std::sort(out.begin(), out.end(),
              [](const LayerDone *a, const LayerDone *b) { return a->layer < b->layer; });
    return out;
}

std::vector<const LossCurve *> Session::lossCurves(std::string_view variant, LayerId layer) const
{
    std::vector<const LossCurve *> out = all<LossCurve>();
    std::erase_if(out,
                  [&](const LossCurve *c) { return c->variant != variant || c->layer != layer; });
    return out;
}

std::vector<const EvaluationResult *> Session::evaluations() const
{
    const std::vector<const EvaluationResult *> found = all<EvaluationResult>();
    std::vector<const EvaluationResult *> out;
    for (const std::string &id : variantIds())
        std::copy_if(found.begin(), found.end(), std::back_inserter(out),
                     [&](const EvaluationResult *e) { return e->variant == id; });
    return out;
}

const VariantOutcome *Session::outcome(std::string_view variant) const
{
    VariantOutcome probe;
    probe.variant = variant;
    return find(*this, std::move(probe));
}

const SiteFlow *Session::siteFlow(std::string_view variant, LayerId layer, Site site) const
{
    SiteFlow probe;
    probe.variant = variant;
    probe.layer = layer;
    probe.site = site;
    return find(*this, std::move(probe));
}

LayerBlockMap Session::energyMap(std::string_view variant, Site site, StatStage stage) const
{
    std::vector<const SiteStats *> rows = all<SiteStats>();
    std::erase_if(rows, [&](const SiteStats *s) {
        return s->variant != variant || s->site != site || s->stage != stage;
    });
    std::sort(rows.begin(), rows.end(),
              [](const SiteStats *a, const SiteStats *b) { return a->layer < b->layer; });
    LayerBlockMap map;
    for (const SiteStats *s : rows)
        map.blocks = std::max(map.blocks, static_cast<std::int64_t>(s->energy.size()));
    for (const SiteStats *s : rows) {
        map.layers.push_back(s->layer);
        map.energy.insert(map.energy.end(), s->energy.begin(), s->energy.end());
        map.energy.resize(map.layers.size() * static_cast<std::size_t>(map.blocks),
                          std::numeric_limits<float>::quiet_NaN());
    }
    return map;
}

std::filesystem::path partsFolderFor(const std::filesystem::path &session)
{
    std::string name = session.filename().string();
    for (const std::string_view ending : { ".batlab.h5", ".h5" })
        if (name.size() > ending.size() && name.ends_with(ending)) {
            name.resize(name.size() - ending.size());
            break;
        }
    return session.parent_path() / (name + ".parts");
}

} // namespace batlab
