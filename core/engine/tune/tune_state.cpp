// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/tune_state.h"

#include <algorithm>
#include <cstring>

namespace batlab::tune {

namespace {

NamedTensor packed(std::string name, const float *values, std::size_t size)
{
    NamedTensor t { std::move(name), "f32", { static_cast<std::int64_t>(size) }, {} };
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(values);
    t.bytes.assign(bytes, bytes + size * sizeof(float));
    return t;
}

const NamedTensor *fitting(const Part &part, const std::string &name, std::size_t size)
{
    const NamedTensor *t = part.find(name);
    return t != nullptr && t->dtype == "f32" && t->bytes.size() == size * sizeof(float) ? t
                                                                                        : nullptr;
}

} // namespace

Part trainState(const Progress &p)
{
    Part part;
    part.kind = "train-state";
    part.attributes["step"] = p.step;
    part.attributes["seconds"] = p.seconds;
    part.tensors = { packed("learning_rate", p.curve.learningRate.data(),
                            p.curve.learningRate.size()),
                     packed("loss", p.curve.loss.data(), p.curve.loss.size()) };
    for (const StateBuffer &b : p.buffers)
        part.tensors.push_back(packed(b.name, b.values, b.size));
    std::sort(part.tensors.begin(), part.tensors.end(),
              [](const NamedTensor &a, const NamedTensor &b) { return a.name < b.name; });
    return part;
}

bool restore(const Part &part, Progress &p)
{
    const auto step = part.attributes.value("step", std::int64_t { 0 });
    if (part.kind != "train-state" || step <= 0)
        return false;
    const auto steps = static_cast<std::size_t>(step);
    std::vector<float> loss(steps), rate(steps);
    std::vector<StateBuffer> all = p.buffers;
    all.push_back({ "loss", loss.data(), steps });
    all.push_back({ "learning_rate", rate.data(), steps });
    for (const StateBuffer &b : all)
        if (fitting(part, b.name, b.size) == nullptr)
            return false;
    for (const StateBuffer &b : all)
        std::memcpy(b.values, fitting(part, b.name, b.size)->bytes.data(), b.size * sizeof(float));
    p.step = step;
    p.curve.loss = std::move(loss);
    p.curve.learningRate = std::move(rate);
    p.seconds = part.attributes.value("seconds", 0.0);
    return true;
}

} // namespace batlab::tune
