// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

namespace batlab::views {

/// What a filter field says: "layer:20 T4 sqnr<12". All terms must hold. A term is layer:N or
/// layer:A-B, key<number or key>number (also <= and >=), or text that stands in the row's name.
class RowFilter
{
public:
    RowFilter() = default;
    /// `keys`: the names of numbers a comparison may use; a comparison with another name counts as
    /// text.
    RowFilter(const QString &text, const QStringList &keys);

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    /// `number` gives a row's number by key; NaN (unknown) passes no comparison.
    [[nodiscard]] bool accepts(int layer, const QString &name,
                               const std::function<double(const QString &)> &number) const;

private:
    struct Term
    {
        enum Kind { layers, below, above, text } kind = text;
        QString word; ///< key or text
        double first = 0, last = 0;
        bool orEqual = false;
    };
    std::vector<Term> m_terms;
};

} // namespace batlab::views
