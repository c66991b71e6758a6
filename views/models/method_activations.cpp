// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/method_activations.h"

#include "views/models/engine_questions.h"
#include "views/models/guest_session.h"
#include "views/models/off_thread.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace batlab::views {

namespace {

/// The run whose spec and workspace the engine can load a variant from; null without one.
const RunEntry *runFor(const WorkbenchDocument &document, const std::string &variant)
{
    const RunEntry *run = document.runOf(variant);
    return run && !run->workspace.isEmpty() ? run : nullptr;
}

MethodActivations::Map mapOf(std::string variant, const std::vector<float> &values,
                             std::int64_t tokens, std::int64_t channels)
{
    MethodActivations::Map map;
    map.variant = std::move(variant);
    std::vector<float> magnitude(values.size());
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        magnitude[i] = std::abs(values[i]);
        if (std::isfinite(values[i])) {
            squares += double(values[i]) * double(values[i]);
            map.maximum = std::max(map.maximum, magnitude[i]);
        }
    }
    const double rms = std::sqrt(squares / std::max<double>(1, double(values.size())));
    map.crest = rms > 0 ? double(map.maximum) / rms : 0;
    map.values = std::make_shared<const LodPyramid>(LodPyramid::build(magnitude, tokens, channels));
    return map;
}

} // namespace

MethodActivations::MethodActivations(WorkbenchDocument *document, QObject *parent)
    : QObject(parent), m_document(document)
{ }

bool MethodActivations::canAsk(const std::vector<std::string> &variants) const
{
    return m_ask && std::any_of(variants.begin(), variants.end(), [this](const std::string &id) {
               return runFor(*m_document, id) != nullptr;
           });
}

void MethodActivations::clear()
{
    ++m_round;
    m_key = {};
    m_state = State::none;
    m_maps.clear();
}

MethodActivations::Key MethodActivations::keyOf(int layer, Site site,
                                                const std::vector<std::string> &variants) const
{
    Key key { layer, site, {}, {} };
    const ArtifactIndex &index = m_document->artifacts();
    for (const std::string &id : variants) {
        const std::string part = partOf(index, id, layer);
        if (part.empty() && ownVariant(id) != kReference)
            continue;
        key.variants.push_back(id);
        key.parts.push_back(part);
        key.parts.push_back(partOf(index, id, 0));
    }
    return key;
}

void MethodActivations::request(int layer, Site site, const std::vector<std::string> &variants)
{
    Key key = keyOf(layer, site, variants);
    if (key == m_key && m_state != State::none)
        return;
    m_key = std::move(key);
    send();
}

void MethodActivations::retry()
{
    m_key = keyOf(m_key.layer, m_key.site, m_key.variants);
    send();
}

void MethodActivations::stop()
{
    if (m_state != State::loading)
        return;
    ++m_round;
    m_coming.clear();
    m_state = State::stopped;
    Q_EMIT changed();
}

void MethodActivations::send()
{
    ++m_round;
    const State before = m_state;
    m_state = State::loading;
    m_coming.clear();
    m_waiting = 0;
    struct Part
    {
        Json variants = Json::array();
        bool reference = false;
        QString guest;
    };
    std::map<const RunEntry *, Part> parts;
    const ArtifactIndex &index = m_document->artifacts();
    for (const std::string &id : m_key.variants) {
        if (ownVariant(id) == kReference)
            continue;
        const RunEntry *run = runFor(*m_document, id);
        const std::string entry = partOf(index, id, 0), layerPart = partOf(index, id, m_key.layer);
        if (!run || entry.empty() || layerPart.empty())
            continue;
        Part &part = parts[run];
        part.guest = guestOf(id);
        part.variants.push_back(
            { { "id", ownVariant(id) }, { "part", layerPart }, { "entry", entry } });
    }
    // The reference enters with the first of its session's runs.
    for (const std::string &id : m_key.variants) {
        if (ownVariant(id) != kReference)
            continue;
        const auto home = std::find_if(parts.begin(), parts.end(), [&](const auto &p) {
            return p.second.guest == guestOf(id);
        });
        if (home != parts.end())
            home->second.reference = true;
    }
    m_waiting = static_cast<int>(parts.size());
    if (parts.empty()) {
        m_state = State::none;
        if (before != State::none) // who hears it asks again: said once
            Q_EMIT changed();
        return;
    }
    int stream = 0;
    for (const auto &[run, part] : parts) {
        const Json question { { "ask", "activations" },
                              { "spec", run->spec },
                              { "workspace", ss(run->workspace) },
                              { "layer", m_key.layer },
                              { "site", std::string(name(m_key.site)) },
                              { "tokens", kTokens },
                              { "variants", part.variants },
                              { "reference", part.reference } };
        m_ask(
            "compare-activations-" + std::to_string(stream++), question,
            [this, round = m_round, guest = part.guest](const Result<Json> &reply) {
                if (round != m_round)
                    return;
                const std::string reference =
                    guest.isEmpty() ? std::string(kReference) : guestVariant(guest, kReference);
                if (!reply) {
                    auto failed = std::make_shared<Answer>();
                    failed->error = reply.error();
                    taken(failed, round);
                    return;
                }
                offThread(
                    this,
                    [json = *reply, reference, guest] { return read(json, reference, guest); },
                    [this, round](const std::shared_ptr<Answer> &answer) { taken(answer, round); });
            });
    }
    Q_EMIT changed();
}

std::shared_ptr<MethodActivations::Answer>
MethodActivations::read(const Json &reply, const std::string &reference, const QString &guest)
{
    auto out = std::make_shared<Answer>();
    const Result<ActivationAnswer> answer = activationAnswerFromJson(reply);
    if (!answer) {
        out->error = answer.error();
        return out;
    }
    const auto add = [&](const std::string &id, const std::vector<float> &values) {
        out->maps.push_back(mapOf(id, values, answer->tokens, answer->channels));
    };
    if (!answer->reference.empty())
        add(reference, answer->reference);
    for (const auto &[id, values] : answer->variants)
        add(guest.isEmpty() ? id : guestVariant(guest, id), values);
    for (const std::string &piece : answer->pieces)
        out->pieces.append(qs(piece));
    out->ok = true;
    return out;
}

void MethodActivations::taken(const std::shared_ptr<Answer> &answer, quint64 round)
{
    if (round != m_round)
        return;
    if (!answer->ok) {
        m_state = State::failed;
        m_error = answer->error;
        ++m_round; // what else comes of this round is not waited for
        Q_EMIT changed();
        return;
    }
    m_coming.insert(m_coming.end(), answer->maps.begin(), answer->maps.end());
    if (!answer->pieces.isEmpty())
        m_pieces = answer->pieces;
    if (--m_waiting > 0)
        return;
    // In the order asked for, whatever order the runs answered in.
    m_maps.clear();
    for (const std::string &id : m_key.variants)
        for (const Map &map : m_coming)
            if (map.variant == id)
                m_maps.push_back(map);
    m_coming.clear();
    m_state = State::ready;
    Q_EMIT changed();
}

} // namespace batlab::views
