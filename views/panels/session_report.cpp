// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/session_report.h"

#include "core/spec/run_spec.h"
#include "core/stats/pyramid.h"
#include "views/models/run_command.h"
#include "views/models/text.h"
#include "views/models/variant_facts.h"
#include "views/panels/method_series.h"
#include "views/panels/report_html.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QBuffer>
#include <QDateTime>
#include <QTextDocument>

#include <chrono>
#include <cmath>

namespace batlab::views {

using namespace report;

namespace {

const char *const kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;color:#1a1e25;max-width:1080px;margin:2rem auto;"
    "padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.2rem;border-bottom:1px solid #d3d8df;"
    "margin-top:2.2rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums;"
    "font-size:13px}th,td{padding:3px 10px;border-bottom:1px solid #d3d8df;text-align:left;"
    "vertical-align:top}th{background:#f3f4f6}figure{margin:1.2rem 0}img{max-width:100%;"
    "height:auto}figcaption{color:#434c59;font-size:13px}pre{background:#f3f4f6;padding:.8rem;"
    "overflow:auto;font-size:12px}.numbers th+th,.numbers td+td{text-align:right}"
    ".numbers{white-space:nowrap}.numbers,.wide{display:block;overflow-x:auto}code{font-size:12px;"
    "word-break:"
    "break-all}";

} // namespace

QList<ProvenanceLine> provenance(const WorkbenchDocument &document, const QString &uuid,
                                 const QString &created, const QString &creator)
{
    QList<ProvenanceLine> out;
    const auto text = [](const Json &object, const char *key) {
        const auto at = object.is_object() ? object.find(key) : object.end();
        return !object.is_object() || at == object.end() ? QString()
            : at->is_string()                            ? qs(at->get<std::string>())
                                                         : qs(at->dump());
    };
    // A line without a value would be a heading.
    const auto fact = [&out](const QString &name, const QString &value) {
        if (!value.isEmpty())
            out.append({ name, value });
    };
    out.append({ SessionReport::tr("Session"), {} });
    fact(SessionReport::tr("File"),
         document.path().isEmpty() ? SessionReport::tr("not saved") : document.path());
    fact(SessionReport::tr("Identifier"), uuid);
    fact(SessionReport::tr("Made"), created);
    fact(SessionReport::tr("Made by"), creator);
    if (const ModelSummary *model = document.artifacts().model()) {
        out.append({ SessionReport::tr("Model"), {} });
        fact(SessionReport::tr("Path"), qs(model->path));
        fact(SessionReport::tr("Container"), qs(model->container));
        fact(SessionReport::tr("Hash of the weights"), qs(model->contentHash));
        fact(SessionReport::tr("Quick hash"), qs(model->quickHash));
        fact(SessionReport::tr("Hash of the tokenizer"), qs(model->tokenizerHash));
        out.append(
            { SessionReport::tr("Layers"), QString::number(document.artifacts().layerCount()) });
    }
    QStringList texts; // hashes; a text may come under several tasks
    for (const EvaluationResult *result : document.artifacts().evaluations()) {
        const QString hash = qs(result->textHash);
        if (hash.isEmpty() || texts.contains(hash))
            continue;
        if (texts.isEmpty())
            out.append({ SessionReport::tr("Evaluation texts"), {} });
        texts.append(hash);
        out.append({ SessionReport::tr("Hash of %1").arg(qs(result->task)), hash });
    }
    for (const RunEntry &run : document.runs()) {
        out.append(
            { run.title == run.id ? run.id : QStringLiteral("%1 · %2").arg(run.id, run.title),
              {} });
        out.append({ SessionReport::tr("Spec hash"), run.specHash });
        fact(SessionReport::tr("Calibration"), calibrationText(run.spec));
        fact(SessionReport::tr("Seed"), text(run.spec, "seed"));
        fact(SessionReport::tr("Started"), run.started);
        fact(SessionReport::tr("Ended"), run.finished);
        for (const Fact &line : machineFacts(run.where))
            fact(line.name, line.value);
        fact(SessionReport::tr("Folder of parts"), run.workspace);
    }
    for (const VariantInfo *info : document.artifacts().variants()) {
        if (info->id == kReference)
            continue;
        out.append({ QStringLiteral("%1 · %2").arg(qs(info->id), qs(info->title)), {} });
        fact(SessionReport::tr("Recipe hash"), qs(info->recipeHash));
        fact(SessionReport::tr("Protocol hash"), qs(info->protocolHash));
        fact(SessionReport::tr("Hash of the calibration tokens"), qs(info->calibrationHash));
        out.append({ SessionReport::tr("Finished layers"),
                     QString::number(document.artifacts().layersDone(info->id).size()) });
    }
    return out;
}

SessionReport::SessionReport(const WorkbenchDocument *document, QList<ProvenanceLine> provenance,
                             Selection at)
    : m_document(document), m_provenance(std::move(provenance)), m_at(std::move(at))
{
    plan();
}

SessionReport::~SessionReport() = default;

void SessionReport::plan()
{
    m_steps.emplace_back([this] { head(); });
    m_steps.emplace_back([this] { work(); });
    m_steps.emplace_back([this] { recovery(); });
    m_steps.emplace_back([this] { layers(); });
    figure([this] { wrongLayerFigure(); });
    figure([this] { pairedFigure(); });
    m_steps.emplace_back([this] { specs(); });
    m_steps.emplace_back([this] { findings(); });
    m_steps.emplace_back([this] { sweeps(); });
    for (const Site site : kLinearSites) {
        figure([this, site] { energyFigure(site); });
        figure([this, site] { sqnrFigure(site); });
    }
    figure([this] { afterFigure(); });
    figure([this] { flowFigure(); });
    for (const LayerId layer : { LayerId { Branch::text, m_at.layer }, kWholeModel })
        figure([this, layer] { trainingFigure(layer); });
    m_steps.emplace_back([this] { runs(); });
    m_steps.emplace_back([this] { tail(); });
}

void SessionReport::figure(std::function<void()> make)
{
    m_steps.push_back(std::move(make));
    m_steps.emplace_back([this] { draw(); });
    m_steps.emplace_back([this] { encode(); });
    m_steps.emplace_back([this] { embed(); });
}

bool SessionReport::step()
{
    const auto pending = [](const auto &future) {
        constexpr std::chrono::milliseconds kPatience { 2 };
        return future.valid() && future.wait_for(kPatience) != std::future_status::ready;
    };
    if (pending(m_png) || pending(m_work))
        return true; // a figure is being compressed, the table computed
    if (m_next < m_steps.size())
        m_steps[m_next++]();
    return m_next < m_steps.size();
}

QString SessionReport::html() const
{
    return QStringLiteral("<!DOCTYPE html>\n<html lang=\"%1\"><head><meta charset=\"utf-8\">"
                          "<meta name=\"generator\" content=\"Batlab\"><title>%2</title>"
                          "<style>%3</style></head><body>\n%4</body></html>\n")
        .arg(QLocale().bcp47Name(), esc(m_document->title()), QLatin1String(kStyle), m_body);
}

void SessionReport::head()
{
    m_body += QStringLiteral("<h1>%1</h1>\n").arg(esc(m_document->title()));
    const ModelSummary *model = m_document->artifacts().model();
    m_body += QStringLiteral("<p>%1</p>\n")
                  .arg(esc(tr("%1. %2 variants, %3 evaluations. Written %4.")
                               .arg(model ? qs(model->path) : tr("No model yet"))
                               .arg(m_document->artifacts().variants().size())
                               .arg(m_document->artifacts().evaluations().size())
                               .arg(QDateTime::currentDateTime().toString(Qt::ISODate))));
    if (!m_document->contract().isEmpty())
        m_body +=
            QStringLiteral("<p>%1</p>\n").arg(esc(tr("Contract: %1").arg(m_document->contract())));
    if (!m_document->notes().isEmpty()) {
        QTextDocument notes;
        notes.setMarkdown(m_document->notes());
        const QString all = notes.toHtml();
        const qsizetype from = all.indexOf(QLatin1Char('>'), all.indexOf(QLatin1String("<body")));
        m_body += QStringLiteral("<h2>%1</h2>\n%2\n")
                      .arg(esc(tr("Notes")),
                           all.mid(from + 1, all.indexOf(QLatin1String("</body>")) - from - 1));
    }
}

void SessionReport::layers()
{
    const ArtifactIndex &index = m_document->artifacts();
    m_body += QStringLiteral("<h2>%1</h2>\n<table>\n").arg(esc(tr("Variants")));
    m_body += row({ tr("Variant"), tr("Family"), tr("Finished layers"), tr("Mean output SQNR, dB"),
                    tr("Online parameters"), tr("Online FLOP a token"), tr("Calibration, s") },
                  "th");
    for (const VariantInfo *info : index.variants())
        m_body +=
            row({ esc(qs(info->title.empty() ? info->id : info->title)), esc(qs(info->family)),
                  QString::number(index.layersDone(info->id).size()),
                  number(index.meanSqnr(info->id), 2), count(info->onlineParameters),
                  shortCount(info->onlineFlopPerToken), number(info->calibrationSeconds, 1) });
    m_body += QStringLiteral("</table>\n");
}

std::vector<std::string> SessionReport::variants() const
{
    std::vector<std::string> out;
    for (const VariantInfo *info : m_document->artifacts().variants())
        out.push_back(info->id);
    return out;
}

void SessionReport::begin(std::unique_ptr<plots::PlotWidget> plot, const QSize &size,
                          const QString &title, const QString &caption)
{
    plot->setPalette(plots::paletteFor(plots::ThemeKind::light));
    plot->setHeaderVisible(false);
    plot->resize(plots::px(size.width()), plots::px(size.height()));
    (void)plot->grab(QRect(0, 0, 1, 1)); // lays the panel out without a window
    m_plot = std::move(plot);
    m_title = title;
    m_caption = caption;
}

void SessionReport::draw()
{
    if (!m_plot)
        return;
    m_plot->resetLimits(); // ticks for the size it has by now
    m_image = m_plot->picture(2.0);
}

void SessionReport::encode()
{
    if (!m_plot)
        return;
    m_png = std::async(std::launch::async, [image = m_image] {
        constexpr int kQuickPng = 85; // of a scale where 100 does not compress at all
        QByteArray png;
        QBuffer buffer(&png);
        buffer.open(QIODevice::WriteOnly);
        image.save(&buffer, "PNG", kQuickPng);
        return png.toBase64();
    });
}

void SessionReport::embed()
{
    if (!m_plot)
        return;
    m_body +=
        QStringLiteral("<figure><img alt=\"%1\" width=\"%2\" src=\"data:image/png;base64,%3\">"
                       "<figcaption>%4</figcaption></figure>\n")
            .arg(esc(m_plot->summary()))
            .arg(m_image.width() / 2)
            .arg(QString::fromLatin1(m_png.get()),
                 esc(tr("Figure %1. %2. %3").arg(++m_figures).arg(m_title, m_caption)));
    m_plot.reset();
    m_image = {};
}

void SessionReport::wrongLayerFigure()
{
    std::unique_ptr<plots::SeriesPlot> plot(makeErrorPlot(nullptr));
    showErrors(*plot, *m_document, variants(), {});
    if (plot->state() != plots::PanelState::ready)
        return;
    const QString caption = plot->subtitle();
    begin(std::move(plot), kWide, tr("First wrong layer"), caption);
}

void SessionReport::energyFigure(Site site)
{
    const EnergyMap map = energyMap(m_document->artifacts(), std::string(kReference), site);
    if (map.present == 0 || map.blocks == 0)
        return;
    const QString where = QStringLiteral("%1 %2").arg(qs(name(site)), qs(title(site)));
    auto plot = std::make_unique<plots::HeatmapPlot>(where);
    plots::HeatmapText text;
    text.rowAxis = tr("Layer");
    text.columnAxis = tr("Block (32 channels each)");
    text.row = tr("layer");
    text.column = tr("block");
    text.value = QStringLiteral("E");
    text.unit = tr("activation²");
    plot->setReady();
    plot->setData(
        std::make_shared<const LodPyramid>(LodPyramid::build(map.cells, map.layers, map.blocks)),
        text);
    begin(std::move(plot), { 960, 420 }, tr("Block energy at %1").arg(where),
          tr("Mean x² per block over %1 tokens, before any transform").arg(count(map.tokens)));
}

void SessionReport::sqnrFigure(Site site)
{
    std::vector<plots::Series> all;
    for (const VariantInfo *info : m_document->artifacts().variants()) {
        const std::vector<double> y = m_document->artifacts().sqnrByLayer(info->id, site);
        if (std::all_of(y.begin(), y.end(), [](double v) { return std::isnan(v); }))
            continue;
        plots::Series s;
        s.id = qs(info->id);
        s.name = qs(info->title.empty() ? info->id : info->title);
        s.family = qs(info->family);
        s.filled = info->filled;
        for (std::size_t i = 0; i < y.size(); ++i)
            s.x.push_back(static_cast<double>(i));
        s.y = y;
        all.push_back(std::move(s));
    }
    if (all.empty())
        return;
    const QString where = QStringLiteral("%1 %2").arg(qs(name(site)), qs(title(site)));
    auto plot = std::make_unique<plots::SeriesPlot>(where);
    plot->setReady();
    plot->setSeries(std::move(all),
                    { tr("Layer"), tr("Output SQNR, dB"), tr("layer"), QStringLiteral("dB") });
    begin(std::move(plot), kWide, tr("Output SQNR by layer at %1").arg(where),
          tr("Mean over the linears that read this site; higher is better"));
}

void SessionReport::runs()
{
    m_body += QStringLiteral("<h2>%1</h2>\n").arg(esc(tr("Runs")));
    for (const RunEntry &run : m_document->runs()) {
        m_body += QStringLiteral("<h3>%1 · %2</h3>\n<p>%3 %4</p>\n")
                      .arg(esc(run.id), esc(run.title), code(run.specHash), esc(run.note));
        const Result<QString> yaml = runYaml(run.spec);
        m_body += QStringLiteral("<details><summary>%1</summary><pre>%2</pre></details>\n")
                      .arg(esc(tr("Spec")), esc(yaml ? *yaml : qs(run.spec.dump(2))));
    }
}

void SessionReport::tail()
{
    if (m_document->annotations()->rowCount() > 0) {
        m_body += QStringLiteral("<h2>%1</h2>\n<table>\n").arg(esc(tr("Bookmarks")));
        for (int i = 0; i < m_document->annotations()->rowCount(); ++i)
            m_body += row({ esc(m_document->annotations()
                                    ->index(i, AnnotationsModel::Place)
                                    .data()
                                    .toString()),
                            esc(m_document->annotations()->at(i).text) });
        m_body += QStringLiteral("</table>\n");
    }
    m_body += QStringLiteral("<h2>%1</h2>\n<table>\n").arg(esc(tr("Provenance")));
    for (const auto &[label, value] : m_provenance) {
        if (value.isEmpty())
            m_body += QStringLiteral("<tr><th colspan=\"2\">%1</th></tr>\n").arg(esc(label));
        else
            m_body += row({ esc(label), code(value) });
    }
    m_body += QStringLiteral("</table>\n");
}

} // namespace batlab::views
