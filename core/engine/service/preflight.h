// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device.h"
#include "core/engine/service/first_layer.h"
#include "core/model/model_config.h"
#include "core/recipe/recipe.h"
#include "core/spec/run_spec.h"

#include <filesystem>

namespace batlab {

/// This machine and this program: {"version", "build", "cpu", "device", "threads", "memoryBytes",
/// "availableBytes", "torch"}. build: version, compiler and the linker's hash of the program.
[[nodiscard]] Json resources();

/// Floating-point operations of the GEMMs of a run (multiply and add count 2).
struct WorkEstimate
{
    double sampling = 0, statistics = 0, calibration = 0, evaluation = 0;
    [[nodiscard]] double total() const { return sampling + statistics + calibration + evaluation; }
};
[[nodiscard]] WorkEstimate estimateWork(const RunSpec &spec, const ModelConfig &config);

/// GEMM speed of a device now, flop/s, from a probe of about 0.1 s (dtype "bf16" or "fp32").
[[nodiscard]] double measureGemm(std::string_view dtype, c10::Device device = c10::DeviceType::CPU);

/// What a run needs and what is here: {"model", "memory": {"needed", "available"}, "disk":
/// {"needed", "available", "folder"}, "device" and for a GPU "deviceMemory", "gemmFlopPerSecond",
/// "flop": {...}, "seconds", "warnings":
/// [...], "errors": [...]}. seconds is a rough estimate: the GEMMs at half of the probed speed. A
/// first layer that does not compute is one of the errors.
[[nodiscard]] Result<Json> preflight(const RunSpec &spec, const std::filesystem::path &workspace,
                                     const std::filesystem::path &dataDir,
                                     FirstLayerCheck &firstLayer,
                                     const std::string &device = "cpu");

/// Answers Engine::ask(): "inspect-model" {model}, "presets", "schema", "preflight" {spec,
/// workspace}, "resources" {workspace}: those of resources(), "deviceMemory" {"free", "total"}
/// (null on the CPU) and "diskFreeBytes" of the workspace.
[[nodiscard]] Result<Json> answer(const Json &question, const PresetLibrary &presets,
                                  const std::filesystem::path &dataDir, int threads,
                                  FirstLayerCheck &firstLayer, const std::string &device = "cpu");

} // namespace batlab
