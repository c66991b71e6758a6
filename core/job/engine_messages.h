// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/engine.h"

/// What crosses the pipe between window and engine, as Json (CBOR on the wire).
///   to the engine    {"id": n, "call": "hello" | "submit" | "cancel" | "pause" | "resume" | "ask"
///   | "supersede" | "ping", ...}
///   to the window    {"reply": n, "value": ...} or {"reply": n, "error": {...}}; {"event":
///   "state" | "progress" | "log" | "artifact", ...}
/// The first call is hello with {"protocol": [major, minor]}; a different major version is refused.
namespace batlab {

[[nodiscard]] Json toJson(const Error &error);
[[nodiscard]] Error errorFromJson(const Json &value);
/// EngineStopped and EngineSilent never cross the pipe; they become an "event" for completeness.
[[nodiscard]] Json toJson(const EngineEvent &event);
[[nodiscard]] Result<EngineEvent> eventFromJson(const Json &value);
/// [major, minor] of a message, {0, 0} if it has none.
[[nodiscard]] std::pair<int, int> protocolOf(const Json &value);
[[nodiscard]] Error protocolMismatch(std::string_view side, std::pair<int, int> theirs);

} // namespace batlab
