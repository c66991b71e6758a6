// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/notice_dialog.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace batlab::views {

namespace {

void describe(QPushButton *button)
{
    button->setToolTip(button->text());
    button->setAccessibleName(button->text());
}

} // namespace

NoticeDialog::NoticeDialog(const QString &title, const QString &heading, const QString &text,
                           QWidget *parent)
    : QDialog(parent)
    , m_text(new QPlainTextEdit(text, this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Close, this))
{
    setWindowTitle(title);
    auto *column = new QVBoxLayout(this);
    QLabel *head = makeLabel(heading, &plots::Tokens::text, plots::titleFont(), this);
    head->setWordWrap(true);
    column->addWidget(head);
    m_text->setReadOnly(true);
    m_text->setFont(plots::tableFont());
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setAccessibleName(heading);
    column->addWidget(m_text, 1);
    QPushButton *copy = m_buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_text->toPlainText()); });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    column->addWidget(m_buttons);
    describe(copy);
    describe(m_buttons->button(QDialogButtonBox::Close));
    m_buttons->button(QDialogButtonBox::Close)->setDefault(true);
    resize(plots::px(560), plots::px(300));
}

void NoticeDialog::addButton(const QString &label, std::function<void()> act)
{
    QPushButton *button = m_buttons->addButton(label, QDialogButtonBox::ActionRole);
    describe(button);
    connect(button, &QPushButton::clicked, this, [this, act = std::move(act)] {
        close();
        act();
    });
}

QString NoticeDialog::text() const { return m_text->toPlainText(); }

} // namespace batlab::views
