// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/microscope_panel.h"

#include "views/models/block_methods_model.h"
#include "views/models/core_text.h"
#include "views/models/text.h"
#include "views/models/variant_facts.h"
#include "views/panels/facts_view.h"
#include "views/panels/table_kit.h"
#include "views/panels/ui_kit.h"
#include "views/plots/microscope_plot.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPointer>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 20; ///< a held arrow key is one question, not thirty
constexpr int kTall = 640; ///< from here on the table shows some scale rules without scrolling
constexpr double kGoodDb = 12; ///< what an untroubled MXFP4 block reaches; below: in `bad`

plots::MicroscopeBlock picture(const BlockNumbers &b, const QString &name)
{
    plots::MicroscopeBlock out;
    out.name = name;
    out.values = b.values;
    out.dequantized = b.dequantized;
    out.codes = b.codes;
    out.scale = b.scale;
    if (b.hasCodes)
        out.scaleText =
            MicroscopePanel::tr("E8M0 0x%1 = %2")
                .arg(QStringLiteral("%1").arg(b.scaleByte, 2, 16, QLatin1Char('0')).toUpper(),
                     plots::powerText(b.scaleByte));
    out.note = MicroscopePanel::tr("%1 of %2 → 0").arg(b.toZero()).arg(b.values.size());
    out.sqnrText = MicroscopePanel::tr("%1 dB").arg(number(b.sqnrDb, 1));
    out.good = b.sqnrDb >= kGoodDb;
    return out;
}

/// The numbers of `shown` as another rule rounds them.
BlockNumbers rounded(const BlockNumbers &shown, const BlockRounding &r)
{
    BlockNumbers out;
    out.values = shown.values;
    out.dequantized = r.dequantized;
    out.codes = r.codes;
    out.scale = r.scale;
    out.scaleByte = r.scaleByte;
    out.clipShare = r.clipShare;
    out.maxError = r.maxError;
    out.sqnrDb = r.sqnrDb;
    return out;
}

} // namespace

MicroscopePanel::MicroscopePanel(WorkbenchDocument *document, SelectionContext *selection,
                                 QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_plot(new plots::MicroscopePlot(tr("Block microscope"), this))
    , m_methods(new BlockMethodsModel(document, this))
    , m_table(makeTable(m_methods, tr("The block under every method"), this))
    , m_parameterBox(new QWidget(this))
    , m_parameters(new FactsView(tr("Frozen parameters"), false, m_parameterBox))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (const int direction : { -1, 1 }) {
        QToolButton *arrow =
            makeTool(direction < 0 ? QStringLiteral("back") : QStringLiteral("forward"),
                     direction < 0 ? tr("Previous block (←)") : tr("Next block (→)"), this);
        arrow->setFixedSize(plots::px(24), plots::px(24));
        connect(arrow, &QToolButton::clicked, this, [this, direction] { step(direction, 0); });
        m_plot->addHeaderWidget(arrow);
    }
    column->addWidget(m_plot, 1);
    column->addWidget(makeHairline(Qt::Horizontal, this));

    m_table->setItemDelegateForColumn(BlockMethodsModel::Method,
                                      new MethodCellDelegate(BlockMethodsModel::FamilyRole,
                                                             BlockMethodsModel::FilledRole,
                                                             m_table));
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionResizeMode(BlockMethodsModel::Method, QHeaderView::Stretch);
    m_table->setItemDelegateForColumn(
        BlockMethodsModel::Delta, new DifferenceDelegate(BlockMethodsModel::DeltaRole, 1, m_table));
    const int widths[] = { 0, 46, 54, 64, 60, 60 };
    for (int c = BlockMethodsModel::Scale; c < BlockMethodsModel::ColumnCount; ++c)
        m_table->setColumnWidth(c, sectionWidth(header, c, widths[c]));
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(m_table);

    auto *box = new QVBoxLayout(m_parameterBox);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(0);
    box->addWidget(makeHairline(Qt::Horizontal, this));
    auto *row = new QHBoxLayout;
    row->setContentsMargins(plots::px(12), plots::px(2), plots::px(4), plots::px(2));
    row->setSpacing(plots::px(8));
    row->addWidget(makeLabel(tr("Parameters"), &plots::Tokens::text, plots::titleFont(), this));
    row->addWidget(makeLabel(tr("frozen"), &plots::Tokens::text3, plots::captionFont(), this));
    row->addStretch(1);
    QToolButton *edit = makeLink(tr("Edit in Ablate"), this);
    connect(edit, &QToolButton::clicked, this,
            [this] { Q_EMIT editRequested(m_selection->current().variant); });
    row->addWidget(edit);
    box->addLayout(row);
    m_parameters->setFixedHeight(plots::px(6 * 22));
    box->addWidget(m_parameters);
    column->addWidget(m_parameterBox);

    m_timer.setSingleShot(true);
    m_timer.setInterval(kCoalesceMs);
    connect(&m_timer, &QTimer::timeout, this, &MicroscopePanel::request);
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant != before.variant)
                    m_rounding.reset();
                Selection moved = before;
                moved.channel = now.channel;
                moved.variant = now.variant;
                if (moved == now && m_answer && !m_stale && isVisible()) {
                    showAnswer(); // the same block: only what is shown of the answer changes
                    return;
                }
                later();
            });
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_answer.reset();
        m_rounding.reset();
        m_methods->clear();
        m_plot->setBlocks(0, {}, {});
        later();
    });
    connect(document, &WorkbenchDocument::runsChanged, this, &MicroscopePanel::later);
    connect(document, &WorkbenchDocument::baselineChanged, this, [this] {
        m_methods->baselineMoved();
        arrange();
    });
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                const int layer = m_selection->current().layer;
                for (const ArtifactPtr &a : artifacts)
                    if (const auto *done = std::get_if<LayerDone>(a.get());
                        done && done->layer.index == layer)
                        return later();
            });
    connect(m_plot, &plots::MicroscopePlot::stepRequested, this, &MicroscopePanel::step);
    connect(m_plot, &plots::MicroscopePlot::channelSelected, this,
            [this](int channel) { m_selection->setChannel(channel); });
    connect(m_plot, &plots::PlotWidget::readout, this, &MicroscopePanel::readout);
    connect(m_plot, &plots::PlotWidget::retryRequested, this, &MicroscopePanel::request);
    connect(m_plot, &plots::PlotWidget::actionTriggered, this, &MicroscopePanel::runRequested);
    connect(m_plot, &plots::PlotWidget::cancelRequested, this, [this] {
        ++m_generation;
        m_methods->clear(); // of the block before
        m_plot->setError(tr("The numbers of this block were not waited for."));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                if (!m_following && now.isValid())
                    choose(now);
            });
    showHeader();
}

