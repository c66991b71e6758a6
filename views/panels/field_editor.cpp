// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/field_editor.h"

#include "views/models/core_text.h"
#include "views/models/parameter_form_model.h"
#include "views/models/parameter_text.h"
#include "views/models/text.h"
#include "views/panels/parameter_slider.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>

#include <limits>

namespace batlab::views {

namespace {
constexpr int kTitleWidth = 156, kEditorWidth = 220, kUnitWidth = 48;
constexpr int kCompactTitle = 104, kSliderField = 66;
constexpr std::size_t kMostSegments = 4, kMostLetters = 18;

/// Choices that stand side by side in a narrow column.
bool fitsSegments(const Parameter &p)
{
    std::size_t letters = 0;
    for (const std::string &choice : p.choices)
        letters += choice.size();
    return p.type == ParameterType::choice && p.choices.size() <= kMostSegments
        && letters <= kMostLetters;
}
} // namespace

FieldEditor::FieldEditor(ParameterFormModel *model, const QString &path, QWidget *parent,
                         Layout layout)
    : QWidget(parent)
    , m_model(model)
    , m_path(path)
    , m_layout(layout)
    , m_dot(makeLabel(QStringLiteral("●"), &plots::Tokens::accent, plots::captionFont(), this))
    , m_reset(makeTool(QStringLiteral("reset"), tr("Back to the default"), this))
{
    const FormField &f = model->field(model->find(path));
    const Parameter &p = f.parameter;
    const QString hint = parameterHint(f);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    const bool compact = m_layout == Layout::compact;
    row->setSpacing(plots::px(compact ? 4 : 6));
    m_dot->setFixedWidth(plots::px(12));
    m_dot->setToolTip(tr("Changed"));
    row->addWidget(m_dot);
    auto *title = makeLabel(parameterTitle(p), &plots::Tokens::text2, plots::tableFont(), this);
    title->setFixedWidth(plots::px(compact ? kCompactTitle : kTitleWidth));
    title->setWordWrap(compact);
    title->setToolTip(hint);
    row->addWidget(title);
    auto *box = new QWidget(this);
    auto *boxRow = new QHBoxLayout(box);
    boxRow->setContentsMargins(0, 0, 0, 0);
    boxRow->setSpacing(plots::px(compact ? 4 : 8));
    if (!compact)
        box->setFixedWidth(plots::px(kEditorWidth));
    if (compact && fitsSegments(p))
        buildSegments(box);
    else
        buildEditor(box);
    if (compact && ParameterSlider::suits(p))
        addSlider(box);
    row->addWidget(box, compact ? 1 : 0);
    auto *unit = makeLabel(parameterUnit(p), &plots::Tokens::text3, plots::captionFont(), this);
    if (!compact)
        unit->setFixedWidth(plots::px(kUnitWidth));
    unit->setVisible(!compact || !p.unit.empty());
    row->addWidget(unit);
    m_reset->setFixedSize(plots::px(24), plots::px(24));
    m_reset->setAccessibleName(tr("Reset %1").arg(parameterTitle(p)));
    QSizePolicy keep = m_reset->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keep);
    row->addWidget(m_reset);
    if (!compact) {
        auto *help = new ElidedLabel(this);
        help->setText(ParameterFormModel::rangeText(f) + QStringLiteral(" · ") + parameterHelp(p));
        help->setFont(plots::captionFont());
        help->setMostLines(2);
        keepColors(help, { { QPalette::WindowText, &plots::Tokens::text3 } });
        row->addWidget(help, 1);
    }
    connect(m_reset, &QToolButton::clicked, this,
            [this] { m_model->resetField(m_model->find(m_path)); });
    sync();
}

