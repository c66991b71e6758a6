// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/single_instance.h"

#include "core/base/hash.h"
#include "core/base/json_text.h"
#include "views/models/text.h"

#include <QDir>
#include <QFileInfo>
#include <QLocalServer>
#include <QLocalSocket>
#include <QLockFile>
#include <QStandardPaths>
#include <QUrl>
#include <QUrlQuery>

#include <memory>
#include <utility>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

constexpr int kAnswerMs = 5000; ///< a busy window answers later than it accepts
constexpr qint64 kMostBytes = 1 << 20;
constexpr char kEnd = '\n'; ///< of a message: JSON has none in it; alone: an answer, or its receipt

/// A link whose session is found from another working folder too.
QString absoluteLink(const QString &link)
{
    const QString key = QStringLiteral("session");
    QUrl url(link);
    QUrlQuery query(url);
    const QString session = query.queryItemValue(key, QUrl::FullyDecoded);
    if (session.isEmpty() || QFileInfo(session).isAbsolute())
        return link;
    query.removeQueryItem(key);
    query.addQueryItem(
        key,
        QString::fromLatin1(QUrl::toPercentEncoding(QFileInfo(session).absoluteFilePath(), "/")));
    url.setQuery(query);
    return QString::fromLatin1(url.toEncoded());
}

/// What the other program finds too: its working folder is another one.
QString wherever(const QString &file)
{
    if (file.startsWith(QLatin1String("batlab:")))
        return absoluteLink(file);
    return file.contains(QLatin1Char(':')) && !QFileInfo::exists(file)
        ? file // a URL
        : QFileInfo(file).absoluteFilePath();
}

QByteArray message(const Options &options)
{
    Json files = Json::array();
    for (const QString &file : options.files)
        files.push_back(ss(wherever(file)));
    const Json out { { "files", files },
                     { "select",
                       ss(options.select.startsWith(QLatin1String("batlab:"))
                              ? absoluteLink(options.select)
                              : options.select) },
                     { "demo", options.demo },
                     { "token", qgetenv(kActivationToken).toStdString() } };
    return QByteArray::fromStdString(out.dump(-1, ' ', true, Json::error_handler_t::replace))
        + kEnd;
}

} // namespace

bool onlyOpens(const Options &options)
{
    return options.engine.isEmpty() && !options.fresh && options.settingsFile.isEmpty()
        && options.theme.isEmpty() && options.language.isEmpty() && options.screenshots.isEmpty()
        && !options.selfTest;
}

SingleInstance::SingleInstance(const QString &dataFolder, QObject *parent) : QObject(parent)
{
    QDir().mkpath(dataFolder);
    const QString folder = QFileInfo(dataFolder).canonicalFilePath();
    constexpr int kDigits = 16; // a socket's path has room for some 100 characters
    m_path = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation)
        + QStringLiteral("/batlab-") + qs(hashHex(ss(folder))).left(kDigits);
}

SingleInstance::~SingleInstance() = default;

bool SingleInstance::handOver(const Options &options) const
{
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (!socket.waitForConnected(kAnswerMs))
        return false;
    socket.write(message(options));
    // The receipt lets it open: one that answers too late finds nobody.
    const bool answered = socket.waitForBytesWritten(kAnswerMs)
        && socket.waitForReadyRead(kAnswerMs) && socket.read(1) == QByteArray(1, kEnd);
    if (answered && socket.write(&kEnd, 1) == 1 && socket.waitForBytesWritten(kAnswerMs))
        return true;
    socket.abort();
    return false;
}

bool SingleInstance::listen(std::function<void(const Options &)> open)
{
    QLockFile lock(m_path + QStringLiteral(".lock")); // two that start at once
    if (!lock.tryLock(kAnswerMs))
        return false;
    QLocalSocket other;
    other.connectToServer(m_path);
    if (other.waitForConnected(kAnswerMs))
        return false;
    QLocalServer::removeServer(m_path); // of a program that crashed
    m_server = new QLocalServer(this);
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server->listen(m_path))
        return false;
    m_open = std::move(open);
    connect(m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server->nextPendingConnection()) {
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            const auto told = std::make_shared<std::optional<Options>>();
            connect(socket, &QLocalSocket::readyRead, this,
                    [this, socket, told] { take(socket, *told); });
            take(socket, *told); // what was there before the connections
        }
    });
    return true;
}

void SingleInstance::take(QLocalSocket *socket, std::optional<Options> &told)
{
    if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > kMostBytes)
            socket->abort();
        return;
    }
    const QByteArray line = socket->readLine();
    if (told) {
        const Options options = *std::exchange(told, std::nullopt);
        m_open(options); // it may go: what follows can take long
        return;
    }
    const Result<Json> said = parseJson(line.toStdString(), "another program");
    if (!said || !said->is_object())
        return;
    Options options;
    if (const auto files = said->find("files"); files != said->end() && files->is_array())
        for (const Json &file : *files)
            if (file.is_string())
                options.files.append(qs(file.get<std::string>()));
    options.select = qs(textAt(*said, "select"));
    options.demo = said->value("demo", Json()) == Json(true);
    options.activationToken = QByteArray::fromStdString(textAt(*said, "token"));
    told = std::move(options);
    socket->write(&kEnd, 1);
    socket->flush();
}

} // namespace batlab::app
