// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/guest_session.h"

#include "views/models/text.h"

#include <QFileInfo>

namespace batlab::views {

namespace {

constexpr char kMark = ':';

template<class T>
ArtifactPtr renamed(const T &artifact, const QString &guest)
{
    T copy = artifact;
    copy.variant = guestVariant(guest, artifact.variant);
    return std::make_shared<const Artifact>(std::move(copy));
}

} // namespace

QString guestName(const QString &path, const QStringList &taken)
{
    QString base = QFileInfo(path).fileName();
    for (const char *suffix : { ".h5", ".batlab" })
        if (base.endsWith(QLatin1String(suffix)))
            base.chop(static_cast<int>(qstrlen(suffix)));
    base.replace(QLatin1Char(kMark), QLatin1Char('-')).replace(QLatin1Char('/'), QLatin1Char('-'));
    QString name = base;
    for (int i = 2; taken.contains(name); ++i)
        name = QStringLiteral("%1-%2").arg(base).arg(i);
    return name;
}

std::string guestVariant(const QString &guest, const std::string &variant)
{
    return ss(guest) + kMark + variant;
}

QString guestOf(const std::string &variant)
{
    const std::size_t at = variant.find(kMark);
    return at == std::string::npos ? QString() : qs(std::string_view(variant).substr(0, at));
}

std::string ownVariant(const std::string &variant)
{
    const std::size_t at = variant.find(kMark);
    return at == std::string::npos ? variant : variant.substr(at + 1);
}

std::string referenceOf(const std::string &variant)
{
    const QString guest = guestOf(variant);
    return guest.isEmpty() ? std::string(kReference) : guestVariant(guest, kReference);
}

GuestSession makeGuest(const QString &name, const QString &path, const DocumentSnapshot &session)
{
    GuestSession out { name, path, {}, session.runs };
    for (const ArtifactPtr &artifact : session.artifacts) {
        if (!artifact)
            continue;
        std::visit(
            [&](const auto &a) {
                using T = std::decay_t<decltype(a)>;
                if constexpr (std::is_same_v<T, VariantInfo>) {
                    VariantInfo info = a;
                    info.id = guestVariant(name, a.id);
                    info.title = ss(name) + ": " + (a.title.empty() ? a.id : a.title);
                    out.artifacts.push_back(std::make_shared<const Artifact>(std::move(info)));
                } else if constexpr (requires { a.variant; }) {
                    out.artifacts.push_back(renamed(a, name));
                }
            },
            *artifact);
    }
    return out;
}

} // namespace batlab::views
