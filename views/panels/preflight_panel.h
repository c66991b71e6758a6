// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QWidget>

class QGridLayout;

namespace batlab::views {

/// What a run needs and what stands against it: time, memory, disk, then warnings and errors, a
/// line each with its mark. Keys of an answer: "errors", "warnings" (texts), "seconds", "memory"
/// and "disk" {"needed", "available"} in bytes.
class PreflightPanel : public QWidget
{
    Q_OBJECT

public:
    explicit PreflightPanel(QWidget *parent = nullptr);
    void clear();
    void setChecking();
    void setAnswer(const Json &answer);
    /// mayStart: the error only says that nothing was checked.
    void setError(const QString &message, bool mayStart);
    [[nodiscard]] bool mayStart() const { return m_mayStart; }
    [[nodiscard]] QString text() const; ///< all lines, for tests and screen readers

Q_SIGNALS:
    void retryRequested();

private:
    enum class Mark { good, warning, bad, none };
    void add(Mark mark, const QString &name, const QString &value);
    void room(const Json &answer, const char *key, const QString &name);
    void finish();

    QGridLayout *m_grid;
    QStringList m_lines;
    bool m_mayStart = false;
};

} // namespace batlab::views
