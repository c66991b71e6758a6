// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/evaluation_texts.h"

#include "views/models/artifact_index.h"
#include "views/models/text.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QSignalBlocker>

namespace batlab::views {

void EvaluationTexts::rebuild(const ArtifactIndex &index)
{
    QStringList texts;
    for (const EvaluationResult *r : index.evaluations())
        if (r->metric == "perplexity" && !r->windowNll.empty() && !texts.contains(qs(r->task)))
            texts.append(qs(r->task));
    if (texts == stringList())
        return;
    if (!texts.contains(m_current))
        m_current = texts.value(0);
    setStringList(texts);
    Q_EMIT currentChanged();
}

void EvaluationTexts::reset(const ArtifactIndex &index)
{
    m_current.clear();
    setStringList({});
    Q_EMIT currentChanged();
    rebuild(index);
}

QString EvaluationTexts::current() const { return m_current; }

void EvaluationTexts::setCurrent(const QString &text)
{
    if (text == m_current || !stringList().contains(text))
        return;
    m_current = text;
    Q_EMIT currentChanged();
}

QComboBox *EvaluationTexts::makeBox(QWidget *parent)
{
    auto *box = new QComboBox(parent);
    box->setModel(this);
    box->setAccessibleName(tr("Evaluation text"));
    box->setToolTip(tr("Evaluation text of divergence and windows"));
    box->setFixedHeight(plots::px(24));
    const auto follow = [this, box] {
        const QSignalBlocker quiet(box);
        box->setCurrentText(m_current);
        box->setVisible(rowCount() > 1);
    };
    connect(this, &EvaluationTexts::currentChanged, box, follow);
    connect(box, &QComboBox::textActivated, this, &EvaluationTexts::setCurrent);
    follow();
    return box;
}

} // namespace batlab::views
