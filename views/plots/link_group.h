// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

#include <vector>

class QCPAxis;

namespace batlab::plots {

/// Axes that always show the same range, in one plot or in several. One object owns the rule, so a
/// change is passed on once and never comes back as an echo.
class LinkGroup : public QObject
{
    Q_OBJECT
public:
    explicit LinkGroup(QObject *parent = nullptr);

    /// Adds an axis; it takes the range of the group (the first axis gives it).
    void add(QCPAxis *axis);
    void remove(QCPAxis *axis);
    [[nodiscard]] int size() const;

private:
    void pass(QCPAxis *from);

    std::vector<QPointer<QCPAxis>> m_axes;
    bool m_passing = false;
};

} // namespace batlab::plots
