// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <QDialog>

#include <map>

class QHBoxLayout;
class QLabel;
class QListWidget;
class QPushButton;
class QScrollArea;
class QTimer;
class QVBoxLayout;

namespace batlab::views {

class FieldEditor;
class ParameterFormModel;
class PreflightPanel;

/// The run form: which methods, run-level parameters, and the stages of the chosen presets.
/// Reads and writes YAML, the same text that "batlab-cli run" reads. Preflight fills the foot; the
/// run can be queued once it has answered.
class RunDialog : public QDialog
{
    Q_OBJECT

public:
    explicit RunDialog(ParameterFormModel *model, QWidget *parent = nullptr);
    /// The engine's answer to preflight, or its error. mayQueue: the error only says that nothing
    /// was checked.
    void setPreflight(const Json &answer, const QString &error, bool mayQueue = false);
    [[nodiscard]] QString preflightText() const;
    /// What would be queued: the form, or a loaded spec as it is while nothing was changed since.
    [[nodiscard]] Json spec() const;
    /// Fills the form. Values without a field are named, and kept while nothing is changed.
    void loadSpec(const Json &spec, const QString &from);
    /// Errors name file, line and key.
    [[nodiscard]] Result<void> openYaml(const QString &path);
    [[nodiscard]] Result<void> saveYaml(const QString &path) const;
    /// The session a copied command writes to.
    void setSessionPath(const QString &path) { m_session = path; }
    [[nodiscard]] QString note() const; ///< what of a loaded spec the form cannot show
    [[nodiscard]] int editorCount() const { return static_cast<int>(m_editors.size()); }
    [[nodiscard]] FieldEditor *editor(const QString &path) const;

Q_SIGNALS:
    void preflightRequested(const batlab::Json &spec);
    void queueRequested(const batlab::Json &spec);

private:
    void rebuild();
    void fieldChanged(int at);
    void updateState();
    void buildFileTools(QHBoxLayout *row);
    void showNote();
    void say(const Result<void> &done);

    ParameterFormModel *m_model;
    QListWidget *m_presets;
    QScrollArea *m_scroll;
    QLabel *m_state, *m_note;
    PreflightPanel *m_preflight;
    QPushButton *m_queue;
    QTimer *m_ask;
    std::map<QString, FieldEditor *> m_editors;
    bool m_filling = false;
    Json m_exact, m_shown; ///< a loaded spec, and what the form made of it
    QString m_from, m_hidden, m_session;
};

} // namespace batlab::views
