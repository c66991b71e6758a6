// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/service/open_model.h"
#include "core/engine/service/run_job.h"
#include "core/engine/variant/variant.h"

#include <optional>
#include <string>

namespace batlab::cli {

/// What `MODEL|S.h5#variant` names: a model, and a calibrated variant of it when a session is
/// given.
struct VariantRef
{
    std::shared_ptr<const ModelSource> source;
    std::shared_ptr<const Tokenizer> tokenizer; ///< null: see tokenizerError
    Error tokenizerError;
    std::string path; ///< as given
    std::optional<SolvedVariant> solved;
    /// Throws tokenizerError where there is none: ids can be used without.
    [[nodiscard]] const Tokenizer &needTokenizer() const;
    std::shared_ptr<CheckpointStore> store; ///< finds the variant's parts; new parts stay in memory
};

/// Opens it. "S.h5#reference" is the session's model itself. Errors name what is missing (session,
/// variant, unfinished layers, the model file the session was made from, or a model that changed
/// since).
[[nodiscard]] Result<VariantRef> openVariant(const std::string &text);

/// The variant ready to run on a decoder of the same model.
[[nodiscard]] std::unique_ptr<Variant> makeVariant(const VariantRef &ref,
                                                   std::shared_ptr<const nn::Decoder> decoder);

} // namespace batlab::cli
