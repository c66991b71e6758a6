// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/status_strip.h"

#include "core/base/json_text.h"
#include "views/models/jobs_model.h"
#include "views/models/text.h"
#include "views/models/what_if_answer.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QProgressBar>

#include <cmath>

namespace batlab::views {

StatusStrip::StatusStrip(JobsModel *jobs, QWidget *parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_readout(new ElidedLabel(this))
    , m_task(makeLabel({}, &plots::Tokens::text, plots::captionFont(), this))
    , m_busy(new QProgressBar(this))
    , m_cancelTask(makeTool(QStringLiteral("close"), tr("Cancel"), this))
    , m_job(new QToolButton(this))
    , m_bar(new QProgressBar(this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::chrome } });
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(plots::px(12), 0, plots::px(12), 0);
    row->setSpacing(plots::px(8));
    m_readout->setFont(plots::captionFont());
    m_readout->setAccessibleName(tr("Readout"));
    row->addWidget(m_readout, 1);
    const auto label = [this] {
        return makeLabel({}, &plots::Tokens::text2, plots::captionFont(), this);
    };
    m_busy->setFixedSize(plots::px(60), plots::px(8));
    m_busy->setTextVisible(false);
    m_busy->setRange(0, 0);
    m_busy->setAccessibleName(tr("Busy"));
    m_cancelTask->setFixedSize(plots::px(20), plots::px(20));
    m_cancelTask->setObjectName(QStringLiteral("cancelTask"));
    row->addWidget(m_task);
    row->addWidget(m_busy, 0, Qt::AlignVCenter);
    row->addWidget(m_cancelTask, 0, Qt::AlignVCenter);
    connect(m_cancelTask, &QToolButton::clicked, this, &StatusStrip::cancelTaskRequested);
    setTask({}, false);
    m_job->setAutoRaise(true);
    m_job->setFont(plots::captionFont());
    m_job->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_job->setIconSize(QSize(plots::px(14), plots::px(14)));
    m_job->setToolTip(tr("Show the jobs"));
    m_job->setAccessibleName(tr("Running job"));
    keepIcon(m_job, QStringLiteral("run"));
    m_bar->setFixedSize(plots::px(90), plots::px(8));
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress of the running job"));
    m_bar->setToolTip(tr("Progress of the running job"));
    row->addWidget(m_job);
    row->addWidget(m_bar, 0, Qt::AlignVCenter);
    row->addWidget(m_eta = label());
    for (QLabel **slot : { &m_device, &m_gpu, &m_vram, &m_memory, &m_disk }) {
        QWidget *line = makeHairline(Qt::Vertical, this);
        row->addWidget(line);
        row->addWidget(*slot = label());
        if (slot == &m_vram)
            m_vramLine = line;
    }
    setDeviceMemory(0, 0, 0);
    connect(m_job, &QToolButton::clicked, this, &StatusStrip::jobClicked);
    connect(jobs, &JobsModel::activityChanged, this, &StatusStrip::showJob);
    connect(jobs, &QAbstractItemModel::dataChanged, this, &StatusStrip::showJob);
    setReadout(tr("Ready"));
    setEngine({}, tr("engine not started"));
    showJob();
}

void StatusStrip::setReadout(const QString &readout) { m_readout->setText(readout); }

void StatusStrip::setTask(const QString &text, bool mayCancel)
{
    m_task->setText(m_task->fontMetrics().elidedText(text, Qt::ElideMiddle, plots::px(260)));
    m_task->setToolTip(text);
    m_busy->setToolTip(text);
    m_task->setVisible(!text.isEmpty());
    m_busy->setVisible(!text.isEmpty());
    m_cancelTask->setVisible(!text.isEmpty() && mayCancel);
}

QString StatusStrip::deviceText() const
{
    return m_device->text() + QStringLiteral(" · ") + m_gpu->text();
}

