// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/one_site.h"

#include "core/engine/variant/on_device.h"

namespace batlab {

namespace {

class OneSite : public Variant
{
public:
    OneSite(std::string id, std::shared_ptr<const nn::Decoder> decoder,
            std::vector<std::string> unrounded, std::vector<std::string> solved, Site site,
            const CheckpointStore &store)
        : m_id(std::move(id))
        , m_decoder(std::move(decoder))
        , m_unrounded(std::move(unrounded))
        , m_solved(std::move(solved))
        , m_site(site)
        , m_store(store)
    { }
    const std::string &id() const override { return m_id; }
    std::shared_ptr<const nn::LayerOps> layer(std::int64_t i) const override
    {
        const auto at = static_cast<std::size_t>(i);
        return solvedOps(
            withOneSite(solution(m_unrounded.at(at)), solution(m_solved.at(at)), m_site),
            *m_decoder);
    }

private:
    [[nodiscard]] LayerSolution solution(const std::string &hash) const
    {
        const std::optional<Part> part = m_store.getByHash(hash).orThrow();
        if (!part)
            throw Exception({ ErrorCode::notFound, "a layer's part is missing",
                              m_id + ", part " + hash, "Remove the parts folder and run again." });
        return LayerSolution::fromPart(*part).orThrow();
    }

    std::string m_id;
    std::shared_ptr<const nn::Decoder> m_decoder;
    std::vector<std::string> m_unrounded, m_solved;
    Site m_site;
    const CheckpointStore &m_store;
};

} // namespace

LayerSolution withoutQuantizers(LayerSolution solution)
{
    for (SiteSolution &s : solution.sites) {
        s.activation = {};
        s.clip = {};
        s.refinement = {};
    }
    solution.kv = {};
    return solution;
}

LayerSolution withOneSite(const LayerSolution &unrounded, const LayerSolution &solved, Site site)
{
    LayerSolution out = unrounded;
    out.at(site) = solved.at(site);
    for (const Linear l : kLinears)
        if (inputSite(l) == site)
            out.of(l) = solved.of(l);
    if (site == Site::t1)
        out.inputNorm = solved.inputNorm;
    if (site == Site::t3)
        out.postNorm = solved.postNorm;
    return out;
}

std::unique_ptr<Variant> oneSiteVariant(std::string id, std::shared_ptr<const nn::Decoder> decoder,
                                        std::vector<std::string> unroundedParts,
                                        std::vector<std::string> layerParts, Site site,
                                        const CheckpointStore &store)
{
    return std::make_unique<OneSite>(std::move(id), std::move(decoder), std::move(unroundedParts),
                                     std::move(layerParts), site, store);
}

} // namespace batlab
