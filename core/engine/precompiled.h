// SPDX-License-Identifier: Apache-2.0
// What nearly every source of the engine includes: compiled once (half of the engine's compile
// time was these headers). Sources still include what they use.
#pragma once

#include <ATen/ATen.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>
