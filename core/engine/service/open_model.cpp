// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/open_model.h"

#include "core/engine/nn/site_width.h"

#include <fmt/format.h>

#include <set>

namespace batlab {

Result<std::shared_ptr<const ModelSource>> openSource(std::string_view model)
{
    auto path = resolveModel(model);
    if (!path)
        return path.error();
    return ModelSource::open(*path);
}

Result<OpenedModel> openModel(std::string_view model)
{
    auto source = openSource(model);
    if (!source)
        return source.error();
    auto tokenizer = Tokenizer::open((*source)->path());
    if (!tokenizer)
        return tokenizer.error();
    return OpenedModel { std::move(*source), std::move(*tokenizer) };
}

std::uint64_t storedBytes(const ModelSource &source)
{
    std::uint64_t bytes = 0;
    for (const TensorInfo &tensor : source.tensors())
        bytes += tensor.bytes;
    return bytes;
}

bool isQuantizedSource(const ModelSource &source)
{
    const TensorInfo *tensor = source.find("model.layers.0.mlp.down_proj.weight");
    return tensor && tensor->storage != "F32" && tensor->storage != "F16"
        && tensor->storage != "BF16";
}

namespace {
Json tensorList(const ModelSource &source)
{
    Json list = Json::array();
    for (const TensorInfo &t : source.tensors())
        list.push_back({ { "name", t.name },
                         { "shape", t.shape },
                         { "storage", t.storage },
                         { "bytes", t.bytes },
                         { "file", t.file } });
    return list;
}
} // namespace

ModelSummary modelSummary(const ModelSource &source)
{
    ModelSummary out;
    out.path = source.path().string();
    out.container = source.container();
    out.quickHash = source.quickHash();
    out.tokenizerHash = source.tokenizerHash();
    out.config = source.config().toJson();
    out.tensors = tensorList(source);
    return out;
}

std::vector<std::string> modelWarnings(const ModelSource &source)
{
    const ModelConfig &c = source.config();
    std::vector<std::string> out;
    for (const Site site : kLinearSites)
        if (siteWidth(c, site) % 32 != 0)
            out.push_back(fmt::format(
                "{} ({}) is {} wide, not a multiple of 32: its last block is padded with zeros",
                name(site), title(site), siteWidth(c, site)));
    if (isQuantizedSource(source))
        out.push_back(fmt::format("the linears are stored as {}: their dequantized values are the "
                                  "full-precision reference",
                                  source.find("model.layers.0.mlp.down_proj.weight")->storage));
    if (c.tiedEmbeddings)
        out.push_back("embedding and head share one matrix: neither is quantized");
    if (c.headDim * c.heads != c.hidden)
        out.push_back(fmt::format("{} heads of {} make T2 {} wide while the model is {} wide",
                                  c.heads, c.headDim, c.heads * c.headDim, c.hidden));
    return out;
}

std::uint64_t workingSetBytes(const ModelConfig &c, bool bf16, std::int64_t calibrationTokens)
{
    const std::uint64_t element = bf16 ? 2 : 4;
    const auto vocabulary =
        static_cast<std::uint64_t>(c.vocab * c.hidden) * (c.tiedEmbeddings ? 1 : 2) * element;
    const auto layer =
        static_cast<std::uint64_t>(c.linearParameters() / std::max<std::int64_t>(c.layers, 1));
    // A layer in work: weights, their fp32 copy, transformed copy, codes; the Hessian of the widest
    // site and its factor.
    const auto widest =
        static_cast<std::uint64_t>(std::max({ c.hidden, c.intermediate, c.heads * c.headDim }));
    const std::uint64_t work = layer * (element + 4 + 4 + 4) + widest * widest * 4 * 3;
    // Reference and quantized streams and their targets.
    const auto streams = static_cast<std::uint64_t>(calibrationTokens * c.hidden) * 4 * 3;
    const std::uint64_t runtime = std::uint64_t(350) << 20; // libtorch, code, GEMM scratch
    return vocabulary + work + streams + runtime;
}

Json inspectModel(const ModelSource &source)
{
    const ModelConfig &c = source.config();
    Json sites = Json::array();
    for (const Site site : kLinearSites) {
        Json linears = Json::array();
        for (const Linear l : kLinears)
            if (inputSite(l) == site)
                linears.push_back(name(l));
        const std::int64_t width = siteWidth(c, site);
        sites.push_back({ { "site", name(site) },
                          { "title", title(site) },
                          { "width", width },
                          { "blocks", (width + 31) / 32 },
                          { "linears", linears } });
    }
    const auto linear = static_cast<std::uint64_t>(c.linearParameters());
    const auto total = static_cast<std::uint64_t>(c.totalParameters());
    return { { "path", source.path().string() },
             { "container", source.container() },
             { "quick_hash", source.quickHash() },
             { "tokenizer_hash", source.tokenizerHash() },
             { "config", c.toJson() },
             { "parameters", { { "total", total }, { "linear", linear } } },
             { "stored_bytes", storedBytes(source) },
             { "sites", sites },
             { "tensors", tensorList(source) },
             { "memory",
               { { "bf16_bytes", 2 * total },
                 { "mxfp4_bytes", linear * 17 / 32 + 2 * (total - linear) },
                 { "working_set_bf16_bytes", workingSetBytes(c, true, 32 * 512) },
                 { "working_set_fp32_bytes", workingSetBytes(c, false, 32 * 512) } } },
             { "warnings", modelWarnings(source) } };
}

} // namespace batlab
