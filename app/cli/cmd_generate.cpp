// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/foreground.h"
#include "app/cli/variant_ref.h"
#include "core/engine/eval/generate.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace batlab::cli {

namespace {

struct Options
{
    std::string model, prompt, dtype = "bf16";
    std::int64_t count = 64, topK = 0;
    double temperature = 0, topP = 1;
    bool chat = false;
};

void generateText(Common &common, const Options &options)
{
    const device::Device device = common.prepareDevice();
    const nn::Compute compute = computeFromName(options.dtype).orThrow();
    const VariantRef ref = openVariant(options.model).orThrow();
    const Tokenizer &tokenizer = ref.needTokenizer();
    std::string text = options.prompt;
    if (options.chat)
        text = renderChat(tokenizer, { { "user", options.prompt } }, true).orThrow();
    EncodeOptions encode;
    encode.addSpecial = !options.chat;
    std::vector<TokenId> prompt = tokenizer.encode(text, encode).orThrow();
    if (prompt.empty())
        prompt.push_back(tokenizer.documentStart());

    Common quiet = common;
    if (quiet.progress == "auto")
        quiet.progress = "none"; // the text itself shows the progress
    ForegroundJob job(quiet, *ref.store);
    const auto decoder = std::make_shared<const nn::Decoder>(ref.source, compute, device.place);
    const auto variant = makeVariant(ref, decoder);
    const auto layers = eval::loadLayers(*decoder, *variant, job.context());
    eval::GenerateOptions generate;
    generate.sampling = { options.temperature, options.topP, options.topK, common.seedOr(0) };
    generate.newTokens = options.count;
    for (const std::int64_t id : ref.source->config().endTokens)
        generate.stopTokens.push_back(static_cast<TokenId>(id));
    if (const auto eos = tokenizer.eos())
        generate.stopTokens.push_back(*eos);
    if (!common.json) {
        std::fwrite(options.prompt.data(), 1, options.prompt.size(), stdout);
        generate.onToken = [&](std::size_t, std::int32_t id) {
            const std::string piece = tokenizer.decode({ id }, true);
            std::fwrite(piece.data(), 1, piece.size(), stdout);
            std::fflush(stdout);
        };
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto tokens =
        eval::generate(*decoder, layers, { prompt }, generate, job.context()).front();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    printLine(common, "");
    printJson(common,
              { { "prompt_tokens", prompt },
                { "tokens", tokens },
                { "text", tokenizer.decode(tokens, true) },
                { "variant", ref.solved ? ref.solved->id : "reference" },
                { "seconds", seconds },
                { "tokens_per_second", static_cast<double>(tokens.size()) / seconds } });
}

} // namespace

void addGenerate(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand("generate", "Continue a prompt");
    verb->add_option("MODEL", options->model, "A model, or SESSION.h5#variant")->required();
    verb->add_option("--prompt", options->prompt, "The text to continue")->required();
    verb->add_option("-n", options->count, "Most tokens to generate (64)")
        ->check(CLI::Range(1, 1000000));
    verb->add_option("--temperature", options->temperature, "0 takes the likeliest token (default)")
        ->check(CLI::Range(0.0, 100.0));
    verb->add_option("--top-p", options->topP, "Keep the likeliest tokens up to this probability")
        ->check(CLI::Range(1e-6, 1.0));
    verb->add_option("--top-k", options->topK, "Keep the k likeliest tokens; 0: all")
        ->check(CLI::NonNegativeNumber);
    verb->add_option("--dtype", options->dtype, "bf16 (default) or fp32")
        ->check(CLI::IsMember({ "bf16", "fp32" }));
    verb->add_flag("--chat", options->chat, "Wrap the prompt in the model's chat template");
    verb->callback([&common, options] { generateText(common, *options); });
}

} // namespace batlab::cli