void FieldEditor::buildEditor(QWidget *box)
{
    const FormField field = m_model->field(m_model->find(m_path));
    const Parameter &p = field.parameter;
    const auto place = [&](QWidget *editor) {
        editor->setAccessibleName(parameterTitle(p));
        editor->setAccessibleDescription(parameterHelp(p));
        editor->setToolTip(parameterHint(field));
        box->layout()->addWidget(editor);
    };
    const bool fitsInt = p.minimum && *p.minimum >= std::numeric_limits<int>::min() && p.maximum
        && *p.maximum <= std::numeric_limits<int>::max();
    if (p.type == ParameterType::boolean) {
        auto *check = new QCheckBox(box);
        place(check);
        connect(check, &QCheckBox::toggled, this, [this](bool on) { write(on); });
        m_show = [check](const Json &v) {
            const QSignalBlocker quiet(check);
            check->setChecked(v.is_boolean() && v.get<bool>());
        };
    } else if (p.type == ParameterType::integer && fitsInt) {
        auto *spin = new QSpinBox(box);
        spin->setRange(static_cast<int>(*p.minimum), static_cast<int>(*p.maximum));
        spin->setKeyboardTracking(false);
        place(spin);
        connect(spin, &QSpinBox::valueChanged, this, [this](int v) { write(v); });
        m_show = [spin](const Json &v) {
            const QSignalBlocker quiet(spin);
            spin->setValue(v.is_number() ? v.get<int>() : 0);
        };
    } else if (p.type == ParameterType::choice) {
        auto *combo = new QComboBox(box);
        for (const std::string &choice : p.choices)
            combo->addItem(qs(choice));
        if (m_layout == Layout::compact) {
            combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
            combo->setMinimumContentsLength(6);
        }
        place(combo);
        connect(combo, &QComboBox::textActivated, this,
                [this](const QString &text) { write(ss(text)); });
        m_show = [combo](const Json &v) {
            combo->setCurrentText(ParameterFormModel::displayText(v));
        };
    } else if (p.type == ParameterType::textList && !p.choices.empty()) {
        QList<QCheckBox *> checks;
        for (const std::string &choice : p.choices) {
            auto *check = new QCheckBox(qs(choice), box);
            place(check);
            check->setAccessibleName(parameterTitle(p) + QLatin1Char(' ') + qs(choice));
            checks.append(check);
        }
        for (QCheckBox *check : checks) {
            connect(check, &QCheckBox::toggled, this, [this, checks] {
                Json list = Json::array();
                for (const QCheckBox *c : checks) {
                    if (c->isChecked())
                        list.push_back(ss(c->text()));
                }
                write(list);
            });
        }
        m_show = [checks](const Json &v) {
            for (QCheckBox *c : checks) {
                const QSignalBlocker quiet(c);
                c->setChecked(v.is_array()
                              && std::find(v.begin(), v.end(), Json(ss(c->text()))) != v.end());
            }
        };
    } else {
        auto *edit = new QLineEdit(box);
        if (m_layout == Layout::compact)
            edit->setMinimumWidth(plots::px(48));
        place(edit);
        connect(edit, &QLineEdit::editingFinished, this, [this, edit] {
            if (edit->isModified())
                writeText(edit->text());
        });
        m_show = [edit](const Json &v) { edit->setText(ParameterFormModel::displayText(v)); };
        if (p.type == ParameterType::file) {
            auto *browse = makeTool(QStringLiteral("open"), tr("Choose a file…"), box);
            browse->setFixedSize(plots::px(24), plots::px(24));
            box->layout()->addWidget(browse);
            connect(browse, &QToolButton::clicked, this, [this, edit] {
                const QString file =
                    QFileDialog::getOpenFileName(this, tr("Choose a file"), edit->text());
                if (!file.isEmpty())
                    writeText(file);
            });
        }
    }
}

void FieldEditor::addSlider(QWidget *box)
{
    const FormField field = m_model->field(m_model->find(m_path));
    auto *slider = new ParameterSlider(field.parameter, box);
    slider->setAccessibleName(tr("%1, slider").arg(parameterTitle(field.parameter)));
    slider->setToolTip(parameterHint(field));
    slider->setMinimumWidth(plots::px(56));
    auto *row = static_cast<QHBoxLayout *>(box->layout());
    QWidget *edit = row->itemAt(0)->widget();
    edit->setFixedWidth(plots::px(kSliderField));
    row->insertWidget(0, slider, 1);
    connect(slider, &QSlider::sliderPressed, this, [this] { Q_EMIT dragging(true); });
    connect(slider, &QSlider::sliderReleased, this, [this] { Q_EMIT dragging(false); });
    connect(slider, &ParameterSlider::chosen, this, &FieldEditor::write);
    m_show = [field = m_show, slider](const Json &v) {
        field(v);
        if (v.is_number())
            slider->show(v.get<double>());
    };
}

void FieldEditor::buildSegments(QWidget *box)
{
    const Parameter p = m_model->field(m_model->find(m_path)).parameter;
    auto *segments = new SegmentBar(box);
    segments->setAccessibleName(parameterTitle(p));
    for (std::size_t i = 0; i < p.choices.size(); ++i)
        segments->addSegment(qs(p.choices[i]),
                             parameterTitle(p) + QLatin1Char(' ') + qs(p.choices[i]),
                             static_cast<int>(i));
    box->layout()->addWidget(segments);
    static_cast<QHBoxLayout *>(box->layout())->addStretch(1);
    connect(segments, &SegmentBar::chosen, this,
            [this, choices = p.choices](int id) { write(choices[static_cast<std::size_t>(id)]); });
    m_show = [segments, choices = p.choices](const Json &v) {
        const auto at = std::find_if(choices.begin(), choices.end(),
                                     [&](const std::string &choice) { return v == Json(choice); });
        segments->setCurrent(static_cast<int>(at - choices.begin()));
    };
}

void FieldEditor::write(const Json &value)
{
    if (Result<void> done = m_model->setFieldValue(m_model->find(m_path), value); !done)
        Q_EMIT refused(coreText(done.error()));
    sync();
}

void FieldEditor::writeText(const QString &text)
{
    if (Result<void> done = m_model->setFieldText(m_model->find(m_path), text); !done)
        Q_EMIT refused(coreText(done.error()));
    sync();
}

void FieldEditor::sync()
{
    const int at = m_model->find(m_path);
    if (at < 0)
        return;
    m_show(m_model->field(at).value);
    const bool changed = m_model->isChanged(at);
    m_dot->setText(changed ? QStringLiteral("●") : QString());
    m_reset->setVisible(changed);
    m_reset->setToolTip(
        tr("Back to %1").arg(ParameterFormModel::displayText(m_model->field(at).original)));
}

} // namespace batlab::views
