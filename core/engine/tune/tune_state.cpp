// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/tune_state.h"

#include "core/engine/variant/layer_solution.h"

#include <ATen/ATen.h>

#include <cstring>

namespace batlab::tune {

namespace {

NamedTensor packed(std::string name, const std::vector<float> &values)
{
    NamedTensor t { std::move(name), "f32", { static_cast<std::int64_t>(values.size()) }, {} };
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(values.data());
    t.bytes.assign(bytes, bytes + values.size() * sizeof(float));
    return t;
}

bool unpack(const Part &part, const char *name, std::size_t size, std::vector<float> &out)
{
    const NamedTensor *t = part.find(name);
    if (t == nullptr || t->dtype != "f32" || t->bytes.size() != size * sizeof(float))
        return false;
    out.resize(size);
    std::memcpy(out.data(), t->bytes.data(), t->bytes.size());
    return true;
}

} // namespace

Part tuneState(const Progress &p)
{
    Part part;
    part.kind = "train-state";
    part.attributes["step"] = p.optimizer.step;
    part.attributes["seconds"] = p.seconds;
    part.tensors = { packed("learning_rate", p.curve.learningRate), packed("loss", p.curve.loss),
                     packed("m", p.optimizer.m), toNamed("parameters", p.parameters.values()),
                     packed("v", p.optimizer.v) };
    return part;
}

bool restore(const Part &part, Progress &p)
{
    const auto step = part.attributes.value("step", std::int64_t { 0 });
    if (part.kind != "train-state" || step <= 0)
        return false;
    const std::size_t size = p.parameters.size();
    const auto steps = static_cast<std::size_t>(step);
    std::vector<float> values, m, v, loss, rate;
    if (!unpack(part, "parameters", size, values) || !unpack(part, "m", size, m)
        || !unpack(part, "v", size, v) || !unpack(part, "loss", steps, loss)
        || !unpack(part, "learning_rate", steps, rate))
        return false;
    std::memcpy(p.parameters.values().data_ptr<float>(), values.data(), size * sizeof(float));
    p.optimizer.m = std::move(m);
    p.optimizer.v = std::move(v);
    p.optimizer.step = step;
    p.curve.loss = std::move(loss);
    p.curve.learningRate = std::move(rate);
    p.seconds = part.attributes.value("seconds", 0.0);
    return true;
}

} // namespace batlab::tune
