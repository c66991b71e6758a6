// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessions/session.h"
#include "views/models/workbench_document.h"

namespace batlab::app {

/// A document as a session file keeps it. `base` gives what the window does not touch (uuid,
/// created, notes), `folder` where the file lies: what is named beside it is found again when both
/// have moved (empty: not told).
[[nodiscard]] Session toSession(const views::DocumentSnapshot &document, Session base,
                                const QString &folder = {});
/// The reverse; runs that were active when the file was written count as stopped with their
/// checkpoint kept.
[[nodiscard]] views::DocumentSnapshot fromSession(const Session &session);
/// Folders of the document's runs, for SaveOptions::partFolders.
[[nodiscard]] std::vector<std::filesystem::path>
partFolders(const views::DocumentSnapshot &document);

} // namespace batlab::app
