// SPDX-License-Identifier: GPL-3.0-or-later
// Run specs in and out of the form: YAML files and a command line.
#include "views/panels/run_dialog.h"

#include "core/spec/run_spec.h"
#include "views/models/core_text.h"
#include "views/models/parameter_form_model.h"
#include "views/models/run_command.h"
#include "views/models/text.h"
#include "views/panels/ui_kit.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSaveFile>

namespace batlab::views {

namespace {
constexpr qsizetype kNamedPaths = 4; ///< of what the form cannot show
}

void RunDialog::buildFileTools(QHBoxLayout *row)
{
    const auto tool = [&](const QString &icon, const QString &text, auto slot) {
        QToolButton *button = makeTool(icon, text, this);
        connect(button, &QToolButton::clicked, this, slot);
        row->addWidget(button);
    };
    const QString filter = tr("Run specs (*.yaml *.yml)");
    tool(QStringLiteral("open"), tr("Open a run spec (YAML)…"), [this, filter] {
        const QString path = QFileDialog::getOpenFileName(this, tr("Open a run spec"), {}, filter);
        if (!path.isEmpty())
            say(openYaml(path));
    });
    tool(QStringLiteral("save"), tr("Save this run spec (YAML)…"), [this, filter] {
        const QString path = QFileDialog::getSaveFileName(this, tr("Save the run spec"),
                                                          QStringLiteral("run.yaml"), filter);
        if (!path.isEmpty())
            say(saveYaml(path));
    });
    tool(QStringLiteral("copy"), tr("Copy as command"), [this] {
        const Result<QString> command = runCommand(spec(), m_session);
        if (command)
            QApplication::clipboard()->setText(*command);
        say(command ? Result<void>() : Result<void>(command.error()));
    });
}

void RunDialog::say(const Result<void> &done)
{
    if (!done)
        m_state->setText(coreText(done.error()));
    m_state->setToolTip(done ? QString() : m_state->text());
}

Json RunDialog::spec() const
{
    const Json form = m_model->spec();
    return m_exact.is_object() && form == m_shown ? m_exact : form;
}

void RunDialog::loadSpec(const Json &given, const QString &from)
{
    m_exact = m_shown = Json();
    m_hidden.clear();
    m_from = from;
    m_model->loadSpec(given);
    const Result<PresetLibrary> presets = usablePresets();
    if (presets && given.is_object() && given.contains("variants")) {
        const Result<RunSpec> wanted = runSpecFromJson(given, *presets, ss(from)),
                              shown = runSpecFromJson(m_model->spec(), *presets, "run form");
        QStringList paths;
        if (wanted && shown) {
            for (const SpecDifference &d : diff(shown->toJson(), wanted->toJson()))
                paths.append(qs(d.path));
        } else if (wanted) {
            paths.append(QStringLiteral("variants"));
        }
        if (!paths.isEmpty()) {
            m_exact = wanted->toJson();
            m_shown = m_model->spec();
            if (paths.size() > kNamedPaths)
                paths = paths.mid(0, kNamedPaths)
                    << tr("%n more", nullptr, static_cast<int>(paths.size() - kNamedPaths));
            m_hidden = paths.join(QStringLiteral(", "));
        }
    }
    updateState();
}

void RunDialog::showNote()
{
    const bool kept = m_exact.is_object() && m_model->spec() == m_shown;
    if (m_exact.is_object())
        m_note->setText(
            kept ? tr("%1 says more than this form has fields for (%2). It is queued as it "
                      "is; a change here queues the form instead.")
                       .arg(m_from, m_hidden)
                 : tr("Changed here: what only %1 says is left out (%2).").arg(m_from, m_hidden));
    m_note->setVisible(m_exact.is_object());
}

QString RunDialog::note() const { return m_note->isHidden() ? QString() : m_note->text(); }

Result<void> RunDialog::openYaml(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error { ErrorCode::notFound, ss(file.errorString()), ss(path),
                       "choose another file" };
    const Result<PresetLibrary> presets = usablePresets();
    if (!presets)
        return presets.error();
    const QByteArray text = file.readAll();
    const Result<RunSpec> read =
        runSpecFromYaml(std::string_view(text.constData(), static_cast<std::size_t>(text.size())),
                        *presets, ss(path));
    if (!read)
        return read.error();
    loadSpec(read->toJson(), QFileInfo(path).fileName());
    return {};
}

Result<void> RunDialog::saveYaml(const QString &path) const
{
    const Result<QString> text = runYaml(spec());
    if (!text)
        return text.error();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text->toUtf8()) < 0 || !file.commit())
        return Error { ErrorCode::readOnly, ss(file.errorString()), ss(path),
                       "choose another folder" };
    return {};
}

} // namespace batlab::views
