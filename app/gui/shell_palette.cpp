// SPDX-License-Identifier: GPL-3.0-or-later
// What the palette can go to besides actions: layers, sites, tensors, variants, runs, bookmarks,
// settings.
#include "app/gui/main_window.h"
#include "app/gui/settings_dialog.h"
#include "app/gui/shell.h"
#include "views/models/tensor_model.h"
#include "views/models/text.h"
#include "views/panels/notes_panel.h"
#include "views/panels/tensors_panel.h"

#include <QLineEdit>
#include <QTreeView>

namespace batlab::app {

using views::PaletteKind;
using views::qs;

namespace {

/// Selects a tensor in the list of tensors: the only place of one that belongs to no layer.
void showTensor(MainWindow *window, const QString &name)
{
    window->showTensors();
    views::TensorsPanel *panel = window->tensorsPanel();
    panel->filter()->clear(); // it might leave the tensor out
    const views::TensorFilter *rows = panel->rows();
    for (int g = 0; g < rows->rowCount(); ++g) {
        const QModelIndex group = rows->index(g, 0);
        for (int t = 0; t < rows->rowCount(group); ++t) {
            const QModelIndex at = rows->index(t, 0, group);
            if (rows->row(at)->name != name)
                continue;
            panel->view()->setCurrentIndex(at);
            panel->view()->scrollTo(at);
            panel->view()->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
}

} // namespace

std::vector<views::PaletteEntry> Shell::palettePlaces()
{
    std::vector<views::PaletteEntry> out;
    views::SelectionContext *selection = m_workbench->selection();
    views::WorkbenchDocument *document = m_workbench->document();
    const views::ArtifactIndex &index = document->artifacts();
    for (int layer = 0; layer < index.layerCount(); ++layer)
        out.push_back({ tr("Layer %1").arg(layer), tr("Go to"), {}, [selection, layer] {
                           selection->setLayer(layer);
                       } });
    for (const Site site : kSites)
        out.push_back({ tr("Site %1 %2").arg(qs(name(site)), qs(title(site))),
                        tr("Go to"),
                        {},
                        [selection, site] { selection->setSite(site); } });
    if (const ModelSummary *model = index.model(); model && model->tensors.is_array()) {
        for (const Json &tensor : model->tensors) {
            if (!tensor.is_object() || !tensor.contains("name") || !tensor["name"].is_string())
                continue;
            const QString name = qs(tensor["name"].get<std::string>());
            const views::TensorPlace place = views::tensorPlace(name);
            out.push_back({ name, tr("Tensor"), {}, [this, selection, name, place] {
                               if (place.layer < 0) {
                                   showTensor(m_window, name);
                                   return;
                               }
                               views::Selection to = selection->current();
                               to.layer = place.layer;
                               to.site = place.site.value_or(to.site);
                               selection->set(to);
                           } });
        }
    }
    for (const VariantInfo *info : index.variants()) {
        const QString id = qs(info->id);
        out.push_back({ document->variantTitle(id),
                        tr("Show variant"),
                        {},
                        [selection, id] { selection->setVariant(id); },
                        true,
                        PaletteKind::variant });
        out.push_back({ document->variantTitle(id),
                        tr("Pin baseline"),
                        {},
                        [document, id] { document->pinBaseline(id); },
                        true,
                        PaletteKind::variant });
    }
    for (const views::RunEntry &run : document->runs()) {
        out.push_back({ run.id + QLatin1Char(' ') + run.title,
                        tr("Show run"),
                        {},
                        [this, id = run.id] { m_window->showRun(id); },
                        true,
                        PaletteKind::run });
        for (const RunAction &action : runActions(run.id))
            out.push_back({ run.id + QLatin1Char(' ') + run.title,
                            action.title,
                            {},
                            action.act,
                            true,
                            PaletteKind::run });
    }
    for (int i = 0; i < document->annotations()->rowCount(); ++i) {
        const views::Annotation &a = document->annotations()->at(i);
        out.push_back({ a.text.isEmpty() ? tr("Bookmark %1").arg(i + 1) : a.text,
                        tr("Bookmark"),
                        {},
                        [this, i] { m_notes->jump(i); } });
    }
    const auto setting = [&out](const QString &title, SettingsDialog::Tab tab,
                                std::function<void()> show) {
        out.push_back({ title,
                        tr("Settings") + QStringLiteral(" › ") + SettingsDialog::tabTitle(tab),
                        {},
                        std::move(show),
                        true,
                        PaletteKind::setting });
    };
    for (const SettingsDialog::Row &row : SettingsDialog::rows())
        setting(row.title, row.tab, [this, row] {
            showSettings(row.tab);
            m_settings->showRow(row.id);
        });
    setting(tr("Keys of an action"), SettingsDialog::Shortcuts,
            [this] { showSettings(SettingsDialog::Shortcuts); });
    return out;
}

} // namespace batlab::app