void MicroscopePanel::setAsk(Ask ask)
{
    m_ask = std::move(ask);
    later();
}

void MicroscopePanel::setParametersShown(bool shown) { m_parameterBox->setVisible(shown); }

void MicroscopePanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        m_timer.start();
}

void MicroscopePanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_table->setFixedHeight(plots::px(24 + (height() < plots::px(kTall) ? 6 : 9) * 22 + 2));
    arrange();
}

void MicroscopePanel::arrange()
{
    // The shown block's scale stands above its picture too (design 5: secondary columns leave).
    const bool deltas = m_methods->hasDeltas();
    m_table->setColumnHidden(BlockMethodsModel::Delta, !deltas);
    m_table->setColumnHidden(BlockMethodsModel::Scale, width() < plots::px(deltas ? 400 : 340));
    m_table->setColumnHidden(BlockMethodsModel::Clip, deltas && width() < plots::px(350));
}

void MicroscopePanel::later()
{
    m_stale = true;
    if (isVisible())
        m_timer.start();
}

void MicroscopePanel::flush() { request(); }

void MicroscopePanel::step(int blocks, int tokens)
{
    Selection s = m_selection->current();
    s.block = std::max(0, s.block + blocks);
    s.token = std::max(0, s.token + tokens);
    m_selection->set(s);
}

void MicroscopePanel::showHeader()
{
    const Selection &s = m_selection->current();
    m_plot->setTitle(tr("L%1 · %2 · block %3").arg(s.layer).arg(qs(name(s.site))).arg(s.block));
    QString text =
        tr("channels %1–%2, token %3").arg(s.block * 32).arg(s.block * 32 + 31).arg(s.token);
    const SampleTokens *sample = m_document->artifacts().sampleTokens();
    if (const auto at = static_cast<std::size_t>(s.token); sample && at < sample->pieces.size())
        text += QStringLiteral(" “%1”").arg(qs(sample->pieces[at]).trimmed());
    m_plot->setSubtitle(text);
    m_parameters->setFacts(parameterFacts(*m_document, s.variant));
}

