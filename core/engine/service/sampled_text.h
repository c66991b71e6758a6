// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"
#include "core/text/tokenizer.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace batlab {

/// How many sequences of which length, and the seed of their choice.
struct TextWanted
{
    std::int64_t sequences = 0, length = 0;
    std::uint64_t seed = 0;
};

/// Sequences sampled at once: as many as a cache of keys and values of 2 GiB holds (16 GiB on a
/// device), at least one. It follows from the model alone, so that the same spec gives the same
/// text on every machine; element: bytes of a number in the cache.
[[nodiscard]] std::int64_t sequencesAtOnce(const ModelConfig &config, std::int64_t length,
                                           std::uint64_t element, bool onDevice);

/// Memory of sampling: the model's layers and the cache of the sequences that are sampled at once.
[[nodiscard]] std::uint64_t samplingBytes(const ModelConfig &config, std::int64_t sequences,
                                          std::int64_t length, std::uint64_t element,
                                          bool onDevice);

/// Text that the model writes, from documentStart() on (the first token of each sequence). It is
/// kept in the checkpoint store under what decides it (model, counts, seed, sampling, dtype), every
/// group of sequences that is sampled at once as soon as it is done. atOnce: sequences in a group;
/// 0: sequencesAtOnce(). Throws Exception on cancel and on what generate() throws on.
[[nodiscard]] std::vector<std::vector<TokenId>>
sampledText(const RunSpec &spec, const TextWanted &want,
            const std::shared_ptr<const nn::Decoder> &decoder, const Tokenizer &tokenizer,
            JobContext &job, std::int64_t atOnce = 0);

/// Text sampled earlier, whole; empty without it.
[[nodiscard]] std::vector<std::vector<TokenId>>
keptText(const RunSpec &spec, const TextWanted &want, const nn::Decoder &decoder,
         const Tokenizer &tokenizer, JobContext &job);

} // namespace batlab
