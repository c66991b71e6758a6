// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QStringList>
#include <QToolButton>

#include <string>
#include <vector>

namespace batlab::views {

class WorkbenchDocument;

/// Which variants a page shows: a button that counts them and a menu to tick them. A variant that
/// arrives later is shown until somebody unticks it.
class VariantChooser : public QToolButton
{
    Q_OBJECT

public:
    explicit VariantChooser(WorkbenchDocument *document, QWidget *parent = nullptr);
    [[nodiscard]] bool isShown(const std::string &variant) const;
    /// In the order of the document.
    [[nodiscard]] std::vector<std::string> shown() const;
    void setShown(const std::string &variant, bool shown);
    /// What a session keeps: ids of the variants that are not shown, sorted.
    [[nodiscard]] QStringList hidden() const;
    void setHidden(const QStringList &variants);

Q_SIGNALS:
    void changed();
    void addSessionRequested();

private:
    void refresh();
    void fillMenu();

    WorkbenchDocument *m_document;
    QSet<QString> m_hidden;
};

} // namespace batlab::views
