// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/variant_facts.h"

#include <QTreeWidget>

namespace batlab::views {

/// Names and values in two columns, under headings where there are several groups. Ctrl+C copies
/// the chosen lines, or all of them.
class FactsView : public QTreeWidget
{
    Q_OBJECT

public:
    FactsView(const QString &accessibleName, bool headings, QWidget *parent = nullptr);
    void setFacts(const std::vector<Fact> &facts);
    [[nodiscard]] const std::vector<Fact> &facts() const { return m_facts; }
    void copy() const;

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    std::vector<Fact> m_facts;
    bool m_headings;
};

} // namespace batlab::views
