// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/session_run.h"
#include "core/engine/service/open_model.h"
#include "core/engine/service/question_answers.h"
#include "core/spec/embedded.h"
#include "core/spec/format_names.h"
#include "core/spec/parameter.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

std::string shortValue(const Json &value)
{
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// "fold(balanced, alpha 0.25) > transform(gpk 8x4) > round(gptq)": the stages of all passes.
std::string outline(const Recipe &recipe)
{
    std::string out;
    for (const Pass &pass : recipe.passes)
        for (const Stage &stage : pass.stages) {
            std::string kind;
            for (const char *main : { "kind", "diagonal", "residual" })
                if (const auto it = stage.parameters.find(main);
                    kind.empty() && it != stage.parameters.end())
                    kind = it->get<std::string>();
            out += (out.empty() ? "" : " > ") + stage.kind + (kind.empty() ? "" : "(" + kind + ")");
        }
    return out.empty() ? "nothing" : out;
}

void presets(const Common &common)
{
    const PresetLibrary library = presetLibrary();
    Json list = Json::array();
    for (const std::string &id : library.ids()) {
        Json entry { { "id", id }, { "budgets", Json::object() } };
        for (const char *budget : { "desk", "paper" }) {
            const auto recipe = library.find(id, budget);
            if (!recipe)
                continue;
            entry["budgets"][budget] = recipe->toJson();
            entry["calibration"][budget] = library.calibrationText(id, budget);
            if (std::string_view(budget) == "paper" && entry.contains("title"))
                continue;
            entry["title"] = recipe->title;
            entry["family"] = recipe->family;
            entry["description"] = recipe->description;
            printLine(common,
                      fmt::format("{:<12} {}\n{:<12} {}\n{:<12} {}, {} ties", id, recipe->title, "",
                                  outline(*recipe), "", recipe->settings.scaleRule,
                                  recipe->settings.ties));
            if (!recipe->description.empty())
                printLine(common, fmt::format("{:<12} {}", "", recipe->description));
        }
        list.push_back(std::move(entry));
    }
    printJson(common, { { "presets", list } });
}

void methods(const Common &common)
{
    Json stages = Json::object();
    printLine(common, "A method is a list of stages (recipe); presets name the useful ones.");
    for (const std::string &kind : stageKinds()) {
        printLine(common, "\n" + kind);
        stages[kind] = Json::array();
        for (const Parameter &p : stageParameters(kind)) {
            stages[kind].push_back(toJson(p));
            std::string range;
            for (const std::string &choice : p.choices)
                range += (range.empty() ? "" : " | ") + choice;
            if (p.minimum && p.maximum)
                range = fmt::format("{} .. {}", *p.minimum, *p.maximum);
            printLine(common,
                      fmt::format("  {:<32} {} [{}]{}", p.path, p.title, shortValue(p.defaultValue),
                                  range.empty() ? "" : "  " + range));
        }
    }
    Json rules = Json::object();
    printLine(common, "\nformats and the scale rules defined for them");
    for (const std::string &format : formatNames()) {
        std::string line;
        rules[format] = Json::array();
        for (const std::string &rule : scaleRuleNames())
            if (kernels::isDefined(*formatFromName(format), *scaleRuleFromName(rule))) {
                rules[format].push_back(rule);
                line += " " + rule;
            }
        printLine(common, fmt::format("  {:<12}{}", format, line));
    }
    printJson(common,
              { { "stages", stages },
                { "order", stageKinds() },
                { "formats", rules },
                { "ties", tiesNames() } });
}

/// What a method costs on a model, by site: online and fused into the weights.
Json printCost(const Common &common, const std::string &id, const std::string &model)
{
    const RunSpec spec =
        runSpecFromJson({ { "model", model }, { "variants", { id } } }, presetLibrary(), "methods")
            .orThrow();
    const auto source = openSource(spec.model).orThrow();
    Json cost = variantCost(spec, spec.variants.front(), source->config());
    printLine(common,
              fmt::format("\non {}, W {}, A {}, KV {}:\n{:<10} {:>16} {:>16} {:>16}", model,
                          spec.protocol.weightFormat, spec.protocol.activationFormat,
                          spec.protocol.kvFormat, "", "online values", "FLOP a token",
                          "fused values"));
    const auto line = [&](const std::string &what, std::int64_t values, double flop,
                          std::int64_t folded) {
        printLine(common,
                  fmt::format("{:<10} {:>16} {:>16.0f} {:>16}", what, values, flop, folded));
    };
    for (const auto &[site, c] : cost.at("sites").items())
        line(site + ", a layer", c.at("parameters"), c.at("flopPerToken"),
             c.at("foldedParameters"));
    line("V's heads", 0, 0, cost.at("folded").at("values"));
    line("stream", 0, 0, cost.at("folded").at("residual"));
    const auto epilogue = cost.at("onlineEpilogue").get<std::int64_t>();
    printLine(common, // biases, gains and both sides of branches, of what "in all" counts
              fmt::format("{:<10} {:>16}", "epilogue", epilogue));
    line("in all", cost.at("onlineParameters"), cost.at("onlineFlopPerToken"),
         cost.at("foldedParameters"));
    return cost;
}

/// A method's page: what comes before "## Cost" (all of it with `whole`), and where the rest is.
void methodPage(const Common &common, const std::string &text, bool whole, const std::string &model)
{
    const PresetLibrary library = presetLibrary();
    const Recipe recipe = library.find(presetId(text)).orThrow();
    const std::string path = "help/methods/" + recipe.id + ".md";
    const std::string page(embeddedText(path));
    Json document { { "id", recipe.id },
                    { "recipe", recipe.toJson() },
                    { "page", page },
                    { "path", page.empty() ? Json(nullptr) : Json("resources/" + path) } };
    if (!model.empty())
        document["cost"] = printCost(common, recipe.id, model);
    printJson(common, document);
    if (!model.empty())
        return;
    if (page.empty()) { // one of the user's own
        printLine(common,
                  fmt::format("{}\n{}\n{}", recipe.title, outline(recipe), recipe.description));
        return;
    }
    const std::string head = whole ? page : page.substr(0, page.find("\n## Cost"));
    printLine(common, head);
    printLine(common, fmt::format("\nrecipe: {}", outline(recipe)));
    if (!whole)
        printLine(
            common,
            fmt::format("cost, sources, what was verified, our decisions: `batlab-cli methods "
                        "{} --full`, or resources/{}",
                        recipe.id, path));
}

void man(const Common &common, const CLI::App &app)
{
    Json verbs = Json::array();
    const auto describe = [&](const CLI::App &verb, const std::string &path,
                              const auto &self) -> void {
        std::string usage = "batlab-cli" + (path.empty() ? std::string() : " " + path);
        std::string lines;
        Json options = Json::array();
        for (const CLI::Option *option : verb.get_options()) {
            if (option->get_name() == "--help" || option->get_name() == "-h,--help")
                continue;
            const std::string name = option->get_name(false, true);
            if (option->get_positional())
                usage += option->get_required() ? " " + name : " [" + name + "]";
            lines += fmt::format("    {:<26} {}{}\n", name, option->get_description(),
                                 option->get_required() ? " (required)" : "");
            options.push_back({ { "name", name },
                                { "description", option->get_description() },
                                { "required", option->get_required() } });
        }
        verbs.push_back({ { "verb", path },
                          { "description", verb.get_description() },
                          { "options", options } });
        printLine(common,
                  fmt::format("{} [options]\n    {}\n{}", usage, verb.get_description(), lines));
        for (const CLI::App *sub : verb.get_subcommands([](const CLI::App *) { return true; }))
            self(*sub, (path.empty() ? "" : path + " ") + sub->get_name(), self);
    };
    describe(app, "", describe);
    const Json statuses { { "0", "done" },
                          { "1", "a verification failed" },
                          { "2", "usage" },
                          { "3", "bad input" },
                          { "4", "out of memory, disk or device" },
                          { "5", "the GPU has failed for good: start anew, checkpoint kept" },
                          { "130", "cancelled, checkpoint kept" } };
    printLine(common, "Exit status");
    for (const auto &[code, meaning] : statuses.items())
        printLine(common, fmt::format("    {:<4} {}", code, meaning.get<std::string>()));
    printJson(common, { { "verbs", verbs }, { "exit_status", statuses } });
}

} // namespace

void addMethods(CLI::App &app, Common &common)
{
    auto id = std::make_shared<std::string>();
    auto whole = std::make_shared<bool>(false);
    CLI::App *verb = app.add_subcommand(
        "methods", "Stages, their parameters, formats and scale rules; or one method's page");
    verb->add_option("ID", *id, "Preset whose page is printed");
    verb->add_flag("--full", *whole, "The whole page");
    auto model = std::make_shared<std::string>();
    verb->add_option("--model", *model,
                     "What the method costs on this model instead: online and fused, by site");
    verb->callback([&common, id, whole, model] {
        if (id->empty())
            methods(common);
        else
            methodPage(common, *id, *whole, *model);
    });
}

void addPresets(CLI::App &app, Common &common)
{
    app.add_subcommand("presets", "The methods that can be named: recipe, family, budgets")
        ->callback([&common] { presets(common); });
}

void addMan(CLI::App &app, Common &common)
{
    app.add_subcommand("man", "This program's verbs and options")->callback([&common, &app] {
        man(common, app);
    });
}

} // namespace batlab::cli
