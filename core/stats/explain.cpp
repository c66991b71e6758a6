// SPDX-License-Identifier: Apache-2.0
#include "core/stats/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace batlab {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kUniform = 5.0 / 9;

/// Mean of what is finite; NaN of nothing.
class Mean
{
public:
    void add(double value)
    {
        if (!std::isfinite(value))
            return;
        m_sum += value;
        ++m_count;
    }
    [[nodiscard]] double value() const
    {
        return m_count > 0 ? m_sum / static_cast<double>(m_count) : kNaN;
    }

private:
    double m_sum = 0;
    std::int64_t m_count = 0;
};

double mean(const std::vector<float> &values)
{
    Mean out;
    for (const float v : values)
        out.add(v);
    return out.value();
}

double spreadDb(const std::vector<float> &energy)
{
    std::vector<float> sorted;
    std::copy_if(energy.begin(), energy.end(), std::back_inserter(sorted),
                 [](float e) { return std::isfinite(e) && e > 0; });
    if (sorted.empty())
        return kNaN;
    std::sort(sorted.begin(), sorted.end());
    return 10 * std::log10(sorted.back() / sorted[sorted.size() / 2]);
}

double bimodalShare(const std::vector<float> &coefficients)
{
    if (coefficients.empty())
        return kNaN;
    const auto above = std::count_if(coefficients.begin(), coefficients.end(),
                                     [](float b) { return b > kUniform; });
    return static_cast<double>(above) / static_cast<double>(coefficients.size());
}

/// Share of each row's energy off the diagonal, mean over rows with energy.
double moved(const SiteFlow &flow)
{
    Mean out;
    for (std::int64_t j = 0; j < flow.groups; ++j) {
        double sum = 0;
        for (std::int64_t i = 0; i < flow.groups; ++i)
            sum += flow.energyFlow[static_cast<std::size_t>(j * flow.groups + i)];
        if (sum > 0)
            out.add(1 - flow.energyFlow[static_cast<std::size_t>(j * flow.groups + j)] / sum);
    }
    return out.value();
}

/// Entropy in bits and share of the largest magnitudes (codes 7 and 15 of E2M1).
std::pair<double, double> codeUse(const std::vector<std::uint32_t> &use)
{
    std::array<double, 16> total {};
    double all = 0;
    for (std::size_t i = 0; i < use.size(); ++i) {
        total[i % 16] += use[i];
        all += use[i];
    }
    if (all <= 0)
        return { kNaN, kNaN };
    double entropy = 0;
    for (const double n : total)
        entropy -= n > 0 ? n / all * std::log2(n / all) : 0;
    return { entropy, (total[7] + total[15]) / all };
}

/// Everything of one site, gathered.
struct Gathered
{
    Mean spreadBefore, spreadAfter, kurtosisBefore, kurtosisAfter, bimodalBefore, bimodalAfter,
        valley, activation, clipped, maxima, energyMoved, output, weight, entropy, largest;
    double maxCondition = kNaN;
    LayerId maxConditionLayer;

    void add(const SiteStats &s)
    {
        if (s.stage == StatStage::before) {
            spreadBefore.add(spreadDb(s.energy));
            kurtosisBefore.add(mean(s.kurtosis));
            bimodalBefore.add(bimodalShare(s.bimodality));
            return;
        }
        spreadAfter.add(spreadDb(s.energy));
        kurtosisAfter.add(mean(s.kurtosis));
        bimodalAfter.add(bimodalShare(s.bimodality));
        valley.add(mean(s.valleyDepth));
        activation.add(mean(s.sqnrDb));
        clipped.add(mean(s.clipShare));
        const auto [bits, share] = codeUse(s.codeUse);
        entropy.add(bits);
        largest.add(share);
    }
    void add(const SiteFlow &f)
    {
        maxima.add(f.clippedMaxima);
        energyMoved.add(moved(f));
        if (!(f.condition <= maxCondition)) { // also the first
            maxCondition = f.condition;
            maxConditionLayer = f.layer;
        }
    }
    [[nodiscard]] SiteExplanation finish(Site site) const
    {
        SiteExplanation out;
        out.site = site;
        out.energySpreadBefore = spreadBefore.value();
        out.energySpreadAfter = spreadAfter.value();
        out.kurtosisBefore = kurtosisBefore.value();
        out.kurtosisAfter = kurtosisAfter.value();
        out.bimodalBefore = bimodalBefore.value();
        out.bimodalAfter = bimodalAfter.value();
        out.valleyAfter = valley.value();
        out.activationSqnrDb = activation.value();
        out.outputSqnrDb = output.value();
        out.weightSqnrDb = weight.value();
        out.clippedElements = clipped.value();
        out.clippedMaxima = maxima.value();
        out.energyMoved = energyMoved.value();
        out.maxCondition = maxCondition;
        out.maxConditionLayer = maxConditionLayer;
        out.codeEntropyBits = entropy.value();
        out.largestCodeShare = largest.value();
        return out;
    }
};

