// SPDX-License-Identifier: Apache-2.0
#include "core/stats/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab {

namespace {

const EvaluationResult *perplexityOf(const std::vector<EvaluationResult> &results,
                                     const std::string &variant)
{
    for (const EvaluationResult &r : results)
        if (r.variant == variant && r.metric == "perplexity")
            return &r;
    return nullptr;
}

bool isReference(const VariantInfo &v) { return v.id == "reference" || v.family == "reference"; }

std::string textOf(const Json &object, const char *key)
{
    if (!object.is_object())
        return {};
    const auto it = object.find(key);
    if (it == object.end())
        return {};
    return it->is_string() ? it->get<std::string>() : it->dump();
}

std::string contractLine(const std::vector<const VariantInfo *> &variants)
{
    if (variants.empty())
        return {};
    const Json &p = variants.front()->protocol;
    std::string line = fmt::format(
        "W {}, A {}, KV {}; {}, {} x {} tokens, {}", textOf(p, "weightFormat"),
        textOf(p, "activationFormat"), textOf(p, "kvFormat"), textOf(p, "text"),
        textOf(p, "windows") == "-1" ? "all windows" : textOf(p, "windows") + " windows",
        textOf(p, "windowLength"), textOf(p, "dtype"));
    std::string rule, calibration;
    bool same = true, first = true;
    for (const VariantInfo *v : variants) {
        if (isReference(*v))
            continue;
        const std::string own =
            textOf(v->settings, "scaleRule") + "/" + textOf(v->settings, "ties");
        same = same && (first || own == rule);
        rule = own;
        first = false;
        if (calibration.empty())
            calibration = textOf(v->settings, "calibration");
    }
    if (!first)
        line += same ? "; scales " + rule : "; each its own scale rule";
    if (!calibration.empty())
        line += "; calibrated on " + calibration;
    return line;
}

/// Labels of arXiv 2601.09555: lossless up to 1 % drop, fair up to 3 %, risky beyond.
char bandOf(double recovery)
{
    const double drop = 100 - recovery;
    if (drop <= 1)
        return 'L';
    return drop < 3 ? 'F' : 'R';
}

} // namespace

RecoveryTable recoveryTable(const std::vector<VariantInfo> &variants,
                            const std::vector<EvaluationResult> &results,
                            const std::string &baseline)
{
    std::vector<const VariantInfo *> shown;
    for (const VariantInfo &v : variants)
        if (isReference(v) && perplexityOf(results, v.id))
            shown.push_back(&v);
    for (const VariantInfo &v : variants)
        if (!isReference(v) && perplexityOf(results, v.id))
            shown.push_back(&v);

    RecoveryTable table;
    const EvaluationResult *reference = nullptr, *rtn = nullptr, *base = nullptr;
    for (const VariantInfo *v : shown) {
        const EvaluationResult *r = perplexityOf(results, v->id);
        if (isReference(*v)) {
            reference = r;
            if (v->id == baseline) { // differences against full precision
                base = r;
                table.baseline = v->id;
            }
            continue;
        }
        if (!rtn && v->family == "none" && !v->filled)
            rtn = r;
        if (v->id == baseline || (baseline.empty() && !base)) {
            base = r;
            table.baseline = v->id;
        }
    }
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const VariantInfo *v : shown) {
        const EvaluationResult &r = *perplexityOf(results, v->id);
        RecoveryRow row;
        row.variant = v->id;
        row.title = v->title;
        row.family = v->family;
        row.filled = v->filled;
        row.perplexity = r.value;
        row.perplexityError = r.standardError;
        row.kld = r.kld;
        row.kldError = r.kldStandardError;
        row.top1 = isReference(*v) ? 1.0 : r.top1Agreement;
        row.recovery = reference && r.value > 0 ? 100 * reference->value / r.value : nan;
        row.band = bandOf(row.recovery);
        const double rtnGap = reference && rtn ? rtn->value - reference->value : nan;
        row.gapLeft = rtnGap > 0 ? (r.value - reference->value) / rtnGap : nan;
        if (base && base != &r) {
            row.nllVsBaseline = pairedBootstrap(r.windowNll, base->windowNll);
            row.kldVsBaseline = pairedBootstrap(
                isReference(*v) ? std::vector<double>() : r.windowKld, base->windowKld);
        }
        row.seconds = v->calibrationSeconds;
        row.onlineParameters = v->onlineParameters;
        row.onlineFlopPerToken = v->onlineFlopPerToken;
        table.comparable = table.comparable
            && r.protocolHash == perplexityOf(results, shown.front()->id)->protocolHash;
        table.rows.push_back(std::move(row));
    }
    // The reference row names formats it does not use: the contract is that of the quantized rows.
    std::vector<const VariantInfo *> forContract = shown;
    if (forContract.size() > 1 && isReference(*forContract.front()))
        forContract.erase(forContract.begin());
    table.contract = contractLine(forContract);
    return table;
}

} // namespace batlab
