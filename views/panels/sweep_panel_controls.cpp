// SPDX-License-Identifier: GPL-3.0-or-later
// The controls of a sweep: axes and their values, metric, which sweep is shown.
#include "core/artifact/artifact.h"
#include "views/models/text.h"
#include "views/models/what_if_sweep.h"
#include "views/models/workbench_document.h"
#include "views/panels/sweep_panel.h"
#include "views/panels/ui_kit.h"
#include "views/plots/matrix_plot.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace batlab::views {

void SweepPanel::buildControls(QWidget *box)
{
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(plots::px(12), plots::px(6), plots::px(12), plots::px(2));
    column->setSpacing(plots::px(4));
    auto *paths = new QHBoxLayout;
    paths->setSpacing(plots::px(8));
    m_valueRow = new QWidget(box);
    auto *values = new QHBoxLayout(m_valueRow);
    values->setContentsMargins(0, 0, 0, 0);
    values->setSpacing(plots::px(8));
    const QString names[] = { tr("Rows"), tr("Columns"), tr("Groups") };
    for (const QString &axisName : names) {
        Axis axis;
        axis.path = new QComboBox(box);
        axis.path->setAccessibleName(tr("Parameter of the %1").arg(axisName.toLower()));
        axis.path->setToolTip(axis.path->accessibleName());
        axis.path->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        axis.path->setMinimumContentsLength(5);
        axis.values = new QLineEdit(m_valueRow);
        axis.values->setAccessibleName(tr("Values of the %1").arg(axisName.toLower()));
        axis.values->setToolTip(tr("Values with commas; pairs as 8:4, lists as T1+T3"));
        paths->addWidget(makeLabel(axisName, &plots::Tokens::text3, plots::tableFont(), box));
        paths->addWidget(axis.path, 1);
        values->addWidget(axis.values, 1);
        connect(axis.path, &QComboBox::activated, this, [axis] {
            axis.values->setText(
                WhatIfSweep::suggestedValues(ss(axis.path->currentData().toString())));
        });
        m_axes.push_back(axis);
    }
    auto *more = makeLink(tr("Values…"), box);
    more->setToolTip(tr("Show or hide the values of the axes"));
    more->setCheckable(true);
    connect(more, &QToolButton::toggled, m_valueRow, &QWidget::setVisible);
    paths->addWidget(more);
    m_valueRow->hide();
    column->addLayout(paths);
    column->addWidget(m_valueRow);
    auto *row = new QHBoxLayout;
    row->setSpacing(plots::px(8));
    m_start = new QPushButton(tr("Start sweep"), box);
    m_cancel = new QPushButton(tr("Cancel"), box);
    m_retry = new QPushButton(tr("Retry failed"), box);
    m_best = new QPushButton(tr("Best cell → what if"), box);
    m_progress = new QProgressBar(box);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(plots::px(6));
    m_progress->setAccessibleName(tr("Progress of the sweep"));
    m_progress->setMinimumWidth(plots::px(40));
    m_state = new ElidedLabel(box); // gives way, so that a running sweep asks for no more width
    m_state->setFont(plots::tableFont());
    keepColors(m_state, { { QPalette::WindowText, &plots::Tokens::text2 } });
    m_source = new QComboBox(box);
    m_source->setAccessibleName(tr("Sweep shown"));
    m_source->setToolTip(tr("This what-if's sweep, or one the session keeps"));
    m_source->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_source->setMinimumContentsLength(7);
    m_metric = new QComboBox(box);
    m_metric->setAccessibleName(tr("Metric of the cells"));
    m_metric->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_metric->setMaximumWidth(plots::px(150));
    for (QPushButton *button : { m_start, m_cancel, m_retry, m_best }) {
        button->setAccessibleName(button->text());
        button->setToolTip(button->text());
        button->setFixedHeight(plots::px(24));
    }
    row->addWidget(m_start);
    row->addWidget(m_cancel);
    row->addWidget(m_retry);
    row->addWidget(m_progress, 1);
    row->addWidget(m_state, 3);
    m_matrix->addHeaderWidget(m_metric); // beside its title: no width of the controls
    row->addWidget(m_best);
    row->addWidget(m_source);
    column->addLayout(row);
    connect(m_start, &QPushButton::clicked, this, &SweepPanel::startOrPause);
    connect(m_cancel, &QPushButton::clicked, m_sweep, &WhatIfSweep::cancel);
    connect(m_retry, &QPushButton::clicked, m_sweep, &WhatIfSweep::retryFailed);
    connect(m_best, &QPushButton::clicked, this, [this] {
        if (const std::optional<int> best = m_matrix->bestCell())
            activate(*best);
    });
    connect(m_source, &QComboBox::activated, this, &SweepPanel::update);
    connect(m_metric, &QComboBox::activated, this, &SweepPanel::update);
    fillMetrics();
}

