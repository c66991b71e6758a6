// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QDialog>

#include <map>

class QLabel;
class QListWidget;
class QPushButton;
class QScrollArea;
class QTimer;
class QVBoxLayout;

namespace batlab::views {

class FieldEditor;
class ParameterFormModel;

/// The run form: which methods, run-level parameters, and the stages of the chosen presets.
/// Preflight fills the foot.
class RunDialog : public QDialog
{
    Q_OBJECT

public:
    explicit RunDialog(ParameterFormModel *model, QWidget *parent = nullptr);
    /// The engine's answer to preflight, or its error. mayQueue: the error only says that nothing
    /// was checked.
    void setPreflight(const Json &answer, const QString &error, bool mayQueue = false);
    [[nodiscard]] QString preflightText() const;
    [[nodiscard]] int editorCount() const { return static_cast<int>(m_editors.size()); }
    [[nodiscard]] FieldEditor *editor(const QString &path) const;

Q_SIGNALS:
    void preflightRequested(const batlab::Json &spec);
    void queueRequested(const batlab::Json &spec);

private:
    void rebuild();
    void fieldChanged(int at);
    void updateState();

    ParameterFormModel *m_model;
    QListWidget *m_presets;
    QScrollArea *m_scroll;
    QLabel *m_state, *m_preflight;
    QPushButton *m_queue;
    QTimer *m_ask;
    std::map<QString, FieldEditor *> m_editors;
    bool m_filling = false;
};

/// A preflight answer in words: errors, warnings, then time, memory and disk. Keys: "errors",
/// "warnings" (texts), "seconds", "memory" and "disk" {"needed", "available"} in bytes.
[[nodiscard]] QStringList preflightLines(const Json &answer);

} // namespace batlab::views