void MicroscopePanel::request()
{
    m_timer.stop();
    m_stale = false;
    showHeader();
    const Selection &s = m_selection->current();
    const int generation = ++m_generation;
    m_answer.reset();
    if (m_document->isEmpty() || m_document->artifacts().layerCount() == 0) {
        m_plot->setEmpty(tr("No session."));
        return;
    }
    const std::vector<RunParts> runs = runParts(*m_document, s.layer);
    if (runs.empty()) {
        m_plot->setEmpty(tr("Single numbers need a run: its model is read again."), tr("New run…"));
        return;
    }
    if (!m_ask) {
        m_plot->setError(tr("No engine answers. Start it with the window, or name one with "
                            "--engine."));
        return;
    }
    m_plot->setLoading();
    for (const RunParts &parts : runs)
        m_ask("microscope/" + ss(parts.run->id), blockQuestion(parts, s),
              [self = QPointer<MicroscopePanel>(this), generation](const Result<Json> &reply) {
                  if (self && self->m_generation == generation)
                      self->take(reply);
              });
}

void MicroscopePanel::take(const Result<Json> &reply)
{
    const Result<BlockAnswer> answer =
        reply ? blockAnswerFromJson(*reply) : Result<BlockAnswer>(reply.error());
    if (!answer) {
        if (m_answer)
            return; // another run has answered
        const Error &error = answer.error();
        m_plot->setError(
            coreText(qs(error.hint.empty() ? error.what : error.what + ". " + error.hint)),
            coreText(error));
        m_methods->clear();
        return;
    }
    if (m_answer)
        m_answer->variants.insert(m_answer->variants.end(), answer->variants.begin(),
                                  answer->variants.end());
    else
        m_answer = *answer;
    showAnswer();
}

void MicroscopePanel::showAnswer()
{
    const Selection &s = m_selection->current();
    const bool untouched = s.variant.isEmpty() || s.variant == QLatin1String(kReference);
    const BlockNumbers *after = untouched ? nullptr : m_answer->find(ss(s.variant));
    const BlockNumbers &shown = after ? *after : m_answer->reference;
    m_following = true;
    m_methods->setAnswer(*m_answer);
    arrange();
    showRoundings(shown);
    int row = m_methods->find(untouched ? QString::fromLatin1(kReference) : s.variant);
    const BlockRounding *rounding = nullptr;
    for (std::size_t i = 0; m_rounding && i < m_methods->roundings().size(); ++i) {
        const BlockRounding &r = m_methods->roundings()[i];
        if (r.rule != m_rounding->first
            || std::find(r.ties.begin(), r.ties.end(), m_rounding->second) == r.ties.end())
            continue;
        rounding = &r;
        row = m_methods->headingRow() + 1 + static_cast<int>(i);
    }
    if (row >= 0)
        m_table->setCurrentIndex(m_methods->index(row, 0));
    else
        m_table->clearSelection();
    m_following = false;

    const QString title = m_document->variantTitle(s.variant);
    m_plot->setReady();
    if (rounding) // what the variant gives, and what the rule would make of the same numbers
        m_plot->setBlocks(
            m_answer->firstChannel,
            picture(shown, after ? tr("After %1").arg(title) : tr("Before")),
            picture(rounded(shown, *rounding), BlockMethodsModel::roundingName(*rounding)));
    else
        m_plot->setBlocks(m_answer->firstChannel, picture(m_answer->reference, tr("Before")),
                          after ? picture(*after, tr("After %1").arg(title))
                                : plots::MicroscopeBlock());
    m_plot->setChannel(s.channel);
    showHeader();
    if (!untouched && !after)
        m_plot->setSubtitle(tr("layer %1 of this variant is not done yet").arg(s.layer));
}

void MicroscopePanel::showRoundings(const BlockNumbers &shown)
{
    const Selection &s = m_selection->current();
    const kernels::QuantSpec used = siteQuantizer(m_document->artifacts(), ss(s.variant), s.site);
    m_methods->setRoundings(shown.hasCodes ? blockRoundings(shown.values, used.format)
                                           : std::vector<BlockRounding>(),
                            used);
    m_table->clearSpans();
    if (const int heading = m_methods->headingRow(); heading >= 0)
        m_table->setSpan(heading, 0, 1, BlockMethodsModel::ColumnCount);
}

void MicroscopePanel::choose(const QModelIndex &row)
{
    const int rounding = row.data(BlockMethodsModel::RoundingRole).toInt();
    const bool was = m_rounding.has_value();
    if (rounding >= 0) {
        const BlockRounding &r = m_methods->roundings()[static_cast<std::size_t>(rounding)];
        m_rounding = { r.rule, r.ties.front() };
        if (m_answer) // else it is on its way, and the rows are those of the block before
            showAnswer();
        return;
    }
    const QString variant = row.data(BlockMethodsModel::VariantRole).toString();
    if (variant.isEmpty())
        return; // the heading
    m_rounding.reset();
    m_selection->setVariant(variant);
    if (was && m_answer)
        showAnswer(); // also where the variant was the selected one
}

} // namespace batlab::views
