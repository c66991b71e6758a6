// SPDX-License-Identifier: Apache-2.0
#include "core/job/engine_messages.h"

#include "core/artifact/fields.h"

#include <fmt/format.h>

namespace batlab {

namespace {
Json toJson(const ProgressSnapshot &p)
{
    return { { "stage", p.stage },
             { "done", p.done },
             { "total", p.total },
             { "sub_done", p.subDone },
             { "sub_total", p.subTotal },
             { "per_second", p.perSecond },
             { "elapsed", p.elapsedSeconds },
             { "eta", p.etaSeconds },
             { "loss", p.loss } };
}

std::uint64_t unsignedOf(const Json &value, const char *key, fields::Reader &reader)
{
    const auto it = value.find(key);
    if (it == value.end() || !it->is_number_unsigned()) {
        reader.fail("expected a number that is not negative", key);
        return 0;
    }
    return it->get<std::uint64_t>();
}

struct ToJson
{
    Json operator()(const JobStateChanged &e) const
    {
        Json out { { "event", "state" }, { "job", e.job }, { "state", name(e.state) } };
        if (e.state == JobState::failed || e.state == JobState::cancelled)
            out["error"] = batlab::toJson(e.error);
        return out;
    }
    Json operator()(const JobProgress &e) const
    {
        return { { "event", "progress" }, { "job", e.job }, { "progress", toJson(e.progress) } };
    }
    Json operator()(const JobLog &e) const
    {
        return { { "event", "log" },
                 { "job", e.job },
                 { "level", name(e.level) },
                 { "text", e.text },
                 { "time", e.unixTime } };
    }
    Json operator()(const JobArtifact &e) const
    {
        return { { "event", "artifact" },
                 { "job", e.job },
                 { "artifact", batlab::toJson(*e.artifact) } };
    }
    Json operator()(const EngineStopped &e) const
    {
        return { { "event", "stopped" }, { "job", 0U }, { "error", batlab::toJson(e.error) } };
    }
    Json operator()(const EngineSilent &e) const
    {
        return { { "event", "silent" }, { "job", 0U }, { "seconds", e.seconds } };
    }
};
} // namespace

Json toJson(const Error &error)
{
    return { { "code", name(error.code) },
             { "what", error.what },
             { "where", error.where },
             { "hint", error.hint } };
}

Error errorFromJson(const Json &value)
{
    const auto text = [&](const char *key) {
        const auto it = value.find(key);
        return it != value.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    if (!value.is_object())
        return { ErrorCode::internal, "the engine failed without saying why", {}, {} };
    return { errorCodeFromName(text("code")), text("what"), text("where"), text("hint") };
}

Json toJson(const EngineEvent &event) { return std::visit(ToJson {}, event); }

Result<EngineEvent> eventFromJson(const Json &value)
{
    if (!value.is_object())
        return Error { ErrorCode::badInput, "expected an event", "engine message", {} };
    fields::Reader reader(value, "engine message");
    std::string kind;
    reader.value("event", kind);
    const JobId job = unsignedOf(value, "job", reader);
    const auto error = [&] {
        return value.contains("error") ? errorFromJson(value["error"]) : Error {};
    };
    EngineEvent event;
    if (kind == "state") {
        JobState state {};
        reader.named("state", state, {}, &jobStateFromName);
        event = JobStateChanged { job, state, error() };
    } else if (kind == "progress") {
        Json inner;
        reader.value("progress", inner);
        if (!inner.is_object())
            return Error {
                ErrorCode::badInput, "expected a progress report", "engine message", {}
            };
        ProgressSnapshot p;
        fields::Reader in(inner, "progress");
        in.value("stage", p.stage);
        p.done = unsignedOf(inner, "done", in);
        p.total = unsignedOf(inner, "total", in);
        p.subDone = unsignedOf(inner, "sub_done", in);
        p.subTotal = unsignedOf(inner, "sub_total", in);
        in.value("per_second", p.perSecond);
        in.value("elapsed", p.elapsedSeconds);
        in.value("eta", p.etaSeconds);
        in.value("loss", p.loss);
        if (in.error())
            return *in.error();
        event = JobProgress { job, std::move(p) };
    } else if (kind == "log") {
        JobLog log { job, LogLevel::info, {}, 0 };
        reader.named("level", log.level, {}, &logLevelFromName);
        reader.value("text", log.text);
        reader.value("time", log.unixTime);
        event = std::move(log);
    } else if (kind == "artifact") {
        Json inner;
        reader.value("artifact", inner);
        Result<Artifact> artifact = artifactFromJson(inner);
        if (!artifact)
            return artifact.error();
        event = JobArtifact { job, std::make_shared<const Artifact>(*std::move(artifact)) };
    } else if (kind == "stopped") {
        event = EngineStopped { error() };
    } else {
        reader.fail(fmt::format("unknown event '{}'", kind.substr(0, 40)), "event");
    }
    if (reader.error())
        return *reader.error();
    return event;
}

std::pair<int, int> protocolOf(const Json &value)
{
    const auto it = value.is_object() ? value.find("protocol") : value.end();
    if (!value.is_object() || it == value.end() || !it->is_array() || it->size() != 2
        || !(*it)[0].is_number_integer() || !(*it)[1].is_number_integer())
        return { 0, 0 };
    return { (*it)[0].get<int>(), (*it)[1].get<int>() };
}

Error protocolMismatch(std::string_view side, std::pair<int, int> theirs)
{
    return { ErrorCode::unsupported,
             fmt::format("the {} speaks version {}.{} of the protocol, this side version {}.{}",
                         side, theirs.first, theirs.second, kEngineProtocolMajor,
                         kEngineProtocolMinor),
             "engine", "Install the same version of Batlab on both sides." };
}

} // namespace batlab
