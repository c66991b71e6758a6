// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/engine/eval/protocol_text.h"
#include "core/model/model_source.h"
#include "core/text/tokenizer.h"

namespace batlab::cli {

namespace {

struct Options
{
    std::string model, text, file;
    bool haveText = false;
};

void tokenize(const Options &options)
{
    // A tokenizer.json is not a model: take the path as it is.
    const auto path = resolveModel(options.model).orThrow();
    const auto tokenizer = Tokenizer::open(path).orThrow();
    std::string text = options.text;
    if (!options.haveText) {
        std::error_code error;
        const bool empty = std::filesystem::is_regular_file(options.file, error)
            && std::filesystem::file_size(options.file, error) == 0;
        text = empty ? std::string() : eval::readTextFile(options.file).orThrow();
    }
    const std::vector<TokenId> ids = tokenizer->encode(text).orThrow();
    Common json;
    json.json = true; // this verb's output is the document
    printJson(json, { { "tokens", ids } });
}

} // namespace

void addTokenize(CLI::App &app, Common &common)
{
    (void)common;
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand(
        "tokenize", "Text to token ids as JSON; specials in the text are recognised, none added");
    verb->add_option("MODEL", options->model, "A model, or a tokenizer.json")->required();
    CLI::Option *text = verb->add_option("--text", options->text, "The text");
    CLI::Option *file =
        verb->add_option("--file", options->file, "A UTF-8 text file")->excludes(text);
    verb->callback([options, text, file] {
        if (text->count() + file->count() != 1)
            throw CLI::RequiredError("one of --text, --file");
        options->haveText = text->count() == 1;
        tokenize(*options);
    });
}

} // namespace batlab::cli
