// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/plot_exporter.h"

#include <QDialog>

#include <vector>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QSettings;

namespace batlab::app {

/// Asks which plots go where and as what; the settings keep folder and formats.
class PlotExportDialog : public QDialog
{
    Q_OBJECT

public:
    PlotExportDialog(QSettings *settings, QWidget *parent);
    [[nodiscard]] PlotExport wanted() const;
    void accept() override;

private:
    void check(); ///< without a folder or a format there is nothing to do

    QSettings *m_settings;
    QLineEdit *m_folder;
    QRadioButton *m_all;
    std::vector<QCheckBox *> m_formats; ///< as kPlotFormats
    QPushButton *m_export = nullptr;
};

} // namespace batlab::app
