// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/options.h"

#include <QObject>

#include <functional>
#include <optional>

class QLocalServer;
class QLocalSocket;

namespace batlab::app {

/// One program to a data folder: what a second one is told to open goes to the first. They meet at
/// a local socket of the user, named after the folder.
class SingleInstance : public QObject
{
    Q_OBJECT

public:
    explicit SingleInstance(const QString &dataFolder, QObject *parent = nullptr);
    ~SingleInstance() override;

    /// Hands files, place and demo to the program that has the folder; false if there is none, or
    /// if it does not answer in time: then this one has to open them, and the other does not.
    [[nodiscard]] bool handOver(const Options &options) const;
    /// Takes the folder, unless another program has it; `open` gets what others hand over.
    bool listen(std::function<void(const Options &options)> open);
    [[nodiscard]] QString socketPath() const { return m_path; }

private:
    void take(QLocalSocket *socket, std::optional<Options> &told);

    QString m_path;
    QLocalServer *m_server = nullptr;
    std::function<void(const Options &)> m_open;
};

/// Whether these options only say what to open, so that any window of the program will do.
[[nodiscard]] bool onlyOpens(const Options &options);

} // namespace batlab::app