void SweepPanel::setSite(Site site)
{
    if (site == m_site)
        return;
    m_site = site;
    fillMetrics();
    m_update.start();
}

void SweepPanel::fillMetrics()
{
    const QSignalBlocker quiet(m_metric);
    const int chosen = std::max(0, m_metric->currentIndex());
    m_metric->clear();
    for (const WhatIfMetrics::Kind &kind : WhatIfMetrics::kinds(m_site)) {
        m_metric->addItem(kind.better > 0 ? tr("%1 ↑").arg(kind.name) : tr("%1 ↓").arg(kind.name));
        m_metric->setItemData(m_metric->count() - 1, kind.help, Qt::ToolTipRole);
    }
    m_metric->setCurrentIndex(chosen);
    m_metric->setToolTip(tr("What the cells show, at the selected site (%1); ↑ higher is better, "
                            "↓ lower is better")
                             .arg(qs(name(m_site))));
}

WhatIfMetrics::Kind SweepPanel::metric() const
{
    return WhatIfMetrics::kinds(
        m_site)[static_cast<std::size_t>(std::max(0, m_metric->currentIndex()))];
}

void SweepPanel::fillPaths()
{
    for (std::size_t a = 0; a < m_axes.size(); ++a) {
        QComboBox *combo = m_axes[a].path;
        const QSignalBlocker quiet(combo);
        QString chosen = combo->currentData().toString();
        const bool first = combo->count() == 0;
        combo->clear();
        if (a == 2)
            combo->addItem(tr("none"), QString());
        for (const std::string &path : WhatIfSweep::paths(*m_model))
            combo->addItem(WhatIfSweep::pathTitle(path), qs(path));
        if (first) {
            chosen = a == 0 ? QStringLiteral("transform.g1:transform.g2")
                : a == 1    ? QStringLiteral("settings.scaleRule")
                            : QString();
            m_axes[a].values->setText(WhatIfSweep::suggestedValues(ss(chosen)));
        }
        combo->setCurrentIndex(std::max(0, combo->findData(chosen)));
    }
}

void SweepPanel::fillSources()
{
    const QSignalBlocker quiet(m_source);
    const QString chosen = m_source->currentData().toString();
    m_source->clear();
    m_source->addItem(tr("This what-if"), QString());
    for (const Sweep *sweep : m_document->artifacts().sweeps())
        m_source->addItem(qs(sweep->id), qs(sweep->id));
    m_source->setCurrentIndex(std::max(0, m_source->findData(chosen)));
    m_source->setVisible(m_source->count() > 1);
    m_update.start();
}

void SweepPanel::setAxis(int axis, const QString &path, const QString &values)
{
    const Axis &a = m_axes[static_cast<std::size_t>(axis)];
    a.path->setCurrentIndex(std::max(0, a.path->findData(path)));
    a.values->setText(values);
}

Json SweepPanel::viewState() const
{
    Json axes = Json::array();
    for (const Axis &axis : m_axes)
        axes.push_back({ { "path", ss(axis.path->currentData().toString()) },
                         { "values", ss(axis.values->text()) } });
    return { { "axes", std::move(axes) },
             { "metric", m_metric->currentIndex() },
             { "shown", ss(m_source->currentData().toString()) } };
}

void SweepPanel::restoreViewState(const Json &state)
{
    if (!state.is_object())
        return;
    if (const Json metric = state.value("metric", Json()); metric.is_number_integer()
        && metric.get<int>() >= 0 && metric.get<int>() < m_metric->count())
        m_metric->setCurrentIndex(metric.get<int>());
    if (const Json shown = state.value("shown", Json()); shown.is_string())
        m_source->setCurrentIndex(std::max(0, m_source->findData(qs(shown.get<std::string>()))));
    m_update.start();
    const Json axes = state.value("axes", Json());
    if (!axes.is_array())
        return;
    for (std::size_t i = 0; i < m_axes.size() && i < axes.size(); ++i) {
        const Json &axis = axes[i];
        if (axis.is_object() && axis.contains("path") && axis["path"].is_string()
            && axis.contains("values") && axis["values"].is_string())
            setAxis(static_cast<int>(i), qs(axis["path"].get<std::string>()),
                    qs(axis["values"].get<std::string>()));
    }
}

QString SweepPanel::axisText(const Axis &axis) const
{
    const QString path = axis.path->currentData().toString();
    return path.isEmpty() ? QString() : path + QLatin1Char('=') + axis.values->text();
}

} // namespace batlab::views
