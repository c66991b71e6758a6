// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/report_html.h"

namespace batlab::views::report {

namespace {

/// Cells of "| a | b \| c |", as HTML.
QStringList cellsOf(const QString &line)
{
    QStringList cells;
    QString cell;
    for (qsizetype i = 1; i < line.size(); ++i) {
        if (line[i] == QLatin1Char('\\') && i + 1 < line.size()
            && line[i + 1] == QLatin1Char('|')) {
            cell += line[++i];
        } else if (line[i] == QLatin1Char('|')) {
            cells.append(cell.trimmed());
            cell.clear();
        } else {
            cell += line[i];
        }
    }
    for (QString &text : cells) {
        text = esc(text);
        const qsizetype from = text.indexOf(QLatin1String("**"));
        const qsizetype to = text.indexOf(QLatin1String("**"), from + 2);
        if (from >= 0 && to > from) {
            text.replace(to, 2, QStringLiteral("</b>"));
            text.replace(from, 2, QStringLiteral("<b>"));
        }
    }
    return cells;
}

} // namespace

QString fromMarkdown(const QString &markdown)
{
    QString out;
    bool inTable = false;
    for (const QString &line : markdown.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const bool isRow = line.startsWith(QLatin1Char('|'));
        const bool isHead = isRow && !inTable;
        if (isRow != inTable)
            out += isRow ? QStringLiteral("<table class=\"numbers\">\n")
                         : QStringLiteral("</table>\n");
        inTable = isRow;
        if (!isRow)
            out += paragraph(line);
        else if (!line.startsWith(QLatin1String("|---")) && !line.startsWith(QLatin1String("|:--")))
            out += row(cellsOf(line), isHead ? "th" : "td");
    }
    return inTable ? out + QStringLiteral("</table>\n") : out;
}

} // namespace batlab::views::report