using ErrorMap = std::map<LayerId, std::pair<double, double>>;

std::vector<double> column(const ErrorMap &map, double std::pair<double, double>::*which)
{
    std::vector<double> out;
    for (const auto &[layer, errors] : map)
        out.push_back(errors.*which);
    return out;
}

Json numberOrNull(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }

Json toJson(const WrongLayer &wrong)
{
    return wrong.found()
        ? Json { { "layer", wrong.layer }, { "factor", numberOrNull(wrong.factor) } }
        : Json(nullptr);
}

/// The lines of the table, in order: title, unit scale, digits.
struct Quantity
{
    const char *key, *title;
    double SiteExplanation::*value;
    double scale;
    int digits;
};
constexpr std::array<Quantity, 18> kQuantities { {
    { "energy_spread_before_db", "loudest block over median, before (dB)",
      &SiteExplanation::energySpreadBefore, 1, 1 },
    { "energy_spread_after_db", "loudest block over median, after (dB)",
      &SiteExplanation::energySpreadAfter, 1, 1 },
    { "energy_moved", "energy that leaves its block (%)", &SiteExplanation::energyMoved, 100, 1 },
    { "kurtosis_before", "kurtosis, before", &SiteExplanation::kurtosisBefore, 1, 1 },
    { "kurtosis_after", "kurtosis, after", &SiteExplanation::kurtosisAfter, 1, 1 },
    { "bimodal_before", "bimodal blocks, before (%)", &SiteExplanation::bimodalBefore, 100, 1 },
    { "bimodal_after", "bimodal blocks, after (%)", &SiteExplanation::bimodalAfter, 100, 1 },
    { "valley_after", "valley depth, after (%)", &SiteExplanation::valleyAfter, 100, 1 },
    { "clipped_elements", "elements beyond the largest code (%)", &SiteExplanation::clippedElements,
      100, 2 },
    { "clipped_maxima", "block maxima beyond the largest code (%)", &SiteExplanation::clippedMaxima,
      100, 1 },
    { "code_entropy_bits", "entropy of the codes (bits of 4)", &SiteExplanation::codeEntropyBits, 1,
      2 },
    { "largest_code_share", "codes of magnitude 6 (%)", &SiteExplanation::largestCodeShare, 100,
      1 },
    { "max_condition", "largest condition number", &SiteExplanation::maxCondition, 1, 2 },
    { "activation_sqnr_db", "activation SQNR (dB)", &SiteExplanation::activationSqnrDb, 1, 2 },
    { "weight_sqnr_db", "weight SQNR (dB)", &SiteExplanation::weightSqnrDb, 1, 2 },
    { "output_sqnr_db", "output SQNR (dB)", &SiteExplanation::outputSqnrDb, 1, 2 },
    { "alone_kld", "KLD with this site alone quantized", &SiteExplanation::aloneKld, 1, 4 },
    { "alone_kld_error", "its standard error", &SiteExplanation::aloneKldError, 1, 4 },
} };

} // namespace

Explanation explain(const std::vector<ArtifactPtr> &artifacts, const std::string &variant,
                    const std::string &baseline)
{
    std::array<Gathered, 4> sites;
    ErrorMap errors, others;
    std::array<const EvaluationResult *, 4> alone {};
    const auto at = [&](Site site) -> Gathered * {
        const auto i = static_cast<std::size_t>(site);
        return i < sites.size() ? &sites[i] : nullptr;
    };
    for (const ArtifactPtr &artifact : artifacts) {
        if (const auto *s = std::get_if<SiteStats>(artifact.get())) {
            const bool wanted =
                s->stage == StatStage::before ? s->variant == "reference" : s->variant == variant;
            if (Gathered *g = at(s->site); g && wanted)
                g->add(*s);
        } else if (const auto *f = std::get_if<SiteFlow>(artifact.get())) {
            if (Gathered *g = at(f->site); g && f->variant == variant)
                g->add(*f);
        } else if (const auto *l = std::get_if<LinearScore>(artifact.get())) {
            if (l->variant != variant)
                continue;
            at(inputSite(l->linear))->output.add(l->outputSqnrDb);
            at(inputSite(l->linear))->weight.add(l->weightSqnrDb);
        } else if (const auto *r = std::get_if<EvaluationResult>(artifact.get())) {
            if (r->variant != variant || r->metric != kSiteMetric)
                continue;
            for (const Site site : kLinearSites)
                if (r->task.ends_with(fmt::format("-{}", name(site))))
                    alone[static_cast<std::size_t>(site)] = r;
        } else if (const auto *d = std::get_if<LayerDone>(artifact.get())) {
            if (d->variant == variant)
                errors[d->layer] = { d->relativeError, d->firstTokenError };
            else if (d->variant == baseline)
                others[d->layer] = { d->relativeError, d->firstTokenError };
        }
    }
    Explanation out;
    out.variant = variant;
    out.baseline = others.empty() ? std::string() : baseline;
    out.errors = column(errors, &std::pair<double, double>::first);
    out.firstTokenErrors = column(errors, &std::pair<double, double>::second);
    out.baselineErrors = column(others, &std::pair<double, double>::first);
    out.againstBaseline = firstWrongAgainst(out.errors, out.baselineErrors);
    out.jump = firstJump(out.errors);
    for (const Site site : kLinearSites) {
        const auto i = static_cast<std::size_t>(site);
        out.sites[i] = sites[i].finish(site);
        out.sites[i].aloneKld = alone[i] ? alone[i]->value : kNaN;
        out.sites[i].aloneKldError = alone[i] ? alone[i]->standardError : kNaN;
    }
    return out;
}

