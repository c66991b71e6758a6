// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/what_if_form.h"

#include "views/models/preset_text.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/factor_row.h"
#include "views/panels/field_editor.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace batlab::views {

namespace {

/// Sections in the order of the form: what answers at once, then what applies when queued.
constexpr std::array<const char *, 14> kSections {
    "transform", "fold",  "clip",   "format",  "rotate", "branch", "precision",
    "round",     "train", "refine", "recover", "kv",     "tune",   "learn-rotation"
};
/// Parameters that stand in the form by themselves; the rest is behind "More".
const QSet<QString> kPrimary {
    QStringLiteral("transform.kind"),
    QStringLiteral("transform.size"),
    QStringLiteral("transform.parametrization"),
    QStringLiteral("transform.init"),
    QStringLiteral("transform.conditionCap"),
    QStringLiteral("transform.sites"),
    QStringLiteral("fold.diagonal"),
    QStringLiteral("fold.alpha"),
    QStringLiteral("fold.permutation"),
    QStringLiteral("clip.activations"),
    QStringLiteral("clip.weights"),
    QStringLiteral("round.kind"),
    QStringLiteral("round.scaleSearch"),
    QStringLiteral("round.target"),
    QStringLiteral("round.targetAlpha"),
    QStringLiteral("train.epochs"),
    QStringLiteral("train.learningRate"),
    QStringLiteral("recover.parts"),
    QStringLiteral("tune.steps"),
    QStringLiteral("learn-rotation.steps"),
};

QString sectionTitle(const std::string &stage)
{
    static const std::map<std::string, QString> titles {
        { "transform", WhatIfForm::tr("Transform") },
        { "fold", WhatIfForm::tr("Diagonal and order") },
        { "clip", WhatIfForm::tr("Clipping") },
        { "format", WhatIfForm::tr("Format") },
        { "rotate", WhatIfForm::tr("Rotation") },
        { "branch", WhatIfForm::tr("Low-rank branch") },
        { "precision", WhatIfForm::tr("Precision") },
        { "round", WhatIfForm::tr("Rounding of weights") },
        { "train", WhatIfForm::tr("Training") },
        { "refine", WhatIfForm::tr("Refinement of codes") },
        { "recover", WhatIfForm::tr("Recovery") },
        { "kv", WhatIfForm::tr("KV cache") },
        { "tune", WhatIfForm::tr("Tuning of the model") },
        { "learn-rotation", WhatIfForm::tr("Learned rotation") },
    };
    const auto at = titles.find(stage);
    return at == titles.end() ? qs(stage) : at->second;
}

/// A caption that gives way where it is narrow.
QLabel *makeQuiet(const QString &text, QWidget *parent)
{
    auto *label = new ElidedLabel(parent);
    label->setText(text);
    label->setFont(plots::captionFont());
    keepColors(label, { { QPalette::WindowText, &plots::Tokens::text3 } });
    return label;
}

bool atOnce(const std::string &stage)
{
    return stage == "format" || WhatIfModel::answersAtOnce(stage + ".");
}

} // namespace

