// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/variant.h"

#include "core/engine/variant/on_device.h"

namespace batlab {

namespace {

class Reference : public Variant
{
public:
    explicit Reference(std::shared_ptr<const nn::Decoder> decoder) : m_decoder(std::move(decoder))
    { }
    const std::string &id() const override { return m_id; }
    std::shared_ptr<const nn::LayerOps> layer(std::int64_t i) const override
    {
        return m_decoder->layer(i);
    }

private:
    std::string m_id = "reference";
    std::shared_ptr<const nn::Decoder> m_decoder;
};

class Solved : public Variant
{
public:
    Solved(std::string id, std::shared_ptr<const nn::Decoder> decoder,
           std::vector<std::string> parts, const CheckpointStore &store)
        : m_id(std::move(id))
        , m_decoder(std::move(decoder))
        , m_parts(std::move(parts))
        , m_store(store)
    { }
    const std::string &id() const override { return m_id; }
    std::shared_ptr<const nn::LayerOps> layer(std::int64_t i) const override
    {
        const std::string &hash = m_parts.at(static_cast<std::size_t>(i));
        const std::optional<Part> part = m_store.getByHash(hash).orThrow();
        if (!part)
            throw Exception({ ErrorCode::notFound,
                              "the part of layer " + std::to_string(i) + " is missing",
                              m_id + ", part " + hash,
                              "Run the calibration again, or restore the parts folder." });
        return solvedOps(LayerSolution::fromPart(*part).orThrow(), *m_decoder);
    }

private:
    std::string m_id;
    std::shared_ptr<const nn::Decoder> m_decoder;
    std::vector<std::string> m_parts;
    const CheckpointStore &m_store;
};

} // namespace

std::unique_ptr<Variant> referenceVariant(std::shared_ptr<const nn::Decoder> decoder)
{
    return std::make_unique<Reference>(std::move(decoder));
}

std::unique_ptr<Variant> solvedVariant(std::string id, std::shared_ptr<const nn::Decoder> decoder,
                                       std::vector<std::string> layerParts,
                                       const CheckpointStore &store)
{
    return std::make_unique<Solved>(std::move(id), std::move(decoder), std::move(layerParts),
                                    store);
}

} // namespace batlab
