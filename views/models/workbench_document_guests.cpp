// SPDX-License-Identifier: GPL-3.0-or-later
// What a document shows beside its own results: other sessions, of which only the place is saved
// with it, and imported results, whose values are too.
#include "views/models/guest_session.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"

#include <algorithm>

namespace batlab::views {

namespace {

constexpr const char *kSessionsKey = "comparedSessions", *kImportsKey = "importedResults",
                     *kReferenceKey = "importReference";

QStringList takePaths(Json &state, const char *key)
{
    QStringList out;
    const auto at = state.is_object() ? state.find(key) : state.end();
    if (!state.is_object() || at == state.end())
        return out;
    if (at->is_array())
        for (const Json &path : *at)
            if (path.is_string())
                out.append(qs(path.get<std::string>()));
    state.erase(key);
    return out;
}

QString takeText(Json &state, const char *key)
{
    const auto at = state.is_object() ? state.find(key) : state.end();
    if (!state.is_object() || at == state.end())
        return {};
    const QString out = at->is_string() ? qs(at->get<std::string>()) : QString();
    state.erase(key);
    return out;
}

template<class List>
void putPaths(Json &state, const char *key, const List &list, const QStringList &remembered)
{
    QStringList paths;
    for (const auto &item : list)
        paths.append(item.path);
    for (const QString &path : remembered)
        if (!paths.contains(path))
            paths.append(path);
    if (paths.isEmpty())
        return;
    Json out = Json::array();
    for (const QString &path : paths)
        out.push_back(ss(path));
    state[key] = std::move(out);
}

} // namespace

void WorkbenchDocument::addGuest(GuestSession guest)
{
    std::erase_if(m_guests, [&](const GuestSession &g) { return g.name == guest.name; });
    m_guests.push_back(std::move(guest));
    guestsMoved();
}

void WorkbenchDocument::removeGuest(const QString &name)
{
    if (std::erase_if(m_guests, [&](const GuestSession &g) { return g.name == name; }) == 0)
        return;
    if (guestOf(ss(m_baseline)) == name)
        setBaselineValue(QLatin1String(kReference));
    guestsMoved();
}

void WorkbenchDocument::guestsMoved()
{
    m_index.clear();
    for (const ArtifactPtr &artifact : m_order)
        m_index.add(artifact);
    for (const GuestSession &guest : m_guests)
        for (const ArtifactPtr &artifact : guest.artifacts)
            m_index.add(artifact);
    touch();
    Q_EMIT guestsChanged();
}

const RunEntry *WorkbenchDocument::runOf(const std::string &variant) const
{
    const QString guest = guestOf(variant);
    const std::string own = ownVariant(variant);
    const std::vector<RunEntry> *runs = &m_runs;
    for (const GuestSession &g : m_guests)
        if (g.name == guest)
            runs = &g.runs;
    for (auto run = runs->rbegin(); run != runs->rend(); ++run) { // the newest first
        if (!run->spec.is_object() || !run->spec.contains("variants"))
            continue;
        for (const Json &v : run->spec["variants"])
            if (v.is_object() && v.contains("id") && v["id"] == own)
                return &*run;
    }
    return nullptr;
}

void WorkbenchDocument::addImport(ImportedResults results)
{
    m_remembered.imports.removeAll(results.path); // it is here
    // Several runs of one model: told apart by a number.
    const std::string model = results.model;
    const auto taken = [&] {
        return std::any_of(m_imports.begin(), m_imports.end(), [&](const ImportedResults &i) {
            return i.path != results.path && i.model == results.model;
        });
    };
    for (int n = 2; taken(); ++n)
        results.model = model + " (" + std::to_string(n) + ")";
    const auto same = std::find_if(m_imports.begin(), m_imports.end(),
                                   [&](const auto &i) { return i.path == results.path; });
    if (same != m_imports.end()) {
        results.id = same->id; // what is pinned stays so
        *same = std::move(results); // in its place: the first is the others' reference
    } else {
        // A file of today at the place where another one was when its id was made.
        const std::string id = results.id;
        const auto used = [&] {
            return std::any_of(m_imports.begin(), m_imports.end(),
                               [&](const ImportedResults &i) { return i.id == results.id; });
        };
        for (int n = 2; used(); ++n)
            results.id = id + " (" + std::to_string(n) + ")";
        m_imports.push_back(std::move(results));
    }
    m_keptImports.reset();
    touch();
    Q_EMIT guestsChanged();
}

void WorkbenchDocument::removeImport(const QString &path)
{
    const auto at = std::find_if(m_imports.begin(), m_imports.end(),
                                 [&](const auto &i) { return i.path == path; });
    if (at == m_imports.end())
        return;
    const QString id = qs(at->id);
    m_imports.erase(at);
    m_keptImports.reset();
    if (id == m_importReference)
        m_importReference.clear();
    if (id == m_baseline)
        setBaselineValue(QLatin1String(kReference));
    touch();
    Q_EMIT guestsChanged();
}

void WorkbenchDocument::setImportReference(const QString &id)
{
    if (id == m_importReference)
        return;
    m_importReference = id;
    touch();
    Q_EMIT guestsChanged();
}

void WorkbenchDocument::forgetGuests(Json &viewState,
                                     std::shared_ptr<const std::vector<ImportedResults>> kept)
{
    m_guests.clear();
    m_imports.clear();
    m_keptImports.reset();
    m_importReference = takeText(viewState, kReferenceKey);
    m_remembered = { takePaths(viewState, kSessionsKey), takePaths(viewState, kImportsKey),
                     std::move(kept) };
}

const ImportedResults *WorkbenchDocument::Remembered::find(const QString &path) const
{
    if (kept)
        for (const ImportedResults &results : *kept)
            if (results.path == path)
                return &results;
    return nullptr;
}

void WorkbenchDocument::forgetRemembered(const QStringList &paths)
{
    qsizetype removed = 0;
    for (const QString &path : paths)
        removed += m_remembered.sessions.removeAll(path) + m_remembered.imports.removeAll(path);
    if (removed == 0)
        return;
    m_keptImports.reset();
    touch();
}

std::shared_ptr<const std::vector<ImportedResults>> WorkbenchDocument::keptImports() const
{
    if (m_keptImports)
        return m_keptImports;
    auto all = std::make_shared<std::vector<ImportedResults>>(m_imports);
    for (const QString &path : m_remembered.imports)
        if (const ImportedResults *results = m_remembered.find(path))
            all->push_back(*results);
    m_keptImports = std::move(all);
    return m_keptImports;
}

void WorkbenchDocument::rememberGuests(Json &viewState) const
{
    if (!viewState.is_object())
        viewState = Json::object();
    putPaths(viewState, kSessionsKey, m_guests, m_remembered.sessions);
    putPaths(viewState, kImportsKey, m_imports, m_remembered.imports);
    if (!m_importReference.isEmpty())
        viewState[kReferenceKey] = ss(m_importReference);
}

} // namespace batlab::views
