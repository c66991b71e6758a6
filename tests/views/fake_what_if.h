// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_answers.h"
#include "tests/support/fake_document.h"
#include "views/models/ask.h"
#include "views/models/workbench_document.h"

#include <deque>

namespace batlab::test {

/// An engine's door that answers when the test says so, with the newest question of each stream
/// alone, as the window's does.
struct FakeAsk
{
    struct Waiting
    {
        std::string stream;
        Json question;
        views::AskReply done;
    };
    std::deque<Waiting> waiting;
    int asked = 0;
    bool atOnce = false;
    std::optional<Error> error;

    [[nodiscard]] views::Ask ask()
    {
        return [this](const std::string &stream, Json question, views::AskReply done) {
            std::erase_if(waiting, [&](const Waiting &w) { return w.stream == stream; });
            if (question.is_null())
                return;
            ++asked;
            waiting.push_back({ stream, std::move(question), std::move(done) });
            if (atOnce)
                answer();
        };
    }
    [[nodiscard]] int waitingOn(const std::string &stream) const
    {
        return static_cast<int>(std::count_if(
            waiting.begin(), waiting.end(), [&](const Waiting &w) { return w.stream == stream; }));
    }
    /// Answers everything that waits.
    void answer()
    {
        while (!waiting.empty()) {
            const Waiting next = std::move(waiting.front());
            waiting.pop_front();
            if (error)
                next.done(*error);
            else if (next.question["ask"] == "cost")
                next.done(fakeCost(next.question, presets));
            else if (next.question["ask"] == "preflight")
                next.done(Result<Json>(preflight));
            else
                next.done(fakeWhatIf(next.question, presets));
        }
    }
    Json preflight = Json::object(); ///< nothing stands against a run
    PresetLibrary presets = PresetLibrary::builtIn().orThrow();
};

/// A document with the finished demo run in it.
inline void fillDocument(views::WorkbenchDocument &document, int layers = 6)
{
    document.addArtifacts(demoArtifacts(layers));
    document.putRun(demoRun());
}

} // namespace batlab::test
