// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/divergence.h"

#include "core/base/result.h"
#include "core/engine/eval/logits.h"
#include "core/engine/eval/row_kernels.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/tune/device_divergence.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace batlab::tune {

namespace {

/// exp(scale * (row - max)) of one row and the logarithm of its sum, at logits times scale.
double exponentials(const eval::LogitRows &logits, std::int64_t row, float scale, float *exps,
                    double &sum)
{
    const eval::RowKernels &k = eval::rowKernels();
    const std::int64_t n = logits.vocab;
    std::vector<double> parts(static_cast<std::size_t>((n + eval::kRowPart - 1) / eval::kRowPart));
    float max = 0;
    std::int32_t argmax = 0;
    if (logits.f32 != nullptr) {
        k.maxF32(logits.f32 + row * n, n, &max, &argmax);
        k.expF32(logits.f32 + row * n, n, max, scale, exps, parts.data());
    } else {
        k.maxBf16(logits.bf16 + row * n, n, &max, &argmax);
        k.expBf16(logits.bf16 + row * n, n, max, scale, exps, parts.data());
    }
    sum = 0;
    for (const double part : parts)
        sum += part;
    return double(scale) * double(max) + std::log(sum);
}

struct RowJob
{
    eval::LogitRows teacher, student;
    double temperature;
    double *losses;
    float *gradient;
};

void oneRow(const RowJob &job, std::int64_t row, std::vector<float> &weights)
{
    const eval::RowKernels &k = eval::rowKernels();
    const std::int64_t n = job.student.vocab;
    const auto scale = static_cast<float>(1.0 / job.temperature);
    float *g = job.gradient + row * n;
    double teacherSum = 0;
    double studentSum = 0;
    const double teacherLse = exponentials(job.teacher, row, scale, weights.data(), teacherSum);
    const double studentLse = exponentials(job.student, row, scale, g, studentSum);
    const double difference = job.student.f32 != nullptr
        ? k.differenceF32(weights.data(), job.teacher.f32 + row * n, job.student.f32 + row * n, n)
        : k.differenceBf16(weights.data(), job.teacher.bf16 + row * n, job.student.bf16 + row * n,
                           n);
    const double tau = job.temperature;
    job.losses[row] =
        tau * tau * (difference * double(scale) / teacherSum - teacherLse + studentLse);
    const auto ours = static_cast<float>(tau / studentSum);
    const auto theirs = static_cast<float>(tau / teacherSum);
    for (std::int64_t i = 0; i < n; ++i)
        g[i] = g[i] * ours - weights[static_cast<std::size_t>(i)] * theirs;
}

void rowRange(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &job = *static_cast<const RowJob *>(context);
    std::vector<float> weights(static_cast<std::size_t>(job.student.vocab));
    for (std::int64_t row = begin; row < end; ++row)
        oneRow(job, row, weights);
}

struct LabelJob
{
    const std::int64_t *labels;
    eval::LogitRows student;
    double *losses;
    float *gradient;
};

void labelRange(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &job = *static_cast<const LabelJob *>(context);
    const std::int64_t n = job.student.vocab;
    for (std::int64_t row = begin; row < end; ++row) {
        float *g = job.gradient + row * n;
        const std::int64_t label = job.labels[row];
        if (label < 0) {
            std::fill(g, g + n, 0.0F);
            job.losses[row] = 0;
            continue;
        }
        double sum = 0;
        const double lse = exponentials(job.student, row, 1.0F, g, sum);
        const double own = job.student.f32 != nullptr
            ? double(job.student.f32[row * n + label])
            : double(c10::BFloat16(job.student.bf16[row * n + label], c10::BFloat16::from_bits()));
        job.losses[row] = lse - own;
        const auto factor = static_cast<float>(1.0 / sum);
        for (std::int64_t i = 0; i < n; ++i)
            g[i] *= factor;
        g[label] -= 1;
    }
}

} // namespace

