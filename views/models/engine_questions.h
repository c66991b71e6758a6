// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/stats/block_roundings.h"
#include "views/models/selection_context.h"
#include "views/models/workbench_document.h"

#include <map>
#include <string>
#include <vector>

namespace batlab::views {

/// One block (32 numbers, fewer at the end of a site) and what the quantizer makes of them.
struct BlockNumbers
{
    std::string id; ///< variant; empty: the numbers as the model gives them
    std::vector<float> values, dequantized;
    bool hasCodes = true; ///< false where the site is not quantized in blocks: no codes, no scale
    std::vector<std::uint8_t> codes; ///< E2M1, sign in bit 3
    double scale = 0;
    int scaleByte = 0; ///< E8M0
    double clipShare = 0, maxError = 0, sqnrDb = 0; ///< 200 dB: exact
    [[nodiscard]] int toZero() const; ///< how many nonzero values became 0
};

/// The same block under every method (question "block").
struct BlockAnswer
{
    int block = 0, firstChannel = 0, lastChannel = 31, token = 0;
    std::string piece;
    BlockNumbers reference;
    std::vector<BlockNumbers> variants;
    [[nodiscard]] const BlockNumbers *find(const std::string &variant) const;
};
[[nodiscard]] Result<BlockAnswer> blockAnswerFromJson(const Json &value);

/// What enters the quantizer of a site, before clipping (question "activations").
struct ActivationAnswer
{
    int tokens = 0, channels = 0;
    std::vector<std::string> pieces;
    std::vector<float> reference; ///< [tokens, channels]; empty: not asked for
    std::map<std::string, std::vector<float>> variants;
};
[[nodiscard]] Result<ActivationAnswer> activationAnswerFromJson(const Json &value);

/// Content hash of a variant's finished layer, as the engine's store knows it; empty while it is
/// not done.
[[nodiscard]] std::string partOf(const ArtifactIndex &index, const std::string &variant, int layer);

/// How a variant rounds the numbers of a site; of the reference: as the first method would. K and V
/// in a cache of 16 bit, and R: as activations would be.
[[nodiscard]] kernels::QuantSpec siteQuantizer(const ArtifactIndex &index,
                                               const std::string &variant, Site site);

/// A run that can answer for a layer, with the parts of those of its variants that have this layer.
struct RunParts
{
    const RunEntry *run = nullptr;
    Json variants = Json::array(); ///< [{"id", "part", "entry"}]
};
/// Runs with a frozen spec, newest first; a variant's id goes to the newest run that has it. Runs
/// without one are left out, except the newest: it still knows the model.
[[nodiscard]] std::vector<RunParts> runParts(const WorkbenchDocument &document, int layer);

[[nodiscard]] Json blockQuestion(const RunParts &parts, const Selection &at);
/// `variant` empty or the reference: only the model's own numbers.
[[nodiscard]] Json activationsQuestion(const RunParts &parts, const Selection &at, int tokens,
                                       const std::string &variant);

} // namespace batlab::views
