// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/plot_files.h"

#include "views/plots/plot_table.h"
#include "views/plots/plot_widget.h"

#include <QBuffer>
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QSaveFile>

namespace batlab::plots {

QString suffixOf(PlotFormat format)
{
    switch (format) {
    case PlotFormat::png: return QStringLiteral(".png");
    case PlotFormat::png2: return QStringLiteral("@2x.png");
    case PlotFormat::svg: return QStringLiteral(".svg");
    case PlotFormat::pdf: return QStringLiteral(".pdf");
    case PlotFormat::csv: return QStringLiteral(".csv");
    }
    return {};
}

QString fileTitle(const QString &title)
{
    QString name;
    for (const QChar c : title.toLower()) {
        if (c.isLetterOrNumber())
            name += c;
        else if (!name.isEmpty() && !name.endsWith(QLatin1Char('-')))
            name += QLatin1Char('-');
    }
    if (name.endsWith(QLatin1Char('-')))
        name.chop(1);
    return name.isEmpty() ? QStringLiteral("plot") : name;
}

bool writePlot(const PlotWidget &plot, PlotFormat format, const QString &path)
{
    switch (format) {
    case PlotFormat::png: return plot.exportPng(path, 1);
    case PlotFormat::png2: return plot.exportPng(path, 2);
    case PlotFormat::svg: return plot.exportSvg(path);
    case PlotFormat::pdf: return plot.exportPdf(path);
    case PlotFormat::csv: return plot.exportCsv(path);
    }
    return false;
}

bool writeCsv(const PlotTable &table, const QString &path)
{
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && writeTable(file, table, ',') && file.commit();
}

void copyTable(const PlotTable &table)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    if (!writeTable(buffer, table, '\t'))
        return;
    auto *mime = new QMimeData;
    mime->setText(QString::fromUtf8(buffer.data()));
    mime->setData(QStringLiteral("text/tab-separated-values"), buffer.data());
    QGuiApplication::clipboard()->setMimeData(mime);
}

} // namespace batlab::plots
