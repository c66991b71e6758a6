// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QWidget>

#include <map>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace batlab::views {

class FactorRow;
class FieldEditor;
class PanelFrame;
class WhatIfModel;

/// The form of a what-if, generated from the parameter schema: what answers at once first, what
/// applies when queued folded under it. The checker's reason stands under the field it is about.
class WhatIfForm : public QWidget
{
    Q_OBJECT

public:
    struct Start
    {
        QString id, title;
        bool preset = false;
    };

    explicit WhatIfForm(WhatIfModel *model, QWidget *parent = nullptr);
    /// What a what-if can start from; `current` is shown as chosen.
    void setStarts(const std::vector<Start> &starts, const QString &current, bool preset);
    [[nodiscard]] FieldEditor *editor(const QString &path) const; ///< "transform.init"
    [[nodiscard]] FactorRow *factors() const { return m_factors; }
    [[nodiscard]] QString noteOf(const QString &path) const; ///< reason shown under a field
    [[nodiscard]] QPushButton *queueButton() const { return m_queue; }

Q_SIGNALS:
    void startChosen(const QString &id, bool preset);
    void queueRequested();
    void copyRequested();

private:
    struct Row
    {
        QString path, stage;
        QWidget *box = nullptr;
        FieldEditor *editor = nullptr;
        QLabel *note = nullptr;
        bool primary = true;
    };
    void rebuild();
    void addSection(QVBoxLayout *column, const std::string &stage);
    void addField(QVBoxLayout *column, const QString &path, const std::string &stage);
    void showAddMenu();
    void update();
    void updateVisible();
    void setNote(const QString &path, const QString &text);

    WhatIfModel *m_model;
    PanelFrame *m_frame;
    QToolButton *m_resetAll;
    QComboBox *m_start;
    QScrollArea *m_scroll;
    QLabel *m_foot;
    QPushButton *m_queue, *m_copy;
    FactorRow *m_factors = nullptr;
    std::vector<Row> m_rows;
    std::map<QString, QWidget *> m_bodies; ///< by stage
    std::map<QString, QToolButton *> m_more; ///< by stage: shows the rarer parameters
    QSet<QString> m_open, m_closed, m_full; ///< stages as the user left them
};

} // namespace batlab::views