void StatusStrip::setEngine(const Json &hello, const QString &state)
{
    if (!hello.is_object()) {
        m_device->setText(state);
        m_gpu->setText(tr("GPU unknown"));
        setDeviceMemory(0, 0, 0);
        return;
    }
    QString cpu = qs(shownAt(hello, "cpu"));
    if (cpu.size() <= 3)
        cpu = tr("CPU %1").arg(cpu);
    const QString threads = qs(shownAt(hello, "threads"));
    m_device->setText(threads.isEmpty() ? cpu : tr("%1 · %2 threads").arg(cpu, threads));
    const QString device = qs(shownAt(hello, "device"));
    const bool native = hello.contains("nativeFp4") && hello["nativeFp4"].is_boolean()
        && hello["nativeFp4"].get<bool>();
    const QString gpu =
        device.startsWith(QLatin1String("cuda")) ? tr("GPU %1").arg(device) : tr("GPU none");
    m_gpu->setText(gpu + QStringLiteral(" · ") + (native ? tr("native FP4") : tr("FP4 emulated")));
}

void StatusStrip::setResources(double usedBytes, double totalBytes, double diskFreeBytes,
                               const QString &where)
{
    m_memory->setText(tr("RAM %1 / %2").arg(bytes(usedBytes), bytes(totalBytes)));
    m_memory->setToolTip(where.isEmpty() ? tr("Memory in use on this machine, and all of it")
                                         : tr("Memory in use on %1, and all of it").arg(where));
    m_disk->setText(tr("Disk %1 free").arg(bytes(diskFreeBytes)));
    m_disk->setToolTip(where.isEmpty()
                           ? tr("Free space where the work files lie")
                           : tr("Free space on %1, where the work files lie").arg(where));
    layout()->activate(); // at once: a frame between would cut the longer text
}

void StatusStrip::setDeviceMemory(double freeBytes, double totalBytes, double load)
{
    const bool known = totalBytes > 0;
    m_vram->setVisible(known);
    m_vramLine->setVisible(known);
    QString text, tip = tr("Memory in use on the engine's GPU, and all of it");
    if (known)
        text = tr("VRAM %1 / %2").arg(bytes(totalBytes - freeBytes), bytes(totalBytes));
    if (known && !std::isnan(load)) {
        text += QStringLiteral(" · ") + tr("load %1 %").arg(load, 0, 'f', 0);
        tip +=
            QLatin1Char('\n') + tr("Load: the share of the last second in which it was computing");
    }
    m_vram->setText(text);
    m_vram->setToolTip(tip);
    layout()->activate();
}

void StatusStrip::setAnswer(const Json &answer, const QString &where)
{
    if (!answer.is_object())
        return;
    const Json gpu = answer.value("deviceMemory", Json());
    setDeviceMemory(numberIn(gpu, "free"), numberIn(gpu, "total"), numberIn(answer, "deviceLoad"));
    const double total = numberIn(answer, "memoryBytes");
    if (!where.isEmpty() && total > 0)
        setResources(total - numberIn(answer, "availableBytes"), total,
                     numberIn(answer, "diskFreeBytes"), where);
}

QString StatusStrip::resourceText() const
{
    QStringList parts { m_memory->text(), m_disk->text(), m_vram->text() };
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

void StatusStrip::showJob()
{
    const JobRow *running = m_jobs->running();
    m_job->setVisible(running);
    m_bar->setVisible(running);
    m_eta->setVisible(running);
    if (!running)
        return;
    const ProgressSnapshot &p = running->progress;
    QString line = running->run + QStringLiteral(" · ") + JobsModel::stateText(*running);
    m_job->setText(m_job->fontMetrics().elidedText(line, Qt::ElideRight, plots::px(260)));
    m_job->setToolTip(line);
    m_bar->setRange(0, p.total > 0 ? static_cast<int>(p.total) : 0);
    m_bar->setValue(static_cast<int>(p.done));
    const QString left = eta(p.etaSeconds);
    m_eta->setText(left.isEmpty() ? QString() : tr("ETA %1").arg(left));
}

} // namespace batlab::views
