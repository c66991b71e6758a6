// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/deep_link.h"

#include "views/models/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QUrl>
#include <QUrlQuery>

namespace batlab::views {

namespace {

Error wrong(const QString &what)
{
    return { ErrorCode::usage, ss(what), ss(QCoreApplication::translate("DeepLink", "link")),
             ss(QCoreApplication::translate(
                 "DeepLink",
                 "a link is batlab://open?session=FILE&layer=20&site=T4&block=17, or 20/T4/17")) };
}

Result<void> take(DeepLink &link, const QString &key, const QString &value)
{
    if (key == QLatin1String("session")) {
        link.session = value;
        return {};
    }
    if (key == QLatin1String("variant")) {
        link.variant = value;
        return {};
    }
    if (key == QLatin1String("site")) {
        link.site = siteFromName(ss(value.toUpper()));
        return link.site
            ? Result<void>()
            : Result<void>(wrong(
                QCoreApplication::translate("DeepLink", "there is no site \"%1\"").arg(value)));
    }
    std::optional<int> *number = key == QLatin1String("layer") ? &link.layer
        : key == QLatin1String("block")                        ? &link.block
        : key == QLatin1String("channel")                      ? &link.channel
        : key == QLatin1String("token")                        ? &link.token
                                                               : nullptr;
    if (!number)
        return {}; // of a newer version
    bool ok = false;
    const int parsed = value.toInt(&ok);
    if (!ok || parsed < 0)
        return wrong(
            QCoreApplication::translate("DeepLink", "%1 \"%2\" is no index").arg(key, value));
    *number = parsed;
    return {};
}

} // namespace

Selection DeepLink::appliedTo(const Selection &now) const
{
    Selection out = now;
    out.variant = variant.value_or(out.variant);
    out.layer = layer.value_or(out.layer);
    out.site = site.value_or(out.site);
    out.token = token.value_or(out.token);
    if (block) {
        out.block = *block;
        out.channel = *block * 32;
    }
    if (channel) {
        out.channel = *channel;
        out.block = *channel / 32;
    }
    return out;
}

Result<DeepLink> parseDeepLink(const QString &text)
{
    DeepLink link;
    if (!text.startsWith(QLatin1String("batlab:"))) {
        const QStringList parts = text.split(QLatin1Char('/'));
        static const char *const keys[] = { "layer", "site", "block", "token" };
        if (parts.size() > 4)
            return wrong(
                QCoreApplication::translate("DeepLink", "\"%1\" has too many parts").arg(text));
        for (qsizetype i = 0; i < parts.size(); ++i) {
            if (Result<void> done = take(link, QLatin1String(keys[i]), parts.at(i)); !done)
                return done.error();
        }
        return link;
    }
    const QUrl url(text);
    if (!url.isValid()
        || (url.host() != QLatin1String("open") && url.path() != QLatin1String("open")))
        return wrong(
            QCoreApplication::translate("DeepLink", "\"%1\" is no link of Batlab").arg(text));
    for (const auto &[key, value] : QUrlQuery(url).queryItems(QUrl::FullyDecoded)) {
        if (Result<void> done = take(link, key, value); !done)
            return done.error();
    }
    return link;
}

QString deepLinkTo(const Selection &s, const QString &session)
{
    QUrlQuery query;
    if (!session.isEmpty())
        query.addQueryItem(QStringLiteral("session"),
                           QString::fromLatin1(QUrl::toPercentEncoding(session, "/")));
    if (!s.variant.isEmpty())
        query.addQueryItem(QStringLiteral("variant"),
                           QString::fromLatin1(QUrl::toPercentEncoding(s.variant)));
    query.addQueryItem(QStringLiteral("layer"), QString::number(s.layer));
    query.addQueryItem(QStringLiteral("site"), qs(name(s.site)));
    query.addQueryItem(QStringLiteral("block"), QString::number(s.block));
    if (s.token > 0)
        query.addQueryItem(QStringLiteral("token"), QString::number(s.token));
    return QStringLiteral("batlab://open?") + query.toString(QUrl::FullyEncoded);
}

bool isSameFile(const QString &one, const QString &other)
{
    // QFileInfo's own comparison takes any two files that are gone for one.
    const auto whole = [](const QString &path) {
        const QFileInfo file(path);
        return file.exists() ? file.canonicalFilePath() : QDir::cleanPath(file.absoluteFilePath());
    };
    return !one.isEmpty() && !other.isEmpty() && whole(one) == whole(other);
}

QString placeText(const Selection &s, const QString &variantTitle)
{
    return QCoreApplication::translate("batlab::views", "%1 · layer %2 · %3 · block %4")
        .arg(variantTitle)
        .arg(s.layer)
        .arg(qs(name(s.site)))
        .arg(s.block);
}

} // namespace batlab::views
