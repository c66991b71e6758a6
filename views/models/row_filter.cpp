// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/row_filter.h"

#include <QRegularExpression>

namespace batlab::views {

RowFilter::RowFilter(const QString &text, const QStringList &keys)
{
    static const QRegularExpression blanks(QStringLiteral("\\s+"));
    static const QRegularExpression range(QStringLiteral("^layers?:(\\d+)(?:-(\\d+))?$"),
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression comparison(
        QStringLiteral("^([a-zA-Z]+)(<=|>=|<|>)([-+]?[0-9.]+(?:[eE][-+]?\\d+)?)$"));
    for (const QString &word : text.split(blanks, Qt::SkipEmptyParts)) {
        Term term;
        term.word = word;
        if (const auto found = range.match(word); found.hasMatch()) {
            term.kind = Term::layers;
            term.first = found.captured(1).toDouble();
            term.last = found.captured(2).isEmpty() ? term.first : found.captured(2).toDouble();
        } else if (const auto compared = comparison.match(word); compared.hasMatch()) {
            bool isNumber = false;
            const double bound = compared.captured(3).toDouble(&isNumber);
            const QString key = compared.captured(1).toLower();
            if (isNumber && keys.contains(key)) {
                term.kind =
                    compared.captured(2).startsWith(QLatin1Char('<')) ? Term::below : Term::above;
                term.orEqual = compared.captured(2).size() == 2;
                term.word = key;
                term.first = bound;
            }
        }
        m_terms.push_back(term);
    }
}

bool RowFilter::accepts(int layer, const QString &name,
                        const std::function<double(const QString &)> &number) const
{
    for (const Term &term : m_terms) {
        bool holds = false;
        switch (term.kind) {
        case Term::layers: holds = layer >= term.first && layer <= term.last; break;
        case Term::below: {
            const double value = number(term.word);
            holds = value < term.first || (term.orEqual && value == term.first);
            break;
        }
        case Term::above: {
            const double value = number(term.word);
            holds = value > term.first || (term.orEqual && value == term.first);
            break;
        }
        case Term::text: holds = name.contains(term.word, Qt::CaseInsensitive); break;
        }
        if (!holds)
            return false;
    }
    return true;
}

} // namespace batlab::views
