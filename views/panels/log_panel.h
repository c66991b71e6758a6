// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLineEdit;
class QTableView;

namespace batlab::views {

class LogFilter;
class LogModel;

/// The log, newest line at the bottom: level and text filters, copy. Follows the end unless
/// scrolled up.
class LogPanel : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(LogModel *model, QWidget *parent = nullptr);
    void copySelection() const;
    void focusFilter();

private:
    LogModel *m_model;
    LogFilter *m_filter;
    QTableView *m_view;
    QLineEdit *m_text;
    QComboBox *m_level;
};

} // namespace batlab::views
