// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <functional>
#include <string>

namespace batlab::views {

/// How a view puts a question to the engine without knowing it. Of one stream only the newest
/// question is kept: older ones, waiting or at work, are given up and may never be answered; a null
/// question only gives them up. `done` runs on the GUI thread.
using AskReply = std::function<void(const Result<Json> &)>;
using Ask = std::function<void(const std::string &stream, Json question, AskReply done)>;

} // namespace batlab::views
