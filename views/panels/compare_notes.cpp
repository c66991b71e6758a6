// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/compare_notes.h"

#include "views/models/delta_text.h"

#include <QCoreApplication>

namespace batlab::views {

namespace {

QString say(const char *text) { return QCoreApplication::translate("CompareNotes", text); }

/// Three digits, and all of those before the point.
QString shortNumber(double value) { return number(value, value < 10 ? 2 : value < 100 ? 1 : 0); }

/// Another part of a note; nothing without a difference.
QString part(const char *text, const QString &delta)
{
    return delta.isEmpty() ? QString() : QStringLiteral(", ") + say(text).arg(delta);
}

} // namespace

QString magnitudeNote(double maximum, double crest, double baseMaximum, double baseCrest)
{
    return say(QT_TRANSLATE_NOOP("CompareNotes", "max %1, crest %2"))
               .arg(shortNumber(maximum), shortNumber(crest))
        + part(QT_TRANSLATE_NOOP("CompareNotes", "Δ max %1"),
               deltaSignificant(maximum - baseMaximum))
        + part(QT_TRANSLATE_NOOP("CompareNotes", "Δ crest %1"),
               deltaSignificant(crest - baseCrest));
}

QString energyNote(double maximum, double baseMaximum)
{
    return say(QT_TRANSLATE_NOOP("CompareNotes", "max %1"))
               .arg(number(maximum, maximum < 10 ? 2 : 1))
        + part(QT_TRANSLATE_NOOP("CompareNotes", "Δ %1"), deltaSignificant(maximum - baseMaximum));
}

bool energyLeaves(double share) { return share >= 0.005; }

QString flowNote(double leaving, double condition, double baseLeaving, double baseCondition)
{
    if (energyLeaves(leaving))
        return say(QT_TRANSLATE_NOOP("CompareNotes", "%1 % leaves its block"))
                   .arg(number(100 * leaving, 1))
            + part(QT_TRANSLATE_NOOP("CompareNotes", "Δ %1"),
                   deltaText(100 * (leaving - baseLeaving), 1));
    return say(QT_TRANSLATE_NOOP("CompareNotes", "0 %, condition %1")).arg(number(condition, 1))
        + part(QT_TRANSLATE_NOOP("CompareNotes", "Δ %1"), deltaText(condition - baseCondition, 1));
}

} // namespace batlab::views
