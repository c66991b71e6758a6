// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/foreground.h"
#include "app/cli/variant_ref.h"
#include "core/engine/eval/protocol_text.h"
#include "core/engine/eval/variant_logits.h"
#include "sessions/tensor_file.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

struct Options
{
    std::string model, tokens, text, out, dtype = "fp32";
};

Error badTokens(const std::string &file, std::string what)
{
    return { ErrorCode::badInput, std::move(what), file,
             R"(Write {"tokens": [1, 2, 3]}, or a list of such lists, as `tokenize` prints.)" };
}

std::vector<TokenId> idsFrom(const Json &list, const std::string &file)
{
    std::vector<TokenId> ids;
    for (const Json &id : list) {
        if (!id.is_number_integer() || id.get<std::int64_t>() < 0
            || id.get<std::int64_t>() > 0x7fffffff)
            throw Exception(badTokens(file, "token ids must be integers of 0 or more"));
        ids.push_back(id.get<TokenId>());
    }
    if (ids.empty())
        throw Exception(badTokens(file, "a sequence is empty"));
    return ids;
}

/// {"tokens": [...]}, [...], or a list of lists in either place.
std::vector<std::vector<TokenId>> readSequences(const std::string &file)
{
    const std::string text = eval::readTextFile(file).orThrow();
    Json json = parseJson(text, file).orThrow();
    if (json.is_object()) {
        if (!json.contains("tokens"))
            throw Exception(badTokens(file, "there is no key 'tokens'"));
        Json tokens = json["tokens"];
        json = std::move(tokens);
    }
    if (!json.is_array() || json.empty())
        throw Exception(badTokens(file, "expected a list of token ids"));
    std::vector<std::vector<TokenId>> out;
    if (json.front().is_array()) {
        for (const Json &sequence : json) {
            if (!sequence.is_array())
                throw Exception(badTokens(file, "expected lists of token ids only"));
            out.push_back(idsFrom(sequence, file));
        }
    } else {
        out.push_back(idsFrom(json, file));
    }
    return out;
}

void writeLogits(const Common &common, const Options &options)
{
    const device::Device device = common.prepareDevice();
    const nn::Compute compute = computeFromName(options.dtype).orThrow();
    const VariantRef ref = openVariant(options.model).orThrow();
    std::vector<std::vector<TokenId>> sequences;
    if (!options.tokens.empty())
        sequences = readSequences(options.tokens);
    else
        sequences.push_back(ref.needTokenizer().encode(options.text).orThrow());
    if (sequences.front().empty())
        throw Exception({ ErrorCode::badInput, "the text is empty", "--text", {} });

    ForegroundJob job(common, *ref.store);
    const auto decoder = std::make_shared<const nn::Decoder>(ref.source, compute, device.place);
    const auto variant = makeVariant(ref, decoder);
    const std::int64_t vocab = ref.source->config().vocab;
    TensorFileWriter writer = TensorFileWriter::create(options.out).orThrow();
    Json shapes = Json::array();
    for (std::size_t s = 0; s < sequences.size(); ++s) {
        const std::string group = fmt::format("/{}", s);
        const auto length = static_cast<std::int64_t>(sequences[s].size());
        const std::vector<std::int64_t> ids(sequences[s].begin(), sequences[s].end());
        writer.write(group, "tokens", "i64", { length }, ids.data()).orThrow();
        writer.begin(group, "logits", "f32", { length, vocab }).orThrow();
        eval::variantLogits(*decoder, *variant, sequences[s], job.context(),
                            [&](std::int64_t, std::int64_t rows, const float *values) {
                                writer.append(rows, values).orThrow();
                            });
        shapes.push_back({ { "group", group }, { "tokens", length }, { "vocab", vocab } });
    }
    writer.commit().orThrow();
    printLine(common, fmt::format("{} sequences in {}", sequences.size(), options.out));
    printJson(common,
              { { "out", options.out }, { "sequences", shapes }, { "dtype", options.dtype } });
}

} // namespace

void addLogits(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand("logits", "Logits of token sequences as an HDF5 file");
    verb->add_option("MODEL", options->model, "A model, or SESSION.h5#variant")->required();
    CLI::Option *tokens = verb->add_option("--tokens", options->tokens,
                                           "JSON file with one or more sequences of token ids");
    CLI::Option *text = verb->add_option("--text", options->text, "A text")->excludes(tokens);
    verb->add_option("--out", options->out, "HDF5 file: groups /0 /1 ... with tokens and logits")
        ->required();
    verb->add_option("--dtype", options->dtype, "fp32 (default) or bf16")
        ->check(CLI::IsMember({ "bf16", "fp32" }));
    verb->callback([&common, options, tokens, text] {
        if (tokens->count() + text->count() != 1)
            throw CLI::RequiredError("one of --tokens, --text");
        writeLogits(common, *options);
    });
}

} // namespace batlab::cli
