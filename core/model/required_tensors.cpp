// SPDX-License-Identifier: Apache-2.0
#include "core/model/required_tensors.h"

#include "core/model/storage_type.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace batlab {

namespace {

/// True if the program can turn this storage into floats.
bool isDecodable(std::string_view storage)
{
    for (std::int32_t id = 0; id < 64; ++id)
        if (const auto *type = ggmlStorage(id); type && type->name == storage)
            return type->decode != nullptr;
    return false;
}

} // namespace

void visitRequiredTensors(
    const ModelConfig &c,
    const std::function<bool(const std::string &, const std::vector<std::int64_t> &)> &visit)
{
    const std::int64_t qRows = c.heads * c.headDim;
    const std::int64_t kvRows = c.kvHeads * c.headDim;
    if (!visit("model.embed_tokens.weight", { c.vocab, c.hidden }))
        return;
    if (!visit("model.norm.weight", { c.hidden }))
        return;
    if (!c.tiedEmbeddings && !visit("lm_head.weight", { c.vocab, c.hidden }))
        return;
    for (std::int64_t layer = 0; layer < c.layers; ++layer) {
        const std::string prefix = fmt::format("model.layers.{}.", layer);
        bool more = true;
        const auto want = [&](const char *name, std::vector<std::int64_t> shape) {
            more = more && visit(prefix + name, shape);
        };
        want("input_layernorm.weight", { c.hidden });
        want("post_attention_layernorm.weight", { c.hidden });
        want("self_attn.q_proj.weight", { qRows, c.hidden });
        want("self_attn.k_proj.weight", { kvRows, c.hidden });
        want("self_attn.v_proj.weight", { kvRows, c.hidden });
        want("self_attn.o_proj.weight", { c.hidden, qRows });
        want("mlp.gate_proj.weight", { c.intermediate, c.hidden });
        want("mlp.up_proj.weight", { c.intermediate, c.hidden });
        want("mlp.down_proj.weight", { c.hidden, c.intermediate });
        if (c.qkvBias) {
            want("self_attn.q_proj.bias", { qRows });
            want("self_attn.k_proj.bias", { kvRows });
            want("self_attn.v_proj.bias", { kvRows });
        }
        if (c.oBias)
            want("self_attn.o_proj.bias", { c.hidden });
        if (c.mlpBias) {
            want("mlp.gate_proj.bias", { c.intermediate });
            want("mlp.up_proj.bias", { c.intermediate });
            want("mlp.down_proj.bias", { c.hidden });
        }
        if (c.qkNorm) {
            want("self_attn.q_norm.weight", { c.headDim });
            want("self_attn.k_norm.weight", { c.headDim });
        }
        if (!more)
            return;
    }
}

Result<void> checkRequiredTensors(const ModelConfig &config, const std::vector<TensorInfo> &tensors,
                                  const std::string &where)
{
    std::optional<Error> error;
    visitRequiredTensors(config, [&](const std::string &name, const auto &shape) {
        const auto it = std::lower_bound(
            tensors.begin(), tensors.end(), name,
            [](const TensorInfo &info, const std::string &key) { return info.name < key; });
        if (it == tensors.end() || it->name != name)
            error = Error { ErrorCode::badInput, fmt::format("the tensor \"{}\" is missing", name),
                            where, "Fetch the whole model: a part of it is not there." };
        else if (it->shape != shape)
            error = Error { ErrorCode::badInput,
                            fmt::format("the tensor \"{}\" has the shape [{}], expected [{}]", name,
                                        fmt::join(it->shape, ", "), fmt::join(shape, ", ")),
                            where, "The configuration and the weights do not belong together." };
        else if (!isDecodable(it->storage))
            error = Error { ErrorCode::unsupported,
                            fmt::format("the tensor \"{}\" is stored as {}", name, it->storage),
                            where, "Use the full-precision checkpoint (F32, F16 or BF16)." };
        return !error;
    });
    if (error)
        return *error;
    return {};
}

} // namespace batlab
