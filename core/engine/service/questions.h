// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/job/job.h"
#include "core/recipe/recipe.h"

#include <functional>
#include <memory>
#include <string>

namespace batlab {

/// Interactive questions about layers and numbers of a model, answered beside a running job:
///   "what-if"     {spec with one variant, workspace, layer, tokens}: scores of a recipe on a layer
///   "cost"        {spec}: what each variant adds online, beside well-known transforms
///   "block"       {spec, workspace, layer, site, block, token, variants}: 32 numbers of a token
///   "activations" {spec, workspace, layer, site, tokens, variants, reference}: what enters the
///                 quantizer
/// variants: [{"id", "part", "entry"}], the content hashes of the variant's LayerDone of that layer
/// and of layer 0. A variant whose part is missing is left out of the answer. Layers see the
/// full-precision stream: errors of earlier layers are left out. Model, tokens, streams and the
/// newest layers stay cached.
class Questions
{
public:
    using OpenStore =
        std::function<Result<std::shared_ptr<CheckpointStore>>(const std::string &workspace)>;
    Questions(OpenStore stores, const PresetLibrary &presets, int threads);
    ~Questions();

    /// Whether `ask` is one of them.
    [[nodiscard]] static bool knows(std::string_view ask);
    /// One at a time; throws Exception{cancelled} when a newer question of its stream is known.
    [[nodiscard]] Json answer(const Json &question);
    /// Engine::supersede().
    void supersede(const Json &newer);

private:
    class Private;
    std::unique_ptr<Private> m_p;
};

} // namespace batlab
