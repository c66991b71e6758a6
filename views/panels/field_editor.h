// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QString>
#include <QWidget>

#include <functional>

class QLabel;
class QToolButton;

namespace batlab::views {

class ParameterFormModel;

/// One line of a form: changed dot, title, the editor its type asks for, unit, reset arrow.
class FieldEditor : public QWidget
{
    Q_OBJECT

public:
    /// Wide: help stands beside the field. Compact: for a narrow column; short choices are
    /// segments.
    enum class Layout { wide, compact };
    FieldEditor(ParameterFormModel *model, const QString &path, QWidget *parent = nullptr,
                Layout layout = Layout::wide);
    void sync(); ///< shows the model's value
    [[nodiscard]] QString path() const { return m_path; }

Q_SIGNALS:
    void
    refused(const QString &message); ///< a value the schema does not allow; the editor went back

private:
    void buildEditor(QWidget *box);
    void buildSegments(QWidget *box);
    void write(const Json &value);
    void writeText(const QString &text);

    ParameterFormModel *m_model;
    QString m_path;
    Layout m_layout;
    QLabel *m_dot;
    QToolButton *m_reset;
    std::function<void(const Json &)> m_show; ///< puts a value into the editor without a signal
};

} // namespace batlab::views
