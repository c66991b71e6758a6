// SPDX-License-Identifier: GPL-3.0-or-later
// The part of PlotWidget that hands pictures and data out.
#include "views/plots/number_text.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/plot_files.h"
#include "views/plots/plot_widget.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QSaveFile>
#include <QSvgGenerator>

namespace batlab::plots {

QImage PlotWidget::picture(double scale) const
{
    QImage image = m_canvas->toPixmap(m_canvas->width(), m_canvas->height(), scale).toImage();
    image.setText(QStringLiteral("Title"), m_title);
    image.setText(QStringLiteral("Description"), subtitle() + QStringLiteral("\n") + summary());
    image.setText(QStringLiteral("Software"), QStringLiteral("Batlab"));
    return image;
}

bool PlotWidget::exportPng(const QString &path, double scale) const
{
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && picture(scale).save(&file, "PNG") && file.commit();
}

bool PlotWidget::exportSvg(const QString &path) const
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    {
        QSvgGenerator svg;
        svg.setOutputDevice(&file);
        svg.setSize(m_canvas->size());
        svg.setViewBox(m_canvas->rect());
        svg.setTitle(m_title);
        svg.setDescription(subtitle() + QStringLiteral("\n") + summary());
        QCPPainter painter;
        if (!painter.begin(&svg))
            return false;
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        m_canvas->toPainter(&painter, m_canvas->width(), m_canvas->height());
        painter.end();
    }
    return file.commit();
}

bool PlotWidget::exportPdf(const QString &path) const
{
    return m_canvas->savePdf(path, 0, 0, QCP::epAllowCosmetic, QStringLiteral("Batlab"), m_title);
}

bool PlotWidget::exportCsv(const QString &path) const
{
    PlotTable content = table();
    QStringList head { m_title };
    if (!subtitle().isEmpty())
        head << subtitle();
    content.comments = head + content.comments;
    return writeCsv(content, path);
}

void PlotWidget::copyPicture() const
{
    QGuiApplication::clipboard()->setImage(picture(devicePixelRatioF()));
}

void PlotWidget::copyData() const { copyTable(table()); }

QString PlotWidget::fileTitle() const { return plots::fileTitle(m_title); }

QString PlotWidget::askPath(const QString &suffix, const QString &filter)
{
    return QFileDialog::getSaveFileName(this, tr("Export %1").arg(m_title),
                                        fileTitle() + QLatin1Char('.') + suffix, filter);
}

void PlotWidget::fillExportMenu()
{
    const auto add = [this](const QString &text, const QString &suffix, auto write) {
        m_exportMenu->addAction(text, this, [this, suffix, write] {
            const QString path = askPath(
                suffix, suffix.toUpper() + QStringLiteral(" (*.") + suffix + QLatin1Char(')'));
            if (!path.isEmpty() && !write(path))
                Q_EMIT exportFailed(tr("%1 could not be written. Choose a folder you may write to, "
                                       "with free space.")
                                        .arg(path));
        });
    };
    for (const int scale : { 1, 2, 4 })
        add(tr("PNG picture, %1×…").arg(scale), QStringLiteral("png"),
            [this, scale](const QString &path) { return exportPng(path, scale); });
    add(tr("SVG drawing…"), QStringLiteral("svg"),
        [this](const QString &p) { return exportSvg(p); });
    add(tr("PDF page…"), QStringLiteral("pdf"), [this](const QString &p) { return exportPdf(p); });
    m_exportMenu->addSeparator();
    add(tr("CSV data…"), QStringLiteral("csv"), [this](const QString &p) { return exportCsv(p); });
}

} // namespace batlab::plots
