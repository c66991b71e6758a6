// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/run_dialog.h"

#include "views/models/parameter_form_model.h"
#include "views/models/preset_text.h"
#include "views/models/text.h"
#include "views/panels/field_editor.h"
#include "views/panels/preflight_panel.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QUndoStack>
#include <QVBoxLayout>

namespace batlab::views {

namespace {

constexpr int kAskAfterMs = 300;

} // namespace

RunDialog::RunDialog(ParameterFormModel *model, QWidget *parent)
    : QDialog(parent)
    , m_model(model)
    , m_presets(new QListWidget(this))
    , m_scroll(new QScrollArea(this))
    , m_state(makeLabel({}, &plots::Tokens::text3, plots::tableFont(), this))
    , m_note(makeLabel({}, &plots::Tokens::warn, plots::tableFont(), this))
    , m_preflight(new PreflightPanel(this))
    , m_ask(new QTimer(this))
{
    setWindowTitle(tr("New run"));
    setObjectName(QStringLiteral("runDialog"));
    auto *column = new QVBoxLayout(this);
    auto *middle = new QHBoxLayout;
    auto *left = new QVBoxLayout;
    left->addWidget(makeLabel(tr("Methods"), &plots::Tokens::text, plots::titleFont(), this));
    m_presets->setAccessibleName(tr("Methods of the run"));
    m_presets->setFixedWidth(plots::px(220));
    left->addWidget(m_presets, 1);
    middle->addLayout(left);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    middle->addWidget(m_scroll, 1);
    column->addLayout(middle, 1);
    column->addWidget(makeHairline(Qt::Horizontal, this));
    m_note->setWordWrap(true);
    m_note->hide();
    column->addWidget(m_note);
    column->addWidget(m_preflight);
    auto *foot = new QHBoxLayout;
    buildFileTools(foot);
    foot->addWidget(m_state, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_queue = buttons->addButton(tr("Queue run"), QDialogButtonBox::AcceptRole);
    m_queue->setDefault(true);
    foot->addWidget(buttons);
    column->addLayout(foot);
    for (QAbstractButton *b : buttons->buttons()) {
        b->setToolTip(b->text());
        b->setAccessibleName(b->text());
    }

    m_filling = true;
    for (const Recipe &recipe : model->library()) {
        auto *item = new QListWidgetItem(
            recipe.title.empty() ? qs(recipe.id) : presetText(qs(recipe.title)), m_presets);
        item->setData(Qt::UserRole, qs(recipe.id));
        item->setToolTip(presetText(qs(recipe.description)));
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setSizeHint(QSize(0, plots::px(22)));
        item->setCheckState(model->chosen().contains(qs(recipe.id)) ? Qt::Checked : Qt::Unchecked);
    }
    m_filling = false;
    m_ask->setSingleShot(true);
    m_ask->setInterval(kAskAfterMs);
    connect(m_ask, &QTimer::timeout, this, [this] {
        m_preflight->setChecking();
        Q_EMIT preflightRequested(spec());
    });
    connect(m_presets, &QListWidget::itemChanged, this, [this] {
        if (m_filling)
            return;
        QStringList chosen;
        for (int i = 0; i < m_presets->count(); ++i) {
            if (m_presets->item(i)->checkState() == Qt::Checked)
                chosen.append(m_presets->item(i)->data(Qt::UserRole).toString());
        }
        m_model->setChosen(chosen);
    });
    connect(m_preflight, &PreflightPanel::retryRequested, this, [this] { m_ask->start(); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_queue, &QPushButton::clicked, this, [this] {
        Q_EMIT queueRequested(spec());
        accept();
    });
    connect(model, &ParameterFormModel::structureChanged, this, &RunDialog::rebuild);
    connect(model, &ParameterFormModel::fieldChanged, this, &RunDialog::fieldChanged);
    rebuild();
    resize(plots::px(1080), plots::px(720));
}

FieldEditor *RunDialog::editor(const QString &path) const
{
    const auto at = m_editors.find(path);
    return at == m_editors.end() ? nullptr : at->second;
}

void RunDialog::rebuild()
{
    m_editors.clear();
    auto *sheet = new QWidget;
    auto *column = new QVBoxLayout(sheet);
    column->setContentsMargins(plots::px(8), 0, plots::px(8), 0);
    column->setSpacing(plots::px(4));
    QString section;
    for (int i = 0; i < m_model->fieldCount(); ++i) {
        const FormField &field = m_model->field(i);
        if (field.section != section) {
            section = field.section;
            column->addSpacing(plots::px(10));
            column->addWidget(makeLabel(section, &plots::Tokens::text, plots::titleFont(), sheet));
            column->addWidget(makeHairline(Qt::Horizontal, sheet));
        }
        auto *editor = new FieldEditor(m_model, field.path, sheet);
        connect(editor, &FieldEditor::refused, this,
                [this](const QString &message) { m_state->setText(message); });
        m_editors.emplace(field.path, editor);
        column->addWidget(editor);
    }
    column->addStretch(1);
    m_scroll->setWidget(sheet);
    m_filling = true;
    for (int i = 0; i < m_presets->count(); ++i) {
        const bool on =
            m_model->chosen().contains(m_presets->item(i)->data(Qt::UserRole).toString());
        m_presets->item(i)->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    }
    m_filling = false;
    updateState();
}

void RunDialog::fieldChanged(int at)
{
    if (FieldEditor *found = editor(m_model->field(at).path))
        found->sync();
    updateState();
}

void RunDialog::updateState()
{
    const int changed = m_model->changedCount();
    m_state->setText(m_model->chosen().isEmpty() ? tr("Choose at least one method.")
                                                 : tr("%n parameter(s) changed", nullptr, changed));
    m_queue->setEnabled(false); // until preflight has answered
    if (m_model->chosen().isEmpty() && !m_exact.is_object())
        m_preflight->clear();
    else
        m_ask->start();
    showNote();
}

void RunDialog::setPreflight(const Json &answer, const QString &error, bool mayQueue)
{
    if (m_ask->isActive())
        return; // of what the form said before
    if (error.isEmpty())
        m_preflight->setAnswer(answer);
    else
        m_preflight->setError(error, mayQueue);
    m_queue->setEnabled(m_preflight->mayStart()
                        && (!m_model->chosen().isEmpty() || m_exact.is_object()));
}

QString RunDialog::preflightText() const { return m_preflight->text(); }

} // namespace batlab::views
