// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/recent_files.h"

#include <QFileInfo>
#include <QSettings>

namespace batlab::views {

namespace {

constexpr int kMost = 9;

void store(QSettings *settings, const QList<RecentFile> &files)
{
    settings->beginWriteArray(QStringLiteral("recent"), static_cast<int>(files.size()));
    for (int i = 0; i < files.size(); ++i) {
        settings->setArrayIndex(i);
        settings->setValue(QStringLiteral("path"), files.at(i).path);
        settings->setValue(QStringLiteral("note"), files.at(i).note);
        settings->setValue(QStringLiteral("opened"), files.at(i).opened);
        settings->setValue(QStringLiteral("session"), files.at(i).isSession);
    }
    settings->endArray();
}

} // namespace

QList<RecentFile> RecentFiles::list() const
{
    QList<RecentFile> files;
    const int n = std::min(kMost, m_settings->beginReadArray(QStringLiteral("recent")));
    for (int i = 0; i < n; ++i) {
        m_settings->setArrayIndex(i);
        files.append({ m_settings->value(QStringLiteral("path")).toString(),
                       m_settings->value(QStringLiteral("note")).toString(),
                       m_settings->value(QStringLiteral("opened")).toDateTime(),
                       m_settings->value(QStringLiteral("session"), true).toBool() });
    }
    m_settings->endArray();
    return files;
}

void RecentFiles::add(const RecentFile &file)
{
    QList<RecentFile> files = list();
    const QString path = QFileInfo(file.path).absoluteFilePath();
    for (qsizetype i = files.size() - 1; i >= 0; --i) {
        if (files.at(i).path == path)
            files.removeAt(i);
    }
    RecentFile entry = file;
    entry.path = path;
    files.prepend(entry);
    while (files.size() > kMost)
        files.removeLast();
    store(m_settings, files);
}

void RecentFiles::clear() { m_settings->remove(QStringLiteral("recent")); }

} // namespace batlab::views
