// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/spec/run_spec.h"

#include <array>
#include <vector>

/// SYNTHETIC: a session of the size that a model of 8 billion parameters gives. 36 layers with 252
/// linears, hidden 4096, intermediate 14336, 512 sample tokens; the reference and four variants.
/// Its numbers mean nothing.
namespace batlab::test {

inline constexpr int kBigLayers = 36, kBigTokens = 512;
inline constexpr std::int64_t kBigHidden = 4096, kBigIntermediate = 14336;
/// Blocks of 32 channels at T1, T2, T3 and T4.
inline constexpr std::array<int, 4> kBigBlocks { 128, 128, 128, 448 };

/// What the variants are made by: rtn, mr-gptq, diag-h32 and bat.
[[nodiscard]] RunSpec bigSpec();
/// Everything a finished run of bigSpec() publishes, variant by variant, about 400 MB: three
/// quarters are energies of tokens. The same every time.
[[nodiscard]] std::vector<ArtifactPtr> bigArtifacts();

} // namespace batlab::test
