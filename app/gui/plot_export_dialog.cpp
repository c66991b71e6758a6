// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/plot_export_dialog.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QStandardPaths>

namespace batlab::app {

namespace {
const QString kFolder = QStringLiteral("export/folder"),
              kFormats = QStringLiteral("export/formats");
} // namespace

PlotExportDialog::PlotExportDialog(QSettings *settings, QWidget *parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_folder(new QLineEdit(this))
    , m_all(new QRadioButton(tr("All pages"), this))
{
    setObjectName(QStringLiteral("exportPlots"));
    setWindowTitle(tr("Export all plots"));
    auto *form = new QFormLayout(this);
    auto *shown = new QRadioButton(tr("This page"), this);
    shown->setToolTip(tr("Every plot that is shown, also in the docks"));
    m_all->setToolTip(tr("Goes through Inspect, Compare, Ablate and Evaluate"));
    m_all->setObjectName(QStringLiteral("allPages"));
    shown->setChecked(true);
    auto *which = new QHBoxLayout;
    which->addWidget(shown);
    which->addWidget(m_all);
    which->addStretch(1);
    form->addRow(tr("Plots"), which);

    const QString names[] = { tr("PNG"), tr("PNG, twice the pixels"), tr("SVG"), tr("PDF"),
                              tr("CSV") };
    const QString helps[] = { tr("A picture as on the screen"), tr("A picture for print"),
                              tr("A drawing that can be edited"), tr("A page"),
                              tr("The numbers behind the picture") };
    const QStringList kept =
        settings->value(kFormats, QStringList { suffixOf(plots::PlotFormat::png2) }).toStringList();
    auto *formats = new QHBoxLayout;
    for (std::size_t i = 0; i < std::size(plots::kPlotFormats); ++i) {
        auto *box = new QCheckBox(names[i], this);
        box->setToolTip(helps[i]);
        box->setObjectName(QStringLiteral("format") + suffixOf(plots::kPlotFormats[i]));
        box->setChecked(kept.contains(suffixOf(plots::kPlotFormats[i])));
        connect(box, &QCheckBox::toggled, this, &PlotExportDialog::check);
        formats->addWidget(box);
        m_formats.push_back(box);
    }
    formats->addStretch(1);
    form->addRow(tr("Formats"), formats);

    auto *place = new QHBoxLayout;
    m_folder->setObjectName(QStringLiteral("exportFolder"));
    m_folder->setText(
        settings->value(kFolder, QStandardPaths::writableLocation(QStandardPaths::PicturesLocation))
            .toString());
    m_folder->setAccessibleName(tr("Folder"));
    m_folder->setToolTip(tr("Is made if it is not there"));
    m_folder->setMinimumWidth(plots::px(300));
    connect(m_folder, &QLineEdit::textChanged, this, &PlotExportDialog::check);
    QToolButton *browse = views::makeTool(QStringLiteral("open"), tr("Choose the folder"), this);
    connect(browse, &QToolButton::clicked, this, [this] {
        const QString folder =
            QFileDialog::getExistingDirectory(this, tr("Export all plots"), m_folder->text());
        if (!folder.isEmpty())
            m_folder->setText(folder);
    });
    place->addWidget(m_folder, 1);
    place->addWidget(browse);
    form->addRow(tr("Folder"), place);
    form->addRow(QString(),
                 views::makeLabel(tr("Files are named after the titles of the plots; files of the "
                                     "same name are replaced."),
                                  &plots::Tokens::text3, plots::tableFont(), this));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_export = buttons->addButton(tr("Export"), QDialogButtonBox::AcceptRole);
    m_export->setDefault(true);
    for (QAbstractButton *b : buttons->buttons()) {
        b->setToolTip(b->text());
        b->setAccessibleName(b->text());
    }
    connect(buttons, &QDialogButtonBox::accepted, this, &PlotExportDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    form->addRow(buttons);
    check();
}

PlotExport PlotExportDialog::wanted() const
{
    PlotExport out { m_folder->text().trimmed(), {}, m_all->isChecked() };
    for (std::size_t i = 0; i < m_formats.size(); ++i)
        if (m_formats[i]->isChecked())
            out.formats.append(plots::kPlotFormats[i]);
    return out;
}

void PlotExportDialog::check()
{
    const PlotExport now = wanted();
    if (m_export)
        m_export->setEnabled(!now.folder.isEmpty() && !now.formats.isEmpty());
}

void PlotExportDialog::accept()
{
    const PlotExport now = wanted();
    QStringList formats;
    for (const plots::PlotFormat format : now.formats)
        formats << suffixOf(format);
    m_settings->setValue(kFolder, now.folder);
    m_settings->setValue(kFormats, formats);
    QDialog::accept();
}

} // namespace batlab::app