Divergence divergence(const at::Tensor &teacher, const at::Tensor &student, double temperature)
{
    const std::int64_t rows = student.size(0);
    Divergence out;
    out.gradient = at::empty(student.sizes(), at::kFloat);
    std::vector<double> losses(static_cast<std::size_t>(rows));
    RowJob job { eval::logitRows(teacher), eval::logitRows(student), temperature, losses.data(),
                 out.gradient.data_ptr<float>() };
    kernels::parallelFor(rows, 8, quant::exec().threads, rowRange, &job);
    for (const double loss : losses)
        out.sum += loss;
    return out;
}

Divergence crossEntropy(const at::Tensor &labels, const at::Tensor &student)
{
    const std::int64_t rows = student.size(0);
    Divergence out;
    out.gradient = at::empty(student.sizes(), at::kFloat);
    std::vector<double> losses(static_cast<std::size_t>(rows));
    const at::Tensor fixed = labels.contiguous();
    LabelJob job { fixed.const_data_ptr<std::int64_t>(), eval::logitRows(student), losses.data(),
                   out.gradient.data_ptr<float>() };
    kernels::parallelFor(rows, 8, quant::exec().threads, labelRange, &job);
    for (const double loss : losses)
        out.sum += loss;
    return out;
}

at::Tensor nextTokens(const at::Tensor &ids)
{
    at::Tensor out = at::full_like(ids, -1);
    const std::int64_t length = ids.size(-1);
    out.narrow(-1, 0, length - 1).copy_(ids.narrow(-1, 1, length - 1));
    return out;
}

HeadLoss headLoss(const nn::Decoder &decoder, const at::Tensor &x, const Objective &objective,
                  const std::function<void()> &checkpoint)
{
    const std::int64_t hidden = x.size(-1);
    const at::Tensor states = x.reshape({ -1, hidden });
    const std::int64_t rows = states.size(0);
    const bool taught = objective.teacher.defined();
    const at::Tensor given =
        taught ? objective.teacher.reshape({ -1, hidden }) : objective.labels.reshape({ -1 });
    const double scored = taught
        ? static_cast<double>(rows)
        : static_cast<double>(std::max<std::int64_t>(given.ge(0).sum().item<std::int64_t>(), 1));
    const at::Tensor aims = quant::beside(given, states);
    const bool here = quant::onHost(states);
    at::Tensor there; // a device's sum, read once
    HeadLoss out;
    out.gradient = at::empty(states.sizes(), states.options());
    double sum = 0;
    for (std::int64_t begin = 0; begin < rows; begin += eval::kLogitRows) {
        checkpoint();
        const std::int64_t count = std::min(eval::kLogitRows, rows - begin);
        at::Tensor leaf = states.narrow(0, begin, count).detach().clone().requires_grad_(true);
        at::Tensor normed;
        {
            const at::AutoGradMode grad(true);
            normed = decoder.finalNorm(leaf);
        }
        const at::Tensor student = decoder.logits(normed.detach()).contiguous();
        const at::Tensor aim = aims.narrow(0, begin, count).contiguous();
        const at::Tensor theirs = taught ? decoder.logits(aim).contiguous() : at::Tensor();
        checkpoint();
        at::Tensor gradient;
        if (here) {
            Divergence d = taught ? divergence(theirs, student, objective.temperature)
                                  : crossEntropy(aim, student);
            sum += d.sum;
            gradient = std::move(d.gradient);
        } else {
            DeviceDivergence d = taught ? deviceDivergence(theirs, student, objective.temperature)
                                        : deviceCrossEntropy(aim, student);
            there = there.defined() ? there + d.sum : d.sum;
            gradient = std::move(d.gradient);
        }
        checkpoint();
        normed.backward(decoder.logitsBackward(gradient));
        out.gradient.narrow(0, begin, count).copy_(leaf.grad() / scored);
    }
    out.mean = (there.defined() ? there.item<double>() : sum) / scored;
    out.gradient = out.gradient.view(x.sizes());
    return out;
}

} // namespace batlab::tune
