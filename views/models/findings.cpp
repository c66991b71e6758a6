// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/findings.h"

#include "views/models/artifact_index.h"
#include "views/models/finding_measures.h"
#include "views/models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <limits>
#include <map>

namespace batlab::views {

namespace {

constexpr std::size_t kShownPerVariant = 3;
constexpr double kNever = std::numeric_limits<double>::infinity();

} // namespace

const std::vector<FindingRule> &findingRules()
{
    // What is measured, told above, serious above.
    static const std::vector<FindingRule> rules {
        { "energy-share", &measure::energyShare, 0.30, 0.60, Severity::warning },
        { "peak-over-median", &measure::peakOverMedianEnergy, 20, 200, Severity::warning },
        { "clip-share", &measure::clipShare, 0.01, 0.05, Severity::warning },
        { "bimodal-after", &measure::bimodalAfter, 0.25, kNever, Severity::note },
        { "condition", &measure::condition, 100, 1e4, Severity::warning },
        { "energy-moved", &measure::energyMoved, 0.25, kNever, Severity::note },
        { "layer-dip", &measure::layerDip, 3, 6, Severity::warning },
        { "layer-error", &measure::layerError, 0.5, 1, Severity::warning },
        { "worse-than-rtn", &measure::worseThanRtn, 0.1, 1, Severity::warning },
        { "perplexity-above-rtn", &measure::perplexityAboveRtn, 0.01, 0.1, Severity::warning },
        { "variant-failed", &measure::variantFailed, 0, 0, Severity::serious },
    };
    return rules;
}

std::vector<Finding> findFindings(const ArtifactIndex &index,
                                  const std::function<bool(const FindingPlace &)> &shown)
{
    std::vector<Finding> out;
    for (const FindingRule &rule : findingRules()) {
        std::map<std::string, std::vector<Measured>> byVariant;
        for (Measured &m : rule.measure(index))
            if (m.value > rule.warning && (!shown || shown(m.at)))
                byVariant[m.at.variant].push_back(std::move(m));
        for (auto &[variant, found] : byVariant) {
            std::stable_sort(found.begin(), found.end(), [](const Measured &a, const Measured &b) {
                return a.value > b.value;
            });
            const std::size_t most = std::min(found.size(), kShownPerVariant);
            for (std::size_t i = 0; i < most; ++i) {
                Finding f;
                f.rule = rule.id;
                f.severity = found[i].value > rule.serious ? Severity::serious : rule.least;
                f.at = found[i].at;
                f.value = found[i].value;
                f.text = found[i].text;
                const int rest = static_cast<int>(found.size() - most);
                if (i + 1 == most && rest > 0) // lupdate sees no text before a cast
                    f.text += QCoreApplication::translate("batlab::views", ", and %n more like it",
                                                          nullptr, rest);
                out.push_back(std::move(f));
            }
        }
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Finding &a, const Finding &b) { return a.severity > b.severity; });
    return out;
}

} // namespace batlab::views
