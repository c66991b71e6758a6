// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/divergence_text.h"

#include "views/models/delta_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace batlab::views {

namespace {
QString say(const char *text)
{
    return QCoreApplication::translate("batlab::views::Divergence", text);
}
} // namespace

double rmsFromPercentiles(const std::vector<double> &percentiles)
{
    const std::size_t n = std::size(kDeltaPAt);
    if (percentiles.size() != n)
        return std::nan("");
    // Mean square of the quantile function: (a² + ab + b²)/3 on each straight piece.
    double sum = kDeltaPAt[0] / 100 * percentiles.front() * percentiles.front()
        + (1 - kDeltaPAt[n - 1] / 100) * percentiles.back() * percentiles.back();
    for (std::size_t i = 1; i < n; ++i) {
        const double a = percentiles[i - 1], b = percentiles[i];
        sum += (kDeltaPAt[i] - kDeltaPAt[i - 1]) / 100 * (a * a + a * b + b * b) / 3;
    }
    return std::sqrt(sum);
}

std::vector<std::pair<QString, QString>> divergenceNotes(const EvaluationResult &result,
                                                         const QString &title,
                                                         const EvaluationResult *baseline,
                                                         const QString &baselineTitle)
{
    std::vector<std::pair<QString, QString>> out;
    if (baseline)
        out.emplace_back(
            say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "%1 to %2"))
                .arg(title, baselineTitle),
            say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "ΔKLD %1 nat · Δtop-1 %2 points"))
                .arg(deltaSignificant(result.kld - baseline->kld),
                     deltaText(100 * (result.top1Agreement - baseline->top1Agreement), 2)));
    const std::vector<double> &p = result.deltaPPercentiles;
    if (p.size() == std::size(kDeltaPAt)) {
        out.emplace_back(
            say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "RMS Δp, next token")),
            QStringLiteral("%1 ≈ %2 %").arg(title, number(100 * rmsFromPercentiles(p), 1)));
        QStringList parts;
        for (const std::size_t i :
             { std::size_t(1), std::size_t(2), std::size_t(5), std::size_t(8), std::size_t(9) })
            parts.append( // kept together where the line breaks
                QStringLiteral("%1\u00A0%\u00A0%2")
                    .arg(kDeltaPAt[i])
                    .arg(signedNumber(100 * p[i], 1)));
        out.emplace_back(
            say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "Δp percentiles, points")),
            parts.join(QStringLiteral(" · ")));
    }
    if (!result.windowKld.empty()) {
        const auto worst = std::max_element(result.windowKld.begin(), result.windowKld.end());
        out.emplace_back(say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "Largest window")),
                         say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "%1 nat, window %2"))
                             .arg(number(*worst, 3))
                             .arg(worst - result.windowKld.begin()));
    }
    out.emplace_back(say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "Tokens scored")),
                     say(QT_TRANSLATE_NOOP("batlab::views::Divergence", "%1 in %2 windows"))
                         .arg(count(result.tokens), count(result.samples)));
    return out;
}

} // namespace batlab::views
