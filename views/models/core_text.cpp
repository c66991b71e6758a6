// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/core_text.h"

#include "views/models/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <optional>

namespace batlab::views {

namespace {

/// A text of the list, cut at its places.
struct Pattern
{
    const char *source = nullptr;
    QStringList pieces; ///< one more than there are places
    qsizetype fixed = 0; ///< length of the pieces
};

/// Whether text[at] is '%' with the number of a place behind it.
bool isPlace(const QString &text, qsizetype at)
{
    return text[at] == u'%' && at + 1 < text.size() && text[at + 1] >= u'1' && text[at + 1] <= u'9';
}

std::vector<Pattern> patterns()
{
    std::vector<Pattern> out;
    for (const char *source : coreTexts()) {
        const QString text = QString::fromUtf8(source);
        Pattern pattern { source, { QString() }, 0 };
        for (qsizetype i = 0; i < text.size(); ++i) {
            if (isPlace(text, i)) {
                pattern.pieces.append(QString());
                ++i;
            } else {
                pattern.pieces.back() += text[i];
                ++pattern.fixed;
            }
        }
        out.push_back(std::move(pattern));
    }
    return out;
}

/// What stands at the places of a text that fits.
std::optional<QStringList> arguments(const Pattern &pattern, const QString &text)
{
    const QStringList &pieces = pattern.pieces;
    if (pieces.size() == 1)
        return text == pieces.front() ? std::optional(QStringList()) : std::nullopt;
    qsizetype at = pieces.front().size();
    const qsizetype end = text.size() - pieces.back().size();
    if (at > end || !text.startsWith(pieces.front()) || !text.endsWith(pieces.back()))
        return std::nullopt;
    QStringList out;
    for (qsizetype i = 1; i + 1 < pieces.size(); ++i) {
        const qsizetype next = text.indexOf(pieces[i], at);
        if (next < 0 || next + pieces[i].size() > end)
            return std::nullopt;
        out.append(text.mid(at, next - at));
        at = next + pieces[i].size();
    }
    out.append(text.mid(at, end - at));
    return out;
}

/// An argument may be a text of the core itself, or several behind each other; a single word is a
/// name, whatever it says.
QString argument(const QString &text)
{
    if (!text.contains(u' '))
        return text;
    const QString between = QStringLiteral("; ");
    QStringList parts = text.split(between);
    for (QString &part : parts)
        part = coreText(part);
    return parts.join(between);
}

QString filled(const QString &text, const QStringList &values)
{
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!isPlace(text, i))
            out += text[i];
        else
            out += argument(values.value(text[++i].digitValue() - 1));
    }
    return out;
}

/// The text of the list that fits, translated; null without one. Of several the one that says most
/// itself is meant.
QString translated(const QString &text)
{
    static const std::vector<Pattern> all = patterns();
    const Pattern *best = nullptr;
    QStringList values;
    for (const Pattern &pattern : all) {
        if (best && pattern.fixed <= best->fixed)
            continue;
        if (std::optional<QStringList> found = arguments(pattern, text)) {
            best = &pattern;
            values = *std::move(found);
        }
    }
    return best ? filled(QCoreApplication::translate("core", best->source), values) : QString();
}

QString joined(const QString &what, const QString &where, const QString &hint)
{
    QString out = what;
    if (!where.isEmpty())
        out += QStringLiteral(" (") + coreText(where) + QLatin1Char(')');
    if (!hint.isEmpty())
        out += QStringLiteral(". ") + coreText(hint);
    return out;
}

/// "what (where). hint" with a known first part; null otherwise.
QString translatedMessage(const QString &text)
{
    const QString opens = QStringLiteral(" ("), closes = QStringLiteral("). "),
                  stops = QStringLiteral(". ");
    for (qsizetype at = 1; at + 2 < text.size(); ++at) {
        const QStringView next = QStringView(text).mid(at, 2);
        if (next != opens && next != stops)
            continue;
        const QString what = translated(text.left(at));
        if (what.isNull())
            continue;
        if (next == stops)
            return joined(what, {}, text.mid(at + 2));
        const qsizetype close = text.indexOf(closes, at);
        if (close > 0)
            return joined(what, text.mid(at + 2, close - at - 2), text.mid(close + 3));
        if (text.endsWith(u')'))
            return joined(what, text.mid(at + 2, text.size() - at - 3), {});
    }
    return {};
}

/// A known sentence and what follows it; null otherwise.
QString translatedSentences(const QString &text)
{
    for (qsizetype at = text.indexOf(QStringLiteral(". ")); at > 0;
         at = text.indexOf(QStringLiteral(". "), at + 1)) {
        const QString first = translated(text.left(at + 1));
        if (!first.isNull())
            return first + QLatin1Char(' ') + coreText(text.mid(at + 2));
    }
    return {};
}

} // namespace

QString coreText(const QString &english)
{
    for (const auto translate : { translatedMessage, translated, translatedSentences }) {
        const QString text = translate(english);
        if (!text.isNull())
            return text;
    }
    return english;
}

QString coreText(const Error &error)
{
    return joined(coreText(qs(error.what)), qs(error.where), qs(error.hint));
}

} // namespace batlab::views
