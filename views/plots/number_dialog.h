// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>
#include <memory>
#include <vector>

class QAction;
class QDialogButtonBox;
class QLabel;
class QLineEdit;

namespace batlab::plots {

class ColorScale;

/// Numbers that the mouse drags otherwise, by hand: limits of colours, a threshold. open() it; it
/// deletes itself when it is closed.
class NumberDialog : public QDialog
{
    Q_OBJECT
public:
    struct Number
    {
        QString name;
        double value = 0;
    };
    /// What is wrong with finite numbers, in the order of the dialog; empty: nothing.
    using Check = std::function<QString(const std::vector<double> &)>;

    NumberDialog(const QString &title, const std::vector<Number> &numbers, Check check,
                 QWidget *parent);
    /// One more button, which closes the dialog and acts.
    void addButton(const QString &label, std::function<void()> act);
    /// What stands in the fields, NaN for what is no number; untouched ones keep all their digits.
    [[nodiscard]] std::vector<double> numbers() const;

private:
    void check();

    struct Field
    {
        QLineEdit *edit;
        double value;
    };
    std::vector<Field> m_fields;
    Check m_check;
    QLabel *m_wrong;
    QDialogButtonBox *m_buttons;
};

/// "Colour limits…": the limits of the scale that `scale` gives when it is asked for, by hand or
/// automatic again. Owned by `parent`.
[[nodiscard]] QAction *colorLimitsAction(std::function<std::shared_ptr<ColorScale>()> scale,
                                         QWidget *parent);

} // namespace batlab::plots
