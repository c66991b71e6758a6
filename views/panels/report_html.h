// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

/// Pieces of the HTML that a session's report is made of.
namespace batlab::views::report {

[[nodiscard]] inline QString esc(const QString &text) { return text.toHtmlEscaped(); }

[[nodiscard]] inline QString code(const QString &text)
{
    return QStringLiteral("<code>%1</code>").arg(esc(text));
}

[[nodiscard]] inline QString heading(const QString &text)
{
    return QStringLiteral("<h2>%1</h2>\n").arg(esc(text));
}

[[nodiscard]] inline QString paragraph(const QString &text)
{
    return QStringLiteral("<p>%1</p>\n").arg(esc(text));
}

/// A row of a table; cells are HTML.
[[nodiscard]] inline QString row(const QStringList &cells, const char *tag = "td")
{
    QString out = QStringLiteral("<tr>");
    for (const QString &cell : cells)
        out += QStringLiteral("<%1>%2</%1>").arg(QLatin1String(tag), cell);
    return out + QStringLiteral("</tr>\n");
}

/// The tables and lines of a Markdown text as our renderers write it: "| a | **b** |" and lines
/// that are paragraphs.
[[nodiscard]] QString fromMarkdown(const QString &markdown);

} // namespace batlab::views::report
