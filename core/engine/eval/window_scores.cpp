// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/window_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace batlab::eval {

namespace {

constexpr std::array<double, 11> kPercentiles { 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 };

template<class T>
NamedTensor tensorOf(std::string name, const char *dtype, const std::vector<T> &values)
{
    NamedTensor tensor;
    tensor.name = std::move(name);
    tensor.dtype = dtype;
    tensor.shape = { static_cast<std::int64_t>(values.size()) };
    tensor.bytes.resize(values.size() * sizeof(T));
    if (!values.empty())
        std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
    return tensor;
}

template<class T>
bool read(const Part &part, const char *name, const char *dtype, std::vector<T> &out)
{
    const NamedTensor *tensor = part.find(name);
    if (!tensor || tensor->dtype != dtype || tensor->bytes.size() % sizeof(T) != 0)
        return false;
    out.resize(tensor->bytes.size() / sizeof(T));
    if (!out.empty())
        std::memcpy(out.data(), tensor->bytes.data(), tensor->bytes.size());
    return true;
}

struct Moments
{
    double mean = 0, standardError = 0;
};

Moments moments(const std::vector<double> &values)
{
    Moments out;
    const auto n = static_cast<double>(values.size());
    for (const double v : values)
        out.mean += v / n;
    double squares = 0;
    for (const double v : values)
        squares += (v - out.mean) * (v - out.mean);
    if (values.size() > 1)
        out.standardError = std::sqrt(squares / (n - 1) / n);
    return out;
}

} // namespace

void WindowScores::append(const WindowScores &more)
{
    nll.insert(nll.end(), more.nll.begin(), more.nll.end());
    kld.insert(kld.end(), more.kld.begin(), more.kld.end());
    agree.insert(agree.end(), more.agree.begin(), more.agree.end());
    deltaP.insert(deltaP.end(), more.deltaP.begin(), more.deltaP.end());
    seconds += more.seconds;
}

Part WindowScores::toPart() const
{
    Part part;
    part.kind = "window-scores";
    part.attributes = Json::object();
    part.tensors = { tensorOf("agree", "i64", agree), tensorOf("delta_p", "f32", deltaP),
                     tensorOf("kld", "f64", kld), tensorOf("nll", "f64", nll) };
    return part;
}

Result<WindowScores> WindowScores::fromPart(const Part &part, std::int64_t windows,
                                            std::int64_t predicted)
{
    WindowScores out;
    const bool complete = read(part, "agree", "i64", out.agree)
        && read(part, "delta_p", "f32", out.deltaP) && read(part, "kld", "f64", out.kld)
        && read(part, "nll", "f64", out.nll);
    const auto n = static_cast<std::size_t>(windows);
    const bool reference = out.kld.empty() && out.agree.empty() && out.deltaP.empty();
    const bool variant = out.kld.size() == n && out.agree.size() == n
        && out.deltaP.size() == n * static_cast<std::size_t>(predicted);
    if (!complete || out.nll.size() != n || (!reference && !variant))
        return Error { ErrorCode::badInput,
                       "a checkpoint of window scores does not fit the protocol", part.kind,
                       "Remove the parts folder to evaluate again." };
    return out;
}

EvaluationResult summarize(const WindowScores &scores, std::int64_t predicted)
{
    EvaluationResult out;
    out.metric = "perplexity";
    out.samples = static_cast<std::int64_t>(scores.nll.size());
    out.tokens = out.samples * predicted;
    out.windowNll = scores.nll;
    out.windowKld = scores.kld;
    out.seconds = scores.seconds;
    const Moments nll = moments(scores.nll);
    out.value = std::exp(nll.mean);
    out.standardError = out.value * nll.standardError;
    if (scores.kld.empty()) {
        out.top1Agreement = 1;
        return out;
    }
    const Moments kld = moments(scores.kld);
    out.kld = kld.mean;
    out.kldStandardError = kld.standardError;
    std::int64_t agree = 0;
    for (const std::int64_t n : scores.agree)
        agree += n;
    out.top1Agreement = static_cast<double>(agree) / static_cast<double>(out.tokens);
    std::vector<float> sorted = scores.deltaP;
    std::sort(sorted.begin(), sorted.end(),
              [](float a, float b) { return a < b || (b != b && a == a); });
    for (const double percent : kPercentiles) {
        const double at = percent / 100 * static_cast<double>(sorted.size() - 1);
        const auto low = static_cast<std::size_t>(at);
        const std::size_t high = std::min(low + 1, sorted.size() - 1);
        const double share = at - static_cast<double>(low);
        out.deltaPPercentiles.push_back((1 - share) * sorted[low] + share * sorted[high]);
    }
    return out;
}

} // namespace batlab::eval
