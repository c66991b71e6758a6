// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_run.h"
#include "views/models/workbench_document.h"

#include <stdexcept>
#include <vector>

namespace batlab::test {

/// The spec of the window's demo, resolved against the shipped presets.
[[nodiscard]] inline RunSpec demoSpec()
{
    Json variants = Json::array();
    for (const char *id : { "rtn", "gptq", "mr-gptq", "diag-h32", "bat" })
        variants.push_back({ { "preset", id }, { "id", id } });
    const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
    return runSpecFromJson({ { "model", "demo" }, { "variants", variants } }, presets, "test")
        .orThrow();
}

/// A finished run of the demo spec, so that panels find something to ask about.
[[nodiscard]] inline views::RunEntry demoRun()
{
    views::RunEntry run;
    run.id = QStringLiteral("r0001");
    run.title = QStringLiteral("demo");
    run.spec = demoSpec().toJson();
    run.workspace = QStringLiteral("somewhere");
    run.state = JobState::succeeded;
    return run;
}

/// Everything a finished demo job publishes (SYNTHETIC).
[[nodiscard]] inline std::vector<ArtifactPtr> demoArtifacts(int layers = 30)
{
    std::vector<ArtifactPtr> out;
    for (FakeStep &step : fakeRun(demoSpec(), layers))
        out.push_back(std::make_shared<const Artifact>(std::move(step.artifact)));
    return out;
}

} // namespace batlab::test