Json toJson(const Explanation &e)
{
    Json sites = Json::object();
    for (const SiteExplanation &s : e.sites) {
        Json one = Json::object();
        for (const Quantity &q : kQuantities)
            one[q.key] = numberOrNull(s.*q.value);
        if (std::isfinite(s.maxCondition))
            one["max_condition_layer"] = toString(s.maxConditionLayer);
        sites[std::string(name(s.site))] = std::move(one);
    }
    return { { "variant", e.variant },
             { "baseline", e.baseline.empty() ? Json(nullptr) : Json(e.baseline) },
             { "relative_error", e.errors },
             { "first_token_error", e.firstTokenErrors },
             { "first_wrong_layer", toJson(e.againstBaseline) },
             { "first_jump", toJson(e.jump) },
             { "thresholds",
               { { "against_baseline", kWrongAgainstBaseline },
                 { "against_neighbours", kWrongAgainstNeighbours } } },
             { "sites", std::move(sites) } };
}

std::string render(const Explanation &e)
{
    std::string out;
    if (!e.baseline.empty())
        out += e.againstBaseline.found()
            ? fmt::format("first wrong layer: {} ({:.1f} x the error of {}; more than {:.0f} x is "
                          "wrong)\n",
                          e.againstBaseline.layer, e.againstBaseline.factor, e.baseline,
                          kWrongAgainstBaseline)
            : fmt::format("no layer has more than {:.0f} x the error of {}\n",
                          kWrongAgainstBaseline, e.baseline);
    out += e.jump.found()
        ? fmt::format("first jump: layer {} ({:.1f} x the layers before it; more than {:.1f} x is "
                      "a jump)\n",
                      e.jump.layer, e.jump.factor, kWrongAgainstNeighbours)
        : fmt::format("no layer jumps by more than {:.1f} x\n", kWrongAgainstNeighbours);
    out += "relative output error by layer:";
    for (const double error : e.errors)
        out += fmt::format(" {:.3g}", error);
    out += fmt::format("\n\n{:42}", "means over layers");
    for (const SiteExplanation &s : e.sites)
        out += fmt::format(" {:>9}", name(s.site));
    out += "\n";
    for (const Quantity &q : kQuantities) {
        out += fmt::format("{:42}", q.title);
        for (const SiteExplanation &s : e.sites)
            out += std::isfinite(s.*q.value)
                ? fmt::format(" {:9.{}f}", q.scale * (s.*q.value), q.digits)
                : fmt::format(" {:>9}", "-");
        out += "\n";
    }
    return out;
}

std::string render(const SiteFlow &flow)
{
    std::string out = fmt::format(
        "energy flow of {}, {}, {}: row = block{} entering, column = leaving; tenths of the row\n",
        flow.variant, toString(flow.layer), name(flow.site),
        flow.blocksPerGroup > 1 ? fmt::format("s ({} together)", flow.blocksPerGroup) : "");
    for (std::int64_t j = 0; j < flow.groups; ++j) {
        for (std::int64_t i = 0; i < flow.groups; ++i) {
            const double share = flow.energyFlow[static_cast<std::size_t>(j * flow.groups + i)];
            out += share >= 0.995 ? '#'
                : share < 0.01    ? '.'
                               : static_cast<char>('0' + std::min(9, static_cast<int>(share * 10)));
        }
        out += "\n";
    }
    return out;
}

} // namespace batlab
