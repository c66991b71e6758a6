// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/kv_solution.h"

#include "core/engine/variant/layer_solution.h"
#include "core/engine/variant/quantizer_json.h"

#include <ATen/ATen.h>

#include <cmath>

namespace batlab {

void KvSolution::setKeyTransform(const transform::GpkFactors &factors, bool fixed)
{
    fixedTransform = fixed;
    keyFactors = fixed ? transform::GpkFactors { factors.a.to(at::kFloat).contiguous(),
                                                 factors.b.to(at::kFloat).contiguous() }
                       : transform::deployed(factors);
    queryFactors = transform::inverseTransposed(
        { keyFactors.a.to(at::kDouble), keyFactors.b.to(at::kDouble) });
}

at::Tensor KvSolution::cached(Site site, const at::Tensor &x, at::ScalarType out) const
{
    const bool key = site == Site::k;
    const quant::Quantizer &q = key ? keys : values;
    const bool transformed = key && keyFactors.defined();
    if (!q.active())
        return transformed ? quant::gpkTransform(x, keyFactors.a, keyFactors.b, out) : x.to(out);
    // The prescale rule and NVFP4 have a factor that is divided out here, since attention has no
    // epilogue.
    const double factor = q.epilogue();
    const at::ScalarType type = factor == 1.0 && out == at::kBFloat16 ? out : at::kFloat;
    at::Tensor y = transformed ? quant::gpkFakeQuantize(x, keyFactors.a, keyFactors.b, {}, q, type)
                               : quant::fakeQuantize(x, {}, q, type);
    y = y.size(-1) == x.size(-1) ? y : y.narrow(-1, 0, x.size(-1)); // without the kernel's padding
    return factor == 1.0 ? y.to(out) : (y / factor).to(out);
}

at::Tensor KvSolution::query(const at::Tensor &x, at::ScalarType out) const
{
    if (!queryFactors.defined())
        return x;
    return quant::gpkTransform(x, queryFactors.a, queryFactors.b, out);
}

std::int64_t KvSolution::onlineParameters() const
{
    return keyFactors.defined() && !fixedTransform ? keyFactors.parameters() : 0;
}

double KvSolution::flopPerToken(const ModelConfig &config) const
{
    if (!keyFactors.defined())
        return 0;
    const double perHead = fixedTransform
        ? static_cast<double>(config.headDim) * std::log2(static_cast<double>(keyFactors.block()))
        : keyFactors.flopPerToken();
    return perHead * static_cast<double>(config.heads + config.kvHeads);
}

void KvSolution::addTo(Part &part) const
{
    if (!active() && !keyFactors.defined())
        return;
    Json &j = part.attributes["kv"];
    j = Json::object();
    if (keys.active())
        j["keys"] = quantizerJson(keys);
    if (values.active())
        j["values"] = quantizerJson(values);
    if (!keyFactors.defined())
        return;
    j["fixed_transform"] = fixedTransform;
    part.tensors.push_back(toNamed("K.a", keyFactors.a));
    part.tensors.push_back(toNamed("K.b", keyFactors.b));
    part.tensors.push_back(toNamed("Q.a", queryFactors.a));
    part.tensors.push_back(toNamed("Q.b", queryFactors.b));
}

Result<KvSolution> KvSolution::fromPart(const Part &part, std::string_view where)
{
    KvSolution out;
    const auto it = part.attributes.find("kv");
    if (it == part.attributes.end() || !it->is_object())
        return out;
    for (const auto &[key, q] :
         { std::pair { "keys", &out.keys }, std::pair { "values", &out.values } }) {
        if (!it->contains(key))
            continue;
        auto read = quantizerFromJson(it->at(key), where);
        if (!read)
            return read.error();
        *q = *read;
    }
    out.fixedTransform = it->value("fixed_transform", false);
    int found = 0;
    for (const auto &[key, t] :
         { std::pair { "K.a", &out.keyFactors.a }, std::pair { "K.b", &out.keyFactors.b },
           std::pair { "Q.a", &out.queryFactors.a }, std::pair { "Q.b", &out.queryFactors.b } }) {
        const NamedTensor *n = part.find(key);
        if (n == nullptr)
            continue;
        auto read = toTensor(*n);
        if (!read)
            return read.error();
        *t = *read;
        ++found;
    }
    if (found != 0 && found != 4)
        return Error { ErrorCode::badInput, "a factor of the key transform is missing",
                       std::string(where), "The part is damaged; run again." };
    return out;
}

} // namespace batlab
