// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/variant_chooser.h"

#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/method_icon.h"
#include "views/plots/theme.h"

#include <QMenu>

namespace batlab::views {

VariantChooser::VariantChooser(WorkbenchDocument *document, QWidget *parent)
    : QToolButton(parent), m_document(document)
{
    setPopupMode(QToolButton::InstantPopup);
    setFont(plots::tableFont());
    setFixedHeight(plots::px(24));
    setMenu(new QMenu(this));
    setToolTip(tr("Choose which variants are shown"));
    setAccessibleName(tr("Shown variants"));
    connect(menu(), &QMenu::aboutToShow, this, &VariantChooser::fillMenu);
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_hidden.clear();
        refresh();
    });
    connect(document, &WorkbenchDocument::artifactsAdded, this, &VariantChooser::refresh);
    connect(document, &WorkbenchDocument::guestsChanged, this, &VariantChooser::refresh);
    refresh();
}

bool VariantChooser::isShown(const std::string &variant) const
{
    return !m_hidden.contains(qs(variant));
}

std::vector<std::string> VariantChooser::shown() const
{
    std::vector<std::string> out;
    for (const VariantInfo *info : m_document->artifacts().variants())
        if (isShown(info->id))
            out.push_back(info->id);
    return out;
}

void VariantChooser::setShown(const std::string &variant, bool shown)
{
    if (shown == isShown(variant))
        return;
    if (shown)
        m_hidden.remove(qs(variant));
    else
        m_hidden.insert(qs(variant));
    refresh();
    Q_EMIT changed();
}

QStringList VariantChooser::hidden() const
{
    QStringList out(m_hidden.begin(), m_hidden.end());
    out.sort();
    return out;
}

void VariantChooser::setHidden(const QStringList &variants)
{
    const QSet<QString> next(variants.begin(), variants.end());
    if (next == m_hidden)
        return;
    m_hidden = next;
    refresh();
    Q_EMIT changed();
}

void VariantChooser::refresh()
{
    const auto all = static_cast<int>(m_document->artifacts().variants().size());
    const auto some = static_cast<int>(shown().size());
    setText(some == all ? tr("All %1 variants").arg(all)
                        : tr("%1 of %2 variants").arg(some).arg(all));
}

void VariantChooser::fillMenu()
{
    menu()->clear();
    const auto all = [this](bool on) {
        for (const VariantInfo *info : m_document->artifacts().variants()) {
            if (on)
                m_hidden.remove(qs(info->id));
            else
                m_hidden.insert(qs(info->id));
        }
        refresh();
        Q_EMIT changed();
    };
    menu()->addAction(tr("Show all"), this, [all] { all(true); });
    menu()->addAction(tr("Show none"), this, [all] { all(false); });
    menu()->addSeparator();
    for (const VariantInfo *info : m_document->artifacts().variants()) {
        QAction *action = menu()->addAction(methodIcon(*info, plots::tokensOf(this)),
                                            m_document->variantTitle(qs(info->id)));
        action->setCheckable(true);
        action->setChecked(isShown(info->id));
        connect(action, &QAction::toggled, this,
                [this, id = info->id](bool on) { setShown(id, on); });
    }
    menu()->addSeparator();
    menu()->addAction(tr("Add session for comparison…"), this,
                      &VariantChooser::addSessionRequested);
    for (const GuestSession &guest : m_document->guests())
        menu()->addAction(tr("Remove session %1").arg(guest.name), m_document,
                          [this, name = guest.name] { m_document->removeGuest(name); });
}

} // namespace batlab::views
