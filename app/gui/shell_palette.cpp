// SPDX-License-Identifier: GPL-3.0-or-later
// What the palette can go to besides actions: layers, sites, tensors, variants, runs, bookmarks,
// settings.
#include "app/gui/main_window.h"
#include "app/gui/settings_dialog.h"
#include "app/gui/shell.h"
#include "views/models/text.h"
#include "views/panels/notes_panel.h"

#include <QRegularExpression>

namespace batlab::app {

using views::PaletteKind;
using views::qs;

namespace {

/// Layer and site that a tensor's name speaks of ("model.layers.12.mlp.down_proj.weight",
/// "blk.12.ffn_down.weight").
struct TensorPlace
{
    int layer = -1;
    std::optional<Site> site;
};

TensorPlace placeOf(const QString &tensor)
{
    static const QRegularExpression layer(QStringLiteral("(?:layers|blk|h)\\.(\\d+)\\."));
    static const std::pair<const char *, Site> sites[] = {
        { "q_proj", Site::t1 },    { "k_proj", Site::t1 },      { "v_proj", Site::t1 },
        { "attn_q", Site::t1 },    { "attn_k", Site::t1 },      { "attn_v", Site::t1 },
        { "o_proj", Site::t2 },    { "attn_output", Site::t2 }, { "gate_proj", Site::t3 },
        { "up_proj", Site::t3 },   { "ffn_gate", Site::t3 },    { "ffn_up", Site::t3 },
        { "down_proj", Site::t4 }, { "ffn_down", Site::t4 },
    };
    TensorPlace out;
    if (const QRegularExpressionMatch match = layer.match(tensor); match.hasMatch())
        out.layer = match.captured(1).toInt();
    for (const auto &[part, site] : sites)
        if (tensor.contains(QLatin1String(part)))
            out.site = site;
    return out;
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
    for (const Site site : kLinearSites)
        out.push_back({ tr("Site %1 %2").arg(qs(name(site)), qs(title(site))),
                        tr("Go to"),
                        {},
                        [selection, site] { selection->setSite(site); } });
    if (const ModelSummary *model = index.model(); model && model->tensors.is_array()) {
        for (const Json &tensor : model->tensors) {
            if (!tensor.is_object() || !tensor.contains("name") || !tensor["name"].is_string())
                continue;
            const QString name = qs(tensor["name"].get<std::string>());
            const TensorPlace place = placeOf(name);
            if (place.layer < 0)
                continue;
            out.push_back({ name, tr("Tensor"), {}, [selection, place] {
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
                        tr("Copy into a new run"),
                        {},
                        [this, spec = run.spec] { m_window->newRun(spec); },
                        true,
                        PaletteKind::run });
        if (run.state == JobState::cancelled || run.state == JobState::failed)
            out.push_back({ run.id + QLatin1Char(' ') + run.title,
                            tr("Resume"),
                            {},
                            [this, id = run.id] { m_workbench->resumeRun(id); },
                            true,
                            PaletteKind::run });
    }
    for (int i = 0; i < document->annotations()->rowCount(); ++i) {
        const views::Annotation &a = document->annotations()->at(i);
        out.push_back({ a.text.isEmpty() ? tr("Bookmark %1").arg(i + 1) : a.text,
                        tr("Bookmark"),
                        {},
                        [this, place = a.place] {
                            m_workbench->selection()->set(place);
                            m_window->setPage(MainWindow::Inspect);
                        } });
    }
    const std::pair<QString, int> settings[] = {
        { tr("Theme"), SettingsDialog::General },
        { tr("Language"), SettingsDialog::General },
        { tr("Recovery copies"), SettingsDialog::General },
        { tr("Notifications"), SettingsDialog::General },
        { tr("Engine command"), SettingsDialog::Engine },
        { tr("Data folder"), SettingsDialog::Engine },
        { tr("Keys of an action"), SettingsDialog::Shortcuts },
    };
    for (const auto &[title, tab] : settings)
        out.push_back({ title,
                        tr("Settings"),
                        {},
                        [this, tab = tab] { showSettings(tab); },
                        true,
                        PaletteKind::setting });
    return out;
}

} // namespace batlab::app
