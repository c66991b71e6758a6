// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QObject>

namespace batlab::views {
class LogModel;
}

namespace batlab::app {

/// The log as a file that survives a crash: every batch of lines is handed to the system at once.
/// At the start a file above 4 MiB becomes NAME.1.
class LogFile : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 kMost = 4 << 20;
    LogFile(views::LogModel *log, const QString &path, QObject *parent = nullptr);
    [[nodiscard]] QString path() const { return m_file.fileName(); }

private:
    void write(int first, int last);
    views::LogModel *m_log;
    QFile m_file;
};

} // namespace batlab::app
