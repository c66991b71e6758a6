// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/run_retry.h"

#include "views/models/text.h"

namespace batlab::views {

namespace {

/// Halves an integer of an object if it is more than 1, and says so once for each name and value.
void halve(Json &object, const char *key, const std::string &prefix, QStringList &changes)
{
    const auto at = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || at == object.end() || !at->is_number_integer()
        || at->get<std::int64_t>() < 2)
        return;
    const auto before = at->get<std::int64_t>();
    *at = before / 2;
    const QString line =
        QStringLiteral("%1.%2 %3 → %4").arg(qs(prefix), qs(key)).arg(before).arg(before / 2);
    if (!changes.contains(line))
        changes.append(line);
}

/// Stages stand in recipes, whatever passes those have: {"train": {"batch": 4}}.
void halveStages(Json &value, QStringList &changes)
{
    if (!value.is_structured())
        return;
    for (const char *kind : { "train", "tune", "learn-rotation", "round", "recover" }) {
        const auto at = value.is_object() ? value.find(kind) : value.end();
        if (!value.is_object() || at == value.end())
            continue;
        for (const char *key : { "batch", "learnBatch" })
            halve(*at, key, kind, changes);
        if (at.key() == "tune" || at.key() == "learn-rotation")
            halve(*at, "sequences", kind, changes);
    }
    for (Json &inside : value)
        halveStages(inside, changes);
}

} // namespace

SmallerRun smallerRun(const Json &spec)
{
    SmallerRun out { spec, {} };
    if (!spec.is_object())
        return out;
    if (out.spec.contains("calibration"))
        halve(out.spec["calibration"], "sequences", "calibration", out.changes);
    if (out.spec.contains("variants"))
        halveStages(out.spec["variants"], out.changes);
    return out;
}

} // namespace batlab::views
