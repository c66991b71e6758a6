// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/activation_source.h"

#include "views/models/text.h"

#include <QPointer>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 30;

Result<std::shared_ptr<const ActivationView>> viewOf(const Json &reply, ActivationView view,
                                                     const kernels::QuantSpec &quantizer)
{
    Result<ActivationAnswer> answer = activationAnswerFromJson(reply);
    if (!answer)
        return answer.error();
    std::vector<float> values;
    if (view.variant == kReference) {
        values = std::move(answer->reference);
    } else {
        const auto at = answer->variants.find(view.variant);
        if (at == answer->variants.end())
            return Error { ErrorCode::notFound, "this layer of the variant is not done yet",
                           "activations", "it comes when the run has passed it" };
        values = std::move(at->second);
    }
    view.tokens = answer->tokens;
    view.channels = answer->channels;
    view.pieces = std::move(answer->pieces);
    view.blocks = activationBlocks(values, view.tokens, view.channels, quantizer);
    for (float &v : values)
        v = std::abs(v);
    view.magnitude = LodPyramid::build(values, view.tokens, view.channels);
    view.errors = LodPyramid::build(view.blocks.error, view.blocks.tokens, view.blocks.blocks);
    return std::make_shared<const ActivationView>(std::move(view));
}

} // namespace

ActivationSource::ActivationSource(WorkbenchDocument *document, SelectionContext *selection,
                                   QObject *parent)
    : QObject(parent), m_document(document), m_selection(selection)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kCoalesceMs);
    connect(&m_timer, &QTimer::timeout, this, &ActivationSource::request);
    connect(selection, &SelectionContext::changed, this, &ActivationSource::later);
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_ready.reset();
        later();
    });
    connect(document, &WorkbenchDocument::runsChanged, this, &ActivationSource::later);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                const Key shown = key();
                for (const ArtifactPtr &a : artifacts)
                    if (const auto *done = std::get_if<LayerDone>(a.get()); done
                        && done->variant == shown.variant
                        && (done->layer.index == shown.layer || done->layer.index == 0))
                        return later(); // it has come, or a later pass has replaced it
            });
}

void ActivationSource::setAsk(Ask ask)
{
    m_ask = std::move(ask);
    later();
}

void ActivationSource::setWanted(const QObject *who, bool wanted)
{
    const bool has = std::find(m_wanting.begin(), m_wanting.end(), who) != m_wanting.end();
    if (has == wanted)
        return;
    if (wanted)
        m_wanting.push_back(who);
    else
        std::erase(m_wanting, who);
    if (wanted)
        later();
}

void ActivationSource::setBefore(bool before)
{
    if (before == m_before)
        return;
    m_before = before;
    later();
}

ActivationSource::Key ActivationSource::key() const
{
    const Selection &s = m_selection->current();
    const std::string variant =
        m_before || s.variant.isEmpty() ? std::string(kReference) : ss(s.variant);
    const ArtifactIndex &index = m_document->artifacts();
    return { variant, s.layer, s.site, partOf(index, variant, s.layer), partOf(index, variant, 0) };
}

std::shared_ptr<const ActivationView> ActivationSource::view() const
{
    return m_ready && *m_ready == key() ? m_view : nullptr;
}

void ActivationSource::setState(State state)
{
    m_state = state;
    Q_EMIT changed();
}

void ActivationSource::later()
{
    if (m_wanting.empty() || (m_ready && *m_ready == key() && m_state == State::ready)
        || (m_asked && *m_asked == key()))
        return;
    m_timer.start();
}

void ActivationSource::retry()
{
    m_ready.reset();
    m_asked.reset();
    later();
}

void ActivationSource::cancel()
{
    m_asked.reset();
    m_task.cancel();
    if (view())
        return setState(State::ready);
    m_error = {
        ErrorCode::cancelled, ss(tr("the activations were not waited for")), "activations", {}
    };
    setState(State::error);
}

void ActivationSource::request()
{
    if (m_wanting.empty())
        return;
    const Key wanted = key();
    if (m_ready && *m_ready == wanted) {
        m_asked.reset();
        setState(State::ready);
        return;
    }
    std::vector<RunParts> runs = runParts(*m_document, wanted.layer);
    // The run that has the variant; of the reference any.
    const auto run = std::find_if(runs.begin(), runs.end(), [&](const RunParts &parts) {
        return wanted.variant == kReference
            || std::any_of(parts.variants.begin(), parts.variants.end(),
                           [&](const Json &v) { return v["id"] == wanted.variant; });
    });
    if (runs.empty() || !m_ask) {
        setState(State::noRun);
        return;
    }
    if (run == runs.end()) {
        m_error = { ErrorCode::notFound, "this layer of the variant is not done yet", "activations",
                    "it comes when the run has passed it" };
        setState(State::error);
        return;
    }
    Selection at = m_selection->current();
    m_asked = wanted;
    setState(State::loading);
    m_ask("activations", activationsQuestion(*run, at, kTokens, wanted.variant),
          [self = QPointer<ActivationSource>(this), wanted](const Result<Json> &reply) {
              if (self && self->m_asked && *self->m_asked == wanted)
                  self->take(wanted, reply);
          });
}

void ActivationSource::take(const Key &asked, const Result<Json> &reply)
{
    if (!reply) {
        m_asked.reset();
        m_error = reply.error();
        setState(State::error);
        return;
    }
    ActivationView view;
    view.variant = asked.variant;
    view.layer = asked.layer;
    view.site = asked.site;
    m_task.start([reply = *reply, view,
                  quantizer = siteQuantizer(m_document->artifacts(), asked.variant,
                                            asked.site)] { return viewOf(reply, view, quantizer); },
                 [this, asked](const Result<std::shared_ptr<const ActivationView>> &done) {
                     if (!m_asked || *m_asked != asked)
                         return;
                     m_asked.reset();
                     if (!done) {
                         m_error = done.error();
                         setState(State::error);
                         return;
                     }
                     m_view = *done;
                     m_ready = asked;
                     setState(State::ready);
                 });
}

} // namespace batlab::views
