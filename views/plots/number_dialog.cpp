// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/number_dialog.h"

#include "views/plots/color_scale.h"
#include "views/plots/theme.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {

void describe(QPushButton *button)
{
    button->setToolTip(button->text());
    button->setAccessibleName(button->text());
}

/// As numbers stand on the screen, with either decimal sign; NaN: not a number.
double numberFrom(QString text)
{
    text.replace(QChar(0x2212), QLatin1Char('-'));
    text.replace(QLatin1Char(','), QLatin1Char('.'));
    bool isNumber = false;
    const double value = QLocale::c().toDouble(text.trimmed(), &isNumber);
    return isNumber && std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

} // namespace

NumberDialog::NumberDialog(const QString &title, const std::vector<Number> &numbers, Check check,
                           QWidget *parent)
    : QDialog(parent)
    , m_check(std::move(check))
    , m_wrong(new QLabel(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    auto *form = new QFormLayout;
    for (const Number &number : numbers) {
        auto *edit = new QLineEdit(QLocale::c().toString(number.value, 'g', 6), this);
        edit->setAccessibleName(number.name);
        edit->selectAll();
        connect(edit, &QLineEdit::textEdited, this, &NumberDialog::check);
        form->addRow(number.name, edit);
        m_fields.push_back({ edit, number.value });
    }
    m_wrong->setFont(tableFont());
    m_wrong->setWordWrap(true);
    m_wrong->setMinimumHeight(2 * QFontMetrics(tableFont()).height());
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, tokensOf(this).bad);
    m_wrong->setPalette(colours);
    auto *column = new QVBoxLayout(this);
    column->addLayout(form);
    column->addWidget(m_wrong);
    column->addStretch(1);
    column->addWidget(m_buttons);
    for (const auto which : { QDialogButtonBox::Ok, QDialogButtonBox::Cancel })
        describe(m_buttons->button(which));
    m_buttons->button(QDialogButtonBox::Ok)->setDefault(true);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    this->check();
}

void NumberDialog::addButton(const QString &label, std::function<void()> act)
{
    QPushButton *button = m_buttons->addButton(label, QDialogButtonBox::ResetRole);
    describe(button);
    connect(button, &QPushButton::clicked, this, [this, act = std::move(act)] {
        reject();
        act();
    });
}

std::vector<double> NumberDialog::numbers() const
{
    std::vector<double> out;
    for (const Field &field : m_fields)
        out.push_back(field.edit->isModified() ? numberFrom(field.edit->text()) : field.value);
    return out;
}

void NumberDialog::check()
{
    const std::vector<double> all = numbers();
    const bool finite =
        std::none_of(all.begin(), all.end(), [](double v) { return std::isnan(v); });
    const QString wrong = !finite ? tr("A number is needed, such as 0.25 or 1e-3.")
        : m_check                 ? m_check(all)
                                  : QString();
    m_wrong->setText(wrong);
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(wrong.isEmpty());
}

QAction *colorLimitsAction(std::function<std::shared_ptr<ColorScale>()> scale, QWidget *parent)
{
    auto *action = new QAction(NumberDialog::tr("Colour limits…"), parent);
    QObject::connect(action, &QAction::triggered, parent, [scale = std::move(scale), parent] {
        const std::shared_ptr<ColorScale> now = scale();
        const auto check = [now](const std::vector<double> &limits) {
            if (now->mode() == ScaleMode::log && !(limits[0] > 0))
                return NumberDialog::tr("Limits of a logarithmic scale are above 0.");
            return limits[0] < limits[1]
                ? QString()
                : NumberDialog::tr("The lower limit must be below the upper one.");
        };
        auto *dialog = new NumberDialog(NumberDialog::tr("Colour limits"),
                                        { { NumberDialog::tr("Lower limit"), now->lower() },
                                          { NumberDialog::tr("Upper limit"), now->upper() } },
                                        check, parent);
        dialog->addButton(NumberDialog::tr("Automatic"), [now] { now->reset(); });
        QObject::connect(dialog, &QDialog::accepted, now.get(), [dialog, now = now.get()] {
            const std::vector<double> limits = dialog->numbers();
            now->setLimits(limits[0], limits[1]);
        });
        dialog->open();
    });
    return action;
}

} // namespace batlab::plots
