// SPDX-License-Identifier: GPL-3.0-or-later
// Models: what is in one before anything was run, and those of another machine.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/text.h"
#include "views/plots/theme.h"

#include <QFileInfo>
#include <QInputDialog>
#include <QProcess>

namespace batlab::app {

using views::qs;
using views::ss;

void Shell::registerModelActions()
{
    m_workbench->actions()->add({ QStringLiteral("go.tensors"),
                                  tr("Tensors of the model"),
                                  QStringLiteral("Go"),
                                  QKeySequence(tr("Ctrl+Shift+T")),
                                  tr("Every tensor with its shape, type and size, and whether a "
                                     "run quantizes it"),
                                  [this] { m_window->showTensors(); },
                                  [this] { return !m_workbench->document()->isEmpty(); },
                                  {},
                                  {} });
    m_workbench->actions()->add({ QStringLiteral("help.sample"),
                                  tr("Sample session"),
                                  QStringLiteral("Help"),
                                  {},
                                  tr("RTN and block Hadamard on a few tokens of SmolLM2-135M: "
                                     "filled pages in seconds, offline"),
                                  [this] { m_window->startSample(); },
                                  {},
                                  {},
                                  QStringLiteral("run") });
}

void Shell::lookInto(const QString &model)
{
    m_workbench->engine()->ask(
        { { "ask", "inspect-model" }, { "model", ss(model) } },
        [this, session = m_workbench->store()->uuid()](const Result<Json> &answer) {
            if (!answer) {
                m_window->showProblem(answer.error());
                return;
            }
            // Results, also those to come, stay beside the model they are made with.
            if (m_workbench->store()->uuid() != session || !m_workbench->document()->runs().empty()
                || !m_workbench->document()->artifacts().variants().empty())
                return;
            Result<Artifact> read = artifactFromJson(*answer);
            if (!read || !std::holds_alternative<ModelSummary>(*read)) {
                m_window->showProblem(
                    read ? Error { ErrorCode::badInput, "the engine did not describe the model",
                                   "inspect-model", "use a window and an engine of one version" }
                         : read.error());
                return;
            }
            m_workbench->showModel(std::make_shared<const Artifact>(std::move(*read)));
            m_window->updatePages();
            m_window->showTensors();
        });
}

QString Shell::remoteHost() const { return m_host.isEmpty() ? tr("the engine's machine") : m_host; }

void Shell::askForRemoteModel()
{
    constexpr int kMost = 9;
    QSettings *settings = m_window->settings();
    const QString key = QStringLiteral("remoteModels/") + m_host;
    QStringList known = settings->value(key).toStringList();
    auto *dialog = new QInputDialog(m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Open model on %1").arg(remoteHost()));
    dialog->setLabelText(tr("Folder or GGUF file on %1, or “demo”:").arg(remoteHost()));
    dialog->setComboBoxEditable(true); // typing completes from the list
    dialog->setComboBoxItems(known.isEmpty() ? QStringList { QString() } : known);
    dialog->setOkButtonText(tr("Open"));
    dialog->resize(plots::px(460), dialog->height());
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, settings, key, known](const QString &text) mutable {
                const QString path = text.trimmed();
                if (path.isEmpty())
                    return;
                known.removeAll(path);
                known.prepend(path);
                settings->setValue(key, QStringList(known.mid(0, kMost)));
                m_window->openModel(path);
            });
    dialog->open();
}

QString remoteHostOf(const QString &command)
{
    QStringList words = QProcess::splitCommand(command);
    if (words.isEmpty() || QFileInfo(words.takeFirst()).fileName() != QLatin1String("ssh"))
        return {};
    // Options of ssh that take a word of their own.
    static const QString valued = QStringLiteral("BbcDEeFIiJLlmOopQRSWw");
    while (!words.isEmpty() && words.first().startsWith(QLatin1Char('-'))) {
        const QString option = words.takeFirst();
        if (option.size() == 2 && valued.contains(option.at(1)) && !words.isEmpty())
            words.removeFirst();
    }
    return words.isEmpty() ? QString() : words.first().section(QLatin1Char('@'), -1);
}

} // namespace batlab::app
