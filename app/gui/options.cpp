// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace batlab::app {

Options parseOptions(const QStringList &arguments)
{
    const auto tr = [](const char *text) {
        return QCoreApplication::translate("batlab::app", text);
    };
    QCommandLineParser parser;
    parser.setApplicationDescription(tr("Workbench for MXFP4 post-training quantization"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("files"),
        tr("Sessions (NAME.batlab.h5), models, run specs (YAML), results of lm-eval or batlab:// "
           "links; each further session or model gets a window of its own"),
        QStringLiteral("[files...]"));
    const QCommandLineOption demo(QStringLiteral("demo"), tr("Start the demo job on SmolLM2-135M"));
    const QCommandLineOption engine(
        QStringLiteral("engine"),
        tr("Command that starts the engine, e.g. \"ssh host batlab-cli serve\""),
        QStringLiteral("command"));
    const QCommandLineOption fresh(QStringLiteral("fresh"),
                                   tr("Start with default settings; remember nothing"));
    const QCommandLineOption settings(QStringLiteral("settings"), tr("Keep settings in this file"),
                                      QStringLiteral("file"));
    const QCommandLineOption theme(QStringLiteral("theme"),
                                   tr("system, light, dark or high-contrast"),
                                   QStringLiteral("name"));
    const QCommandLineOption shots(QStringLiteral("screenshot"),
                                   tr("Write pictures of every page to this folder and leave"),
                                   QStringLiteral("folder"));
    const QCommandLineOption self(QStringLiteral("self-test"),
                                  tr("Open a window, save and reopen a session, and leave"));
    const QCommandLineOption data(QStringLiteral("data-folder"),
                                  tr("Keep work and recovery files in this folder"),
                                  QStringLiteral("folder"));
    const QCommandLineOption select(QStringLiteral("select"),
                                    tr("Show this place: layer/site/block, for example 20/T4/17"),
                                    QStringLiteral("place"));
    const QCommandLineOption language(
        QStringLiteral("language"), tr("Language of the window: en or de"), QStringLiteral("code"));
    parser.addOptions(
        { select, language, demo, engine, fresh, settings, theme, shots, self, data });
    parser.process(arguments);
    Options o;
    o.files = parser.positionalArguments();
    o.demo = parser.isSet(demo);
    o.engine = parser.value(engine);
    o.fresh = parser.isSet(fresh);
    o.settingsFile = parser.value(settings);
    o.select = parser.value(select);
    o.language = parser.value(language);
    o.theme = parser.value(theme);
    o.screenshots = parser.value(shots);
    o.selfTest = parser.isSet(self);
    o.dataFolder = parser.value(data);
    return o;
}

} // namespace batlab::app
