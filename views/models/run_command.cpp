// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/run_command.h"

#include "core/spec/run_spec.h"
#include "views/models/text.h"

namespace batlab::views {

namespace {

/// In single quotes for a shell, where needed.
QString quoted(QString text)
{
    for (const QChar c : std::as_const(text)) {
        if (!c.isLetterOrNumber() && !QStringLiteral("/._-+").contains(c))
            return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("'\\''"))
                + QLatin1Char('\'');
    }
    return text;
}

} // namespace

Result<PresetLibrary> usablePresets(Error *refused)
{
    Result<PresetLibrary> all = PresetLibrary::installed();
    if (all)
        return all;
    if (refused != nullptr)
        *refused = all.error();
    return PresetLibrary::builtIn();
}

Result<QString> runYaml(const Json &spec)
{
    const Result<PresetLibrary> presets = usablePresets();
    if (!presets)
        return presets.error();
    const Result<RunSpec> frozen = runSpecFromJson(spec, *presets, "run form");
    if (!frozen)
        return frozen.error();
    return qs(toYaml(*frozen));
}

Result<QString> runCommand(const Json &spec, const QString &session)
{
    const Result<QString> yaml = runYaml(spec);
    if (!yaml)
        return yaml.error();
    return QStringLiteral("cat > run.yaml <<'END_OF_SPEC'\n%1END_OF_SPEC\nbatlab-cli run run.yaml "
                          "--session %2\n")
        .arg(*yaml, quoted(session.isEmpty() ? QStringLiteral("session.batlab.h5") : session));
}

} // namespace batlab::views
