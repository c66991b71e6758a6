// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/shell.h"
#include "sessions/session.h"
#include "tests/app/session_steps.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/notes_panel.h"

#include <QPlainTextEdit>

// Work that is in no artifact, and what a recovery copy has of it.
namespace batlab::test {

inline const Json kTried { { "settings.scaleRule", "ceil" } };

inline void typeNote(const WindowFixture &f, const QString &text)
{
    auto *notes = f.window->shell()->notes()->findChild<QPlainTextEdit *>();
    QVERIFY(notes);
    notes->insertPlainText(text);
}

/// A what-if, and a note that is still being typed.
inline void tryAndType(const WindowFixture &f)
{
    views::AblatePage *ablate = f.window->ablatePage();
    ablate->flush();
    QVERIFY(ablate->model()->base());
    ablate->model()->load(kTried, QStringLiteral("ceil"));
    QVERIFY(ablate->model()->changes() == kTried);
    typeNote(f, QStringLiteral("typed"));
}

/// The present copy; Error where there is none.
[[nodiscard]] inline Result<Session> recoveryCopy(const WindowFixture &f)
{
    return load(std::filesystem::path(f.workbench->store()->recoveryPath().toStdString()));
}

/// The what-if that a session keeps; null: it could not be read.
[[nodiscard]] inline Json triedIn(const Result<Session> &session)
{
    return session ? Json::parse(session->viewState)["ablate"]["changes"] : Json();
}

} // namespace batlab::test
