// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QString>
#include <QStringList>

namespace batlab::app {

/// Names of this machine's NVIDIA GPUs as the driver lists them, one "information" file a GPU;
/// empty without a driver. Needs no engine.
[[nodiscard]] QStringList
gpuNames(const QString &folder = QStringLiteral("/proc/driver/nvidia/gpus"));

/// What the about dialog says, a "name: value" a line, to be copied into a report: versions, build,
/// machine, and what the engine told. `hello` is the engine's, null while there is none; `device`
/// and `resources` are what the status line shows of it; `remote` names its machine if it is
/// another one.
[[nodiscard]] QString aboutText(const Json &hello, const QString &device, const QString &resources,
                                const QString &remote, const QStringList &gpus);

} // namespace batlab::app
