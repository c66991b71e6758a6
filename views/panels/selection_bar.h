// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QSpinBox;
class QToolButton;

namespace batlab::views {

class Chip;
class SelectionContext;
class WorkbenchDocument;

/// The SelectionContext made visible: typing here and clicking in a view are the same act. Right:
/// the contract chip.
class SelectionBar : public QWidget
{
    Q_OBJECT

public:
    SelectionBar(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    /// Below 1440 px: channel and token move into the menu of a "more" button, the contract chip
    /// shrinks to its mark.
    void setCompact(bool compact);

Q_SIGNALS:
    void contractClicked();

protected:
    void changeEvent(QEvent *event) override;

private:
    void fillVariants();
    void showSelection();
    void showExtent();
    void showContract();
    void addField(QLabel *label, QWidget *field);
    void addMore(QSpinBox *box, const QString &text);

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    QComboBox *m_variant, *m_site;
    QSpinBox *m_layer, *m_block, *m_channel, *m_token;
    QToolButton *m_more; ///< its menu holds the fields for which a narrow bar has no room
    QSpinBox *m_moreChannel, *m_moreToken;
    QLabel *m_channelLabel, *m_tokenLabel;
    Chip *m_contract;
    bool m_compact = false;
    bool m_filling = false;
};

} // namespace batlab::views
