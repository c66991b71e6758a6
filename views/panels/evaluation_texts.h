// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringListModel>

class QComboBox;
class QWidget;

namespace batlab::views {

class ArtifactIndex;

/// The evaluation text that the panels of a page look at: one choice, shown in a box in each.
class EvaluationTexts : public QStringListModel
{
    Q_OBJECT

public:
    using QStringListModel::QStringListModel;
    /// Texts with windows; the choice stays while its text is there.
    void rebuild(const ArtifactIndex &index);
    void reset(const ArtifactIndex &index); ///< of another session: the first text
    [[nodiscard]] QString current() const; ///< empty without any
    void setCurrent(const QString &text); ///< ignored unless it is one of them
    /// A box for a panel's header, there while there is something to choose.
    [[nodiscard]] QComboBox *makeBox(QWidget *parent);

Q_SIGNALS:
    void currentChanged();

private:
    QString m_current;
};

} // namespace batlab::views
