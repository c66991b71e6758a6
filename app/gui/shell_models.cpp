// SPDX-License-Identifier: GPL-3.0-or-later
// Models: what is in one before anything was run, those that have moved, and those of another
// machine.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/text.h"
#include "views/plots/theme.h"

#include <QFileDialog>
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
    m_workbench->actions()->add({ QStringLiteral("file.locateModel"),
                                  tr("Locate model…"),
                                  QStringLiteral("File"),
                                  {},
                                  tr("Where a model of this session is now; its weights are "
                                     "compared with the session's"),
                                  [this] {
                                      const QStringList missing = missingModels();
                                      if (!missing.isEmpty())
                                          (void)locateModel(missing.first());
                                  },
                                  [this] { return m_modelMissing; },
                                  {},
                                  {} });
    // Not asked for at every refresh of the actions: the disk may be slow.
    connect(m_workbench->document(), &views::WorkbenchDocument::runsChanged, this,
            &Shell::noteMissingModels);
}

void Shell::noteMissingModels()
{
    m_modelMissing = !missingModels().isEmpty();
    m_workbench->actions()->refresh();
}

QStringList Shell::missingModels() const
{
    QStringList missing;
    if (m_remote)
        return missing;
    for (const QString &model : m_workbench->document()->models())
        if (!QFileInfo::exists(model))
            missing.append(model);
    return missing;
}

bool Shell::offerToLocate(const QString &first)
{
    const QStringList missing = missingModels();
    if (missing.isEmpty())
        return false;
    const QString model = missing.first();
    QStringList text;
    if (!first.isEmpty())
        text << first;
    text << tr("The model is not at %1. Results can be looked at; resuming and what-if need it.")
                .arg(model);
    if (missing.size() > 1)
        text << tr("%n more model(s) of this session are missing.", nullptr,
                   static_cast<int>(missing.size()) - 1);
    m_window->showBanner(
        views::Banner::Tone::warning, text.join(QLatin1Char(' ')), { tr("Locate…") },
        [this, model](int) {
            if (!locateModel(model))
                offerToLocate();
        },
        {}, [this, model] { return missingModels().contains(model); });
    return true;
}

bool Shell::locateModel(const QString &before)
{
    const QString to = QFileInfo(before).suffix() == QLatin1String("gguf")
        ? QFileDialog::getOpenFileName(m_window, tr("Locate %1").arg(QFileInfo(before).fileName()),
                                       {}, tr("Models (*.gguf)"))
        : QFileDialog::getExistingDirectory(m_window, tr("Locate %1").arg(before));
    if (!to.isEmpty())
        relink(before, to);
    return !to.isEmpty();
}

void Shell::relink(const QString &before, const QString &after)
{
    const auto refuse = [this](const Error &error) {
        offerToLocate(); // comes back after what is said on top of it
        m_window->showProblem(error);
    };
    m_workbench->engine()->ask(
        { { "ask", "inspect-model" }, { "model", ss(after) } },
        [this, before, after, refuse,
         session = m_workbench->store()->uuid()](const Result<Json> &answer) {
            if (m_workbench->store()->uuid() != session)
                return; // another one has come meanwhile
            if (!answer) {
                refuse(answer.error());
                return;
            }
            const auto text = [&](const char *key) {
                return answer->is_object() && answer->contains(key) && (*answer)[key].is_string()
                    ? (*answer)[key].get<std::string>()
                    : std::string();
            };
            const ModelSummary *known = m_workbench->document()->artifacts().model();
            const bool content =
                known && !known->contentHash.empty() && !text("content_hash").empty();
            const bool same = !known
                || (content ? known->contentHash == text("content_hash")
                            : known->quickHash == text("quick_hash"));
            if (!same) {
                refuse(
                    { ErrorCode::badInput,
                      ss(tr("these are other weights than those of the session: hash %1, not %2")
                             .arg(qs(content ? text("content_hash") : text("quick_hash")).left(12),
                                  qs(content ? known->contentHash : known->quickHash).left(12))),
                      ss(after), ss(tr("choose the folder or file the session was made with")) });
                return;
            }
            // Sessions and engines of earlier versions do not know it.
            if (known && !known->tokenizerHash.empty() && answer->contains("tokenizer_hash")
                && known->tokenizerHash != text("tokenizer_hash")) {
                const QString hash = qs(text("tokenizer_hash")).left(12);
                refuse({ ErrorCode::badInput,
                         ss(hash.isEmpty()
                                ? tr("these are the same weights, but their tokenizer is missing")
                                : tr("these are the same weights with another tokenizer than the "
                                     "session's: hash %1, not %2")
                                      .arg(hash, qs(known->tokenizerHash).left(12))),
                         ss(after),
                         ss(tr("choose the folder or file the session was made with")) });
                return;
            }
            m_workbench->document()->replaceModel(before, after);
            const QString done =
                tr("Same weights: the runs of this session now read %1.").arg(after);
            if (!offerToLocate(done)) // one after the other
                m_window->showBanner(views::Banner::Tone::info, done);
        });
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
