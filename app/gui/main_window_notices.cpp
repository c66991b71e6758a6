// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says: problems, messages of panels, facts that were asked for.
#include "app/gui/main_window.h"

#include "app/gui/comparison_files.h"
#include "app/gui/shell.h"
#include "views/models/core_text.h"
#include "views/models/run_command.h"
#include "views/models/text.h"
#include "views/models/variant_facts.h"
#include "views/panels/compare_page.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/notice_dialog.h"
#include "views/panels/panel_frame.h"
#include "views/plots/panel_notice.h"

#include <QDockWidget>

namespace batlab::app {

using views::qs;

void MainWindow::showProblem(const Error &error)
{
    if (error.code != ErrorCode::cancelled)
        showFailure(views::coreText(error));
}

void MainWindow::showFailure(const QString &text)
{
    // The banner holds one message; the log keeps all of them.
    m_workbench->say(LogLevel::error, text);
    showBanner(views::Banner::Tone::error, text);
}

void MainWindow::showBanner(views::Banner::Tone tone, const QString &text,
                            const QStringList &buttons, std::function<void(int)> action,
                            const QString &details, std::function<bool()> holds)
{
    // What asks for an answer is put off, not lost; recovery copies are offered again anyway.
    if (!m_banner->isHidden() && !m_message.buttons.isEmpty() && m_offered.isEmpty())
        m_displaced.push_back(std::move(m_message));
    std::erase_if(m_displaced, [&text](const Message &other) { return other.text == text; });
    m_message = { tone, text, buttons, std::move(action), details, std::move(holds) };
    m_offered.clear(); // it waits for this message's end
    m_banner->showMessage(tone, text, buttons, details);
}

void MainWindow::dropMessages()
{
    m_banner->hide();
    m_displaced.clear();
}

void MainWindow::dropSettled()
{
    if (m_banner->isHidden() || !m_message.holds || m_message.holds())
        return;
    m_banner->hide();
    sayNext();
}

void MainWindow::sayMissing(const QString &path, const Error &error)
{
    const QString text = views::coreText(error);
    m_workbench->say(LogLevel::warning, text);
    showBanner(
        views::Banner::Tone::warning, text, { tr("Take it out of the session") },
        [this, path](int) { m_comparison->forget(path); }, {},
        [this, path] {
            const auto &remembered = m_workbench->document()->remembered();
            return remembered.sessions.contains(path) || remembered.imports.contains(path);
        });
}

void MainWindow::takeNotice(const plots::PanelNotice &notice)
{
    if (notice.kind() == plots::PanelNotice::Kind::failure)
        showFailure(notice.text());
    else
        openNotice(QStringLiteral("errorDetails"), notice.title(), tr("What went wrong"),
                   notice.text());
}

views::NoticeDialog *MainWindow::openNotice(const QString &id, const QString &title,
                                            const QString &heading, const QString &text)
{
    for (auto *before : findChildren<views::NoticeDialog *>(id))
        before->close(); // one of a kind, with what was asked for last
    auto *dialog = new views::NoticeDialog(title, heading, text, this);
    dialog->setObjectName(id);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
    return dialog;
}

void MainWindow::showContract()
{
    const views::WorkbenchDocument *document = m_workbench->document();
    const QStringList differences = document->contractDifferences();
    views::NoticeDialog *dialog = openNotice(
        QStringLiteral("contract"), tr("Contract of the variants"),
        differences.isEmpty()
            ? tr("All variants were made and measured the same way.")
            : tr("%n difference(s)", nullptr, static_cast<int>(differences.size())),
        differences.isEmpty() ? document->contract() : differences.join(QLatin1Char('\n')));
    dialog->addButton(tr("Compare specs"), [this] {
        setPage(Compare);
        m_compare->setCurrentPanel(m_compare->specPanel());
    });
}

void MainWindow::showRun(const QString &run)
{
    if (m_jobs->showRun(run)) {
        m_jobsDock->show();
        m_jobsDock->raise();
        return;
    }
    const views::RunEntry *entry = m_workbench->document()->run(run);
    if (!entry)
        return;
    // A run of a session that was opened again: no job of this window.
    QStringList lines;
    const auto line = [&lines](const QString &name, const QString &value) {
        if (!value.isEmpty())
            lines << name + QStringLiteral(": ") + value;
    };
    views::JobRow state;
    state.state = entry->state;
    line(tr("State"), views::JobsModel::stateText(state));
    line(tr("Started"), entry->started);
    line(tr("Finished"), entry->finished);
    line(tr("Note"), views::coreText(entry->note));
    line(tr("Folder"), entry->workspace);
    for (const views::Fact &fact : views::machineFacts(entry->where))
        line(fact.name, fact.value);
    line(tr("Hash of the spec"), entry->specHash);
    const Result<QString> yaml = views::runYaml(entry->spec);
    lines << QString() << (yaml ? *yaml : qs(entry->spec.dump(2)));
    views::NoticeDialog *dialog =
        openNotice(QStringLiteral("runFacts"), tr("Run %1").arg(entry->id), entry->title,
                   lines.join(QLatin1Char('\n')));
    for (const Shell::RunAction &action : m_shell->runActions(run))
        dialog->addButton(action.title, action.act);
}

} // namespace batlab::app
