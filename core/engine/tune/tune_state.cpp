// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/tune_state.h"

#include <ATen/ATen.h>

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

std::vector<float> unpacked(const NamedTensor &t)
{
    std::vector<float> out(t.bytes.size() / sizeof(float));
    if (!out.empty())
        std::memcpy(out.data(), t.bytes.data(), t.bytes.size());
    return out;
}

std::size_t sizeOf(const StateBuffer &b) { return static_cast<std::size_t>(b.values.numel()); }

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
    for (const StateBuffer &b : p.buffers) {
        const at::Tensor here = b.values.detach().cpu();
        part.tensors.push_back(packed(b.name, here.const_data_ptr<float>(), sizeOf(b)));
    }
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
    const NamedTensor *loss = fitting(part, "loss", steps);
    const NamedTensor *rate = fitting(part, "learning_rate", steps);
    if (loss == nullptr || rate == nullptr)
        return false;
    for (const StateBuffer &b : p.buffers)
        if (fitting(part, b.name, sizeOf(b)) == nullptr)
            return false;
    for (const StateBuffer &b : p.buffers) {
        const std::vector<float> values = unpacked(*fitting(part, b.name, sizeOf(b)));
        at::Tensor there = b.values;
        there.copy_(at::tensor(values).to(at::kFloat));
    }
    p.step = step;
    p.curve.loss = unpacked(*loss);
    p.curve.learningRate = unpacked(*rate);
    p.seconds = part.attributes.value("seconds", 0.0);
    return true;
}

} // namespace batlab::tune
