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

/// One line of a form: changed dot, title, the editor its type asks for (numbers of a compact form
/// have a slider beside the field), unit, reset arrow.
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
    void dragging(bool on); ///< the slider was taken or let go

private:
    void buildEditor(QWidget *box);
    void buildSegments(QWidget *box);
    void addSlider(QWidget *box); ///< before the field that is in the box
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
