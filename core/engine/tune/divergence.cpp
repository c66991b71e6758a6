// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/divergence.h"

#include "core/base/result.h"
#include "core/engine/eval/logits.h"
#include "core/engine/eval/row_kernels.h"
#include "core/engine/quant/bridge.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
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

HeadLoss headLoss(const nn::Decoder &decoder, const at::Tensor &x, const at::Tensor &teacher,
                  double temperature, const std::function<void()> &checkpoint)
{
    const std::int64_t rows = x.size(0);
    HeadLoss out;
    out.gradient = at::empty(x.sizes(), x.options());
    double sum = 0;
    for (std::int64_t begin = 0; begin < rows; begin += eval::kLogitRows) {
        checkpoint();
        const std::int64_t count = std::min(eval::kLogitRows, rows - begin);
        at::Tensor leaf = x.narrow(0, begin, count).detach().clone().requires_grad_(true);
        at::Tensor normed;
        {
            const at::AutoGradMode grad(true);
            normed = decoder.finalNorm(leaf);
        }
        const at::Tensor student = decoder.logits(normed.detach()).contiguous();
        const at::Tensor theirs =
            decoder.logits(teacher.narrow(0, begin, count).contiguous()).contiguous();
        checkpoint();
        const Divergence d = divergence(theirs, student, temperature);
        sum += d.sum;
        checkpoint();
        normed.backward(decoder.logitsBackward(d.gradient));
        out.gradient.narrow(0, begin, count).copy_(leaf.grad() / static_cast<double>(rows));
    }
    out.mean = sum / static_cast<double>(rows);
    return out;
}

} // namespace batlab::tune
