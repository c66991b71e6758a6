// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

class QSettings;

namespace batlab::views {

struct RecentFile
{
    QString path;
    QString note; ///< "5 variants, 5 evaluations"; "model folder"
    QDateTime opened;
    bool isSession = true;
};

/// The last files, newest first, at most 9 (Ctrl+1 to Ctrl+9).
class RecentFiles
{
public:
    explicit RecentFiles(QSettings *settings) : m_settings(settings) { }
    [[nodiscard]] QList<RecentFile> list() const;
    void add(const RecentFile &file);
    void clear();

private:
    QSettings *m_settings;
};

} // namespace batlab::views
