// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/parameter_text.h"

#include "views/models/parameter_form_model.h"
#include "views/models/text.h"
#include "views/models/text_list.h"

#include <QCoreApplication>

namespace batlab::views {

namespace {

QString shown(const std::string &text)
{
    return text.empty() ? QString() : QCoreApplication::translate("parameters", text.c_str());
}

} // namespace

QString parameterTitle(const Parameter &parameter) { return shown(parameter.title); }

QString parameterHelp(const Parameter &parameter) { return shown(parameter.help); }

QString parameterUnit(const Parameter &parameter) { return shown(parameter.unit); }

QString parameterGroup(const Parameter &parameter) { return shown(parameter.group); }

QString parameterHint(const FormField &field)
{
    return parameterHelp(field.parameter) + QLatin1Char('\n')
        + ParameterFormModel::rangeText(field);
}

QStringList parameterTexts()
{
    QStringList out;
    const auto add = [&](const std::string &text) {
        if (!text.empty() && !out.contains(qs(text)))
            out.append(qs(text));
    };
    const auto addAll = [&](const std::vector<Parameter> &table) {
        for (const Parameter &p : table) {
            for (const std::string &text : { p.title, p.help, p.unit })
                add(text);
        }
    };
    for (const Parameter &p : runParameters())
        add(p.group); // those of stages are words of the spec
    addAll(runParameters());
    for (const std::string &kind : stageKinds())
        addAll(stageParameters(kind));
    return out;
}

QString parameterTextsSource()
{
    return textListSource(QStringLiteral("the texts of the parameter tables (core/spec)"),
                          QStringLiteral("parameters"), QStringLiteral("kParameterTexts"),
                          parameterTexts());
}

} // namespace batlab::views
