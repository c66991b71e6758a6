// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/preflight_panel.h"

#include "views/models/core_text.h"
#include "views/models/parameter_form_model.h"
#include "views/models/text.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QGridLayout>

namespace batlab::views {

namespace {

double numberAt(const Json &object, const char *key)
{
    const auto at = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && at != object.end() && at->is_number() ? at->get<double>() : -1;
}

QStringList textsAt(const Json &object, const char *key)
{
    QStringList out;
    if (object.is_object() && object.contains(key) && object[key].is_array()) {
        for (const Json &line : object[key])
            out.append(coreText(ParameterFormModel::displayText(line)));
    }
    return out;
}

} // namespace

PreflightPanel::PreflightPanel(QWidget *parent) : QWidget(parent), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, plots::px(4), 0, plots::px(4));
    m_grid->setHorizontalSpacing(plots::px(8));
    m_grid->setVerticalSpacing(plots::px(2));
    m_grid->setColumnStretch(2, 1);
    setMinimumHeight(plots::px(72));
}

void PreflightPanel::clear()
{
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater(); // a press of Retry may be what brings us here
        }
        delete item;
    }
    m_lines.clear();
    m_mayStart = false;
}

void PreflightPanel::setChecking()
{
    clear();
    add(Mark::none, tr("Checking…"), tr("Model, memory, disk and time"));
    finish();
}

void PreflightPanel::setAnswer(const Json &answer)
{
    clear();
    const QStringList errors = textsAt(answer, "errors");
    for (const QString &error : errors)
        add(Mark::bad, tr("Error"), error);
    if (const double seconds = numberAt(answer, "seconds"); seconds > 0)
        add(Mark::good, tr("Time"), eta(seconds));
    room(answer, "memory", tr("Memory"));
    room(answer, "deviceMemory", tr("GPU memory"));
    room(answer, "disk", tr("Disk"));
    for (const QString &warning : textsAt(answer, "warnings"))
        add(Mark::warning, tr("Warning"), warning);
    m_mayStart = errors.isEmpty();
    finish();
}

void PreflightPanel::setError(const QString &message, bool mayStart)
{
    clear();
    add(mayStart ? Mark::warning : Mark::bad, mayStart ? tr("Not checked") : tr("Error"),
        coreText(message));
    QToolButton *retry = makeLink(tr("Check again"), this);
    connect(retry, &QToolButton::clicked, this, &PreflightPanel::retryRequested);
    m_grid->addWidget(retry, m_grid->rowCount(), 2, Qt::AlignLeft);
    m_mayStart = mayStart;
    finish();
}

void PreflightPanel::room(const Json &answer, const char *key, const QString &name)
{
    if (!answer.is_object() || !answer.contains(key))
        return;
    const double needed = numberAt(answer[key], "needed"),
                 available = numberAt(answer[key], "available");
    if (needed < 0)
        return;
    if (available > 0)
        add(needed > available ? Mark::warning : Mark::good, name,
            tr("%1 needed, %2 free").arg(bytes(needed), bytes(available)));
    else
        add(Mark::good, name, tr("%1 needed").arg(bytes(needed)));
}

void PreflightPanel::add(Mark mark, const QString &name, const QString &value)
{
    const int row = m_grid->rowCount();
    const TokenColor color = mark == Mark::bad ? &plots::Tokens::bad
        : mark == Mark::warning                ? &plots::Tokens::warn
        : mark == Mark::good                   ? &plots::Tokens::good
                                               : &plots::Tokens::text3;
    const QString sign = mark == Mark::bad ? QStringLiteral("✗")
        : mark == Mark::warning            ? QStringLiteral("!")
        : mark == Mark::good               ? QStringLiteral("✓")
                                           : QStringLiteral("…");
    m_grid->addWidget(makeLabel(sign, color, plots::tableFont(), this), row, 0, Qt::AlignTop);
    m_grid->addWidget(makeLabel(name, &plots::Tokens::text3, plots::tableFont(), this), row, 1,
                      Qt::AlignTop);
    QLabel *text = makeLabel(value, mark == Mark::bad ? color : &plots::Tokens::text2,
                             plots::tableFont(), this);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    text->setFocusPolicy(Qt::NoFocus);
    m_grid->addWidget(text, row, 2);
    m_lines.append(sign + QLatin1Char(' ') + name + QLatin1Char(' ') + value);
}

void PreflightPanel::finish()
{
    setAccessibleName(tr("Preflight"));
    setAccessibleDescription(text());
}

QString PreflightPanel::text() const { return m_lines.join(QLatin1Char('\n')); }

} // namespace batlab::views
