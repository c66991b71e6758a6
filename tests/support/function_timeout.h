// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QtGlobal>

namespace batlab::test {

/// How long Qt Test lets a function of this program run, five minutes without it. For initMain(); a
/// time that the environment sets stays.
inline void setFunctionTimeout(int milliseconds)
{
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", QByteArray::number(milliseconds));
}

} // namespace batlab::test
