// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace batlab {

/// A compiled regular expression with Unicode classes (PCRE2: UTF and UCP on, JIT where there is
/// one). \s means Unicode's White_Space, as in the tokenizers' own engine. Thread-safe.
class SplitPattern
{
public:
    /// Errors: badInput with the position of the mistake.
    [[nodiscard]] static Result<SplitPattern> compile(const std::string &pattern,
                                                      std::string_view where);
    /// Calls visit(begin, end) for each non-empty match in `text` (valid UTF-8), left to right.
    /// Errors: badInput when the pattern backtracks without end.
    [[nodiscard]] Result<void>
    forEachMatch(std::string_view text,
                 const std::function<void(std::size_t, std::size_t)> &visit) const;

private:
    struct Code;
    std::shared_ptr<const Code> m_code;
};

/// The pattern that matches `text` literally.
[[nodiscard]] std::string quotePattern(std::string_view text);

} // namespace batlab
