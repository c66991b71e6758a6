// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/workbench_document.h"

namespace batlab::views {

/// Short name of a session file: "e2" for "/x/e2.batlab.h5"; unlike all of `taken`.
[[nodiscard]] QString guestName(const QString &path, const QStringList &taken);
/// Id of a guest's variant in the window: "e2:bat".
[[nodiscard]] std::string guestVariant(const QString &guest, const std::string &variant);
/// The guest a variant id belongs to; empty for a variant of the window's own session.
[[nodiscard]] QString guestOf(const std::string &variant);
/// The id within its session.
[[nodiscard]] std::string ownVariant(const std::string &variant);
/// The full-precision model of the session a variant belongs to.
[[nodiscard]] std::string referenceOf(const std::string &variant);

/// What another session contributes to a comparison: variants, statistics, evaluations, under ids
/// and titles that name it. Copies; call on a worker.
[[nodiscard]] GuestSession makeGuest(const QString &name, const QString &path,
                                     const DocumentSnapshot &session);

} // namespace batlab::views
