// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

/// QVERIFY for a Result: shows its error message.
#define VERIFY_OK(result)                                                                          \
    QVERIFY2((result).ok(), (result).ok() ? "" : (result).error().message().c_str())
/// The Result is an Error of this code; shows what it is instead.
#define VERIFY_FAILS(result, wanted)                                                               \
    QVERIFY2(!(result).ok(), "an error was expected");                                             \
    QVERIFY2((result).error().code == (wanted), (result).error().message().c_str())
