// SPDX-License-Identifier: Apache-2.0
#include "core/stats/metric.h"

#include <algorithm>
#include <array>

namespace batlab {

namespace {

struct Row
{
    std::string_view name;
    MetricFacts facts;
};

constexpr MetricFacts kLower { Better::lower, false };
constexpr MetricFacts kHigher { Better::higher, false };
constexpr MetricFacts kShare { Better::higher, true };

/// Our own and those of lm-evaluation-harness.
constexpr std::array kMetrics {
    Row { "perplexity", kLower },
    Row { "word_perplexity", kLower },
    Row { "byte_perplexity", kLower },
    Row { "bits_per_byte", kLower },
    Row { "nll", kLower },
    Row { "loss", kLower },
    Row { "kld", kLower },
    Row { "brier_score", kLower },
    Row { "ter", kLower },
    Row { "wer", kLower },
    Row { "acc", kShare },
    Row { "acc_norm", kShare },
    Row { "acc_mutual_info", kShare },
    Row { "acc_all", kShare },
    Row { "exact", kShare },
    Row { "exact_match", kShare },
    Row { "em", kShare },
    Row { "f1", kShare },
    Row { "pass@1", kShare },
    Row { "prompt_level_strict_acc", kShare },
    Row { "prompt_level_loose_acc", kShare },
    Row { "inst_level_strict_acc", kShare },
    Row { "inst_level_loose_acc", kShare },
    Row { "mcc", kHigher },
    Row { "bleu", kHigher },
    Row { "chrf", kHigher },
    Row { "rouge1", kHigher },
    Row { "rouge2", kHigher },
    Row { "rougeL", kHigher },
};

} // namespace

MetricFacts metricFacts(std::string_view metric)
{
    const auto *const at = std::find_if(kMetrics.begin(), kMetrics.end(),
                                        [&](const Row &row) { return row.name == metric; });
    return at == kMetrics.end() ? MetricFacts {} : at->facts;
}

} // namespace batlab
