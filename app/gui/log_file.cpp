// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/log_file.h"

#include "views/models/log_model.h"

#include <QDir>
#include <QFileInfo>

namespace batlab::app {

LogFile::LogFile(views::LogModel *log, const QString &path, QObject *parent)
    : QObject(parent), m_log(log), m_file(path)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    if (m_file.size() > kMost) {
        const QString old = path + QStringLiteral(".1");
        QFile::remove(old);
        QFile::rename(path, old);
    }
    connect(log, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { write(first, last); });
}

void LogFile::write(int first, int last)
{
    if (!m_file.isOpen() && !m_file.open(QIODevice::WriteOnly | QIODevice::Append))
        return; // the dock still has the lines
    QByteArray lines;
    for (int row = first; row <= last; ++row)
        lines += m_log->toText(row).toUtf8() + '\n';
    m_file.write(lines);
    m_file.flush();
}

} // namespace batlab::app