WhatIfForm::WhatIfForm(WhatIfModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_frame(new PanelFrame(tr("What if"), this))
    , m_resetAll(makeLink(tr("Reset all"), this))
    , m_start(new QComboBox(this))
    , m_scroll(new QScrollArea(this))
    , m_foot(makeLabel({}, &plots::Tokens::text3, plots::captionFont(), this))
    , m_queue(new QPushButton(tr("Queue as run…"), this))
    , m_copy(new QPushButton(tr("Copy as command"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_frame->addHeaderWidget(m_resetAll);
    auto *content = new QWidget(m_frame);
    auto *inside = new QVBoxLayout(content);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    auto *from = new QHBoxLayout;
    from->setSpacing(plots::px(8));
    from->setContentsMargins(plots::px(12), plots::px(2), plots::px(12), plots::px(6));
    from->addWidget(
        makeLabel(tr("Start from"), &plots::Tokens::text3, plots::tableFont(), content));
    m_start->setAccessibleName(tr("Start from"));
    m_start->setToolTip(tr("The variant or preset whose parameters are changed"));
    m_start->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_start->setMinimumContentsLength(8);
    from->addWidget(m_start, 1);
    inside->addLayout(from);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    inside->addWidget(m_scroll, 1);
    inside->addWidget(makeHairline(Qt::Horizontal, content));
    m_foot->setWordWrap(true);
    m_foot->setContentsMargins(plots::px(12), plots::px(6), plots::px(12), 0);
    inside->addWidget(m_foot);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(plots::px(8));
    buttons->setContentsMargins(plots::px(12), plots::px(6), plots::px(12), plots::px(8));
    m_queue->setDefault(true);
    m_queue->setToolTip(tr("Show what differs, then queue it as a run"));
    m_copy->setToolTip(tr("Copy the batlab-cli line that computes it"));
    for (QPushButton *button : { m_queue, m_copy }) {
        button->setAccessibleName(button->text());
        button->setFixedHeight(plots::px(26));
        buttons->addWidget(button, 1);
    }
    inside->addLayout(buttons);
    m_frame->setContent(content);
    column->addWidget(m_frame);
    connect(m_resetAll, &QToolButton::clicked, model, &WhatIfModel::resetAll);
    connect(m_queue, &QPushButton::clicked, this, &WhatIfForm::queueRequested);
    connect(m_copy, &QPushButton::clicked, this, &WhatIfForm::copyRequested);
    connect(m_start, &QComboBox::activated, this, [this](int at) {
        Q_EMIT startChosen(m_start->itemData(at).toString(),
                           m_start->itemData(at, Qt::UserRole + 1).toBool());
    });
    connect(model, &WhatIfModel::structureChanged, this, &WhatIfForm::rebuild);
    connect(model, &WhatIfModel::changed, this, &WhatIfForm::update);
    connect(model->form(), &ParameterFormModel::fieldChanged, this, [this](int at) {
        const QString path = qs(WhatIfModel::changePath(m_model->form()->field(at)));
        if (FieldEditor *found = editor(path))
            found->sync();
    });
    rebuild();
}

void WhatIfForm::setStarts(const std::vector<Start> &starts, const QString &current, bool preset)
{
    const QSignalBlocker quiet(m_start);
    m_start->clear();
    bool divided = false;
    for (const Start &start : starts) {
        if (start.preset && !divided && m_start->count() > 0)
            m_start->insertSeparator(m_start->count());
        divided = divided || start.preset;
        m_start->addItem(start.preset ? tr("Preset %1").arg(presetText(start.title)) : start.title,
                         start.id);
        m_start->setItemData(m_start->count() - 1, start.preset, Qt::UserRole + 1);
        if (start.id == current && start.preset == preset)
            m_start->setCurrentIndex(m_start->count() - 1);
    }
}

FieldEditor *WhatIfForm::editor(const QString &path) const
{
    const auto at = std::find_if(m_rows.begin(), m_rows.end(),
                                 [&](const Row &row) { return row.path == path; });
    return at == m_rows.end() ? nullptr : at->editor;
}

QString WhatIfForm::noteOf(const QString &path) const
{
    const auto at = std::find_if(m_rows.begin(), m_rows.end(),
                                 [&](const Row &row) { return row.path == path; });
    return at == m_rows.end() || at->note->isHidden() ? QString() : at->note->text();
}

void WhatIfForm::rebuild()
{
    m_rows.clear();
    m_bodies.clear();
    m_more.clear();
    m_factors = nullptr;
    auto *sheet = new QWidget;
    auto *column = new QVBoxLayout(sheet);
    column->setContentsMargins(plots::px(4), 0, plots::px(4), plots::px(8));
    column->setSpacing(plots::px(4));
    for (const char *stage : kSections)
        addSection(column, stage);
    if (!m_model->absentStages().empty()) {
        auto *add = makeLink(tr("Add a stage…"), sheet);
        connect(add, &QToolButton::clicked, this, &WhatIfForm::showAddMenu);
        column->addWidget(add, 0, Qt::AlignLeft);
    }
    column->addStretch(1);
    if (QWidget *old = m_scroll->takeWidget()) {
        old->hide(); // one of its buttons may be what brought us here
        old->deleteLater();
    }
    m_scroll->setWidget(sheet);
    update();
}

void WhatIfForm::addSection(QVBoxLayout *column, const std::string &stage)
{
    QStringList paths;
    const ParameterFormModel *form = m_model->form();
    for (int i = 0; i < form->fieldCount(); ++i) {
        if (ss(form->field(i).section) == stage)
            paths.append(form->field(i).path);
    }
    if (paths.isEmpty())
        return;
    const QString key = qs(stage);
    const bool open =
        m_open.contains(key) || (!m_closed.contains(key) && (atOnce(stage) || stage == "round"));
    auto *sheet = column->parentWidget();
    if (column->count() > 0)
        column->addWidget(makeHairline(Qt::Horizontal, sheet));
    auto *head = new QHBoxLayout;
    head->setContentsMargins(plots::px(4), plots::px(6), 0, 0);
    head->setSpacing(plots::px(8));
    auto *title = new QToolButton(sheet);
    title->setAutoRaise(true);
    title->setFont(plots::titleFont());
    title->setText(sectionTitle(stage));
    title->setAccessibleName(tr("Section %1").arg(title->text()));
    title->setToolTip(tr("Show or hide these parameters"));
    title->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    title->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    head->addWidget(title);
    if (!atOnce(stage))
        head->addWidget(makeQuiet(tr("applies when queued"), sheet), 1);
    else
        head->addStretch(1);
    if (m_model->isAddedStage(stage)) {
        auto *remove = makeLink(tr("Remove"), sheet);
        remove->setAccessibleName(tr("Remove %1").arg(title->text()));
        connect(remove, &QToolButton::clicked, this,
                [this, stage] { m_model->removeStage(stage); });
        head->addWidget(remove);
    }
    column->addLayout(head);
    auto *body = new QWidget(sheet);
    auto *inside = new QVBoxLayout(body);
    inside->setContentsMargins(0, 0, 0, plots::px(4));
    inside->setSpacing(plots::px(4));
    for (const QString &path : paths) {
        addField(inside, path, stage);
        if (m_rows.back().path == QLatin1String("transform.kind")) {
            m_factors = new FactorRow(m_model, body);
            inside->addWidget(m_factors);
        }
    }
    if (std::any_of(m_rows.begin(), m_rows.end(),
                    [&](const Row &row) { return row.stage == key && !row.primary; })) {
        auto *more = makeLink(tr("More…"), body);
        more->setAccessibleName(tr("More parameters of %1").arg(title->text()));
        connect(more, &QToolButton::clicked, this, [this, key] {
            if (!m_full.remove(key))
                m_full.insert(key);
            updateVisible();
        });
        inside->addWidget(more, 0, Qt::AlignLeft);
        m_more[key] = more;
    }
    body->setVisible(open);
    m_bodies[key] = body;
    column->addWidget(body);
    connect(title, &QToolButton::clicked, this, [this, key, body, title] {
        const bool show = body->isHidden();
        (show ? m_open : m_closed).insert(key);
        (show ? m_closed : m_open).remove(key);
        body->setVisible(show);
        title->setArrowType(show ? Qt::DownArrow : Qt::RightArrow);
    });
}

void WhatIfForm::addField(QVBoxLayout *column, const QString &path, const std::string &stage)
{
    Row row;
    row.path = qs(WhatIfModel::changePath(m_model->form()->field(m_model->form()->find(path))));
    row.stage = qs(stage);
    static const QSet<QString> grouped {
        QStringLiteral("transform"), QStringLiteral("fold"),          QStringLiteral("clip"),
        QStringLiteral("round"),     QStringLiteral("train"),         QStringLiteral("recover"),
        QStringLiteral("tune"),      QStringLiteral("learn-rotation")
    };
    row.primary = !grouped.contains(row.stage) || kPrimary.contains(row.path);
    row.box = new QWidget;
    auto *inside = new QVBoxLayout(row.box);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    row.editor = new FieldEditor(m_model->form(), path, row.box, FieldEditor::Layout::compact);
    inside->addWidget(row.editor);
    row.note = makeLabel({}, &plots::Tokens::bad, plots::captionFont(), row.box);
    row.note->setWordWrap(true);
    row.note->setContentsMargins(plots::px(18), 0, plots::px(8), plots::px(2));
    row.note->hide();
    inside->addWidget(row.note);
    connect(row.editor, &FieldEditor::dragging, m_model, &WhatIfModel::setDragging);
    connect(row.editor, &FieldEditor::refused, this,
            [this, at = row.path](const QString &message) { setNote(at, message); });
    column->addWidget(row.box);
    m_rows.push_back(row);
}

void WhatIfForm::setNote(const QString &path, const QString &text)
{
    for (const Row &row : m_rows) {
        const bool mine = row.path == path && !text.isEmpty();
        row.note->setText(mine ? text : QString());
        row.note->setVisible(mine);
        if (mine) {
            row.box->show();
            m_scroll->ensureWidgetVisible(row.note);
        }
    }
}

void WhatIfForm::showAddMenu()
{
    QMenu menu(this);
    for (const std::string &stage : m_model->absentStages())
        menu.addAction(sectionTitle(stage), this, [this, stage] {
            m_open.insert(qs(stage));
            m_model->addStage(stage);
        });
    menu.exec(QCursor::pos());
}

void WhatIfForm::update()
{
    const WhatIfBase *base = m_model->base();
    const int count = m_model->changedCount();
    const QString from = !base ? QString() : base->run.isEmpty() ? base->title : base->run;
    m_frame->setSubtitle(!base            ? QString()
                             : count == 0 ? tr("as %1").arg(from)
                                          : tr("%1 changed, from %2").arg(count).arg(from));
    m_resetAll->setEnabled(count > 0);
    const bool possible = base && m_model->problem().isEmpty();
    m_queue->setEnabled(possible && count > 0);
    m_copy->setEnabled(possible);
    m_foot->setText(tr("Scores use %1 cached tokens of layer %2 and weights rounded to nearest: a "
                       "proxy.")
                        .arg(WhatIfModel::kTokens)
                        .arg(m_model->layer()));
    if (m_factors)
        m_factors->sync();
    updateVisible();
    setNote(m_model->problemPath(), m_model->problem());
}

void WhatIfForm::updateVisible()
{
    const auto kindIs = [this](const char *kind) {
        const ParameterFormModel *form = m_model->form();
        for (int i = 0; i < form->fieldCount(); ++i) {
            if (WhatIfModel::changePath(form->field(i)) == "transform.kind")
                return form->field(i).value == kind;
        }
        return false;
    };
    const bool gpk = kindIs("gpk");
    if (m_factors)
        m_factors->setVisible(gpk);
    for (const Row &row : m_rows) {
        const bool changed = m_model->changes().contains(ss(row.path));
        bool shown = row.primary || changed || m_full.contains(row.stage);
        if (row.path == QLatin1String("transform.size"))
            shown = kindIs("hadamard") || kindIs("dense") || m_full.contains(row.stage);
        else if (row.path == QLatin1String("transform.g1")
                 || row.path == QLatin1String("transform.g2"))
            shown = m_full.contains(row.stage); // FactorRow shows them
        row.box->setVisible(shown);
    }
    for (const auto &[stage, more] : m_more)
        more->setText(m_full.contains(stage) ? tr("Fewer") : tr("More…"));
}

} // namespace batlab::views
