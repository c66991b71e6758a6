// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/pyramid.h"
#include "views/models/ask.h"
#include "views/models/selection_context.h"
#include "views/models/workbench_document.h"

#include <memory>

namespace batlab::views {

/// |x| of sample tokens as it enters a site's quantizer, token x channel, under several variants:
/// asked of the engine once for a layer, site and set of variants, and again for a replaced layer.
class MethodActivations : public QObject
{
    Q_OBJECT

public:
    static constexpr int kTokens = 64;
    enum class State { none, loading, ready, failed, stopped };

    struct Map
    {
        std::string variant;
        std::shared_ptr<const LodPyramid> values; ///< |x|
        float maximum = 0;
        double crest = 0; ///< maximum over root mean square
    };

    explicit MethodActivations(WorkbenchDocument *document, QObject *parent = nullptr);
    void setAsk(Ask ask) { m_ask = std::move(ask); }
    /// Whether there is an engine to ask and a run that says what of.
    [[nodiscard]] bool canAsk(const std::vector<std::string> &variants) const;
    /// Asks unless that is what is shown or under way.
    void request(int layer, Site site, const std::vector<std::string> &variants);
    void retry();
    void stop(); ///< what is under way is not waited for, until something else is asked or retry()
    void clear();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const std::vector<Map> &maps() const { return m_maps; } ///< of the last answer
    [[nodiscard]] const QStringList &pieces() const { return m_pieces; }
    [[nodiscard]] const Error &error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    struct Key
    {
        int layer = -1;
        Site site = Site::t1;
        std::vector<std::string> variants;
        std::vector<std::string> parts; ///< content hashes: layer and entry of each variant
        bool operator==(const Key &) const = default;
    };
    /// Of those of `variants` that have the layer.
    [[nodiscard]] Key keyOf(int layer, Site site, const std::vector<std::string> &variants) const;
    struct Answer
    {
        std::vector<Map> maps;
        QStringList pieces;
        Error error;
        bool ok = false;
    };
    void send();
    void taken(const std::shared_ptr<Answer> &answer, quint64 round);
    static std::shared_ptr<Answer> read(const Json &reply, const std::string &reference,
                                        const QString &guest);

    WorkbenchDocument *m_document;
    Ask m_ask;
    Key m_key;
    State m_state = State::none;
    std::vector<Map> m_maps, m_coming;
    QStringList m_pieces;
    Error m_error;
    quint64 m_round = 0;
    int m_waiting = 0;
};

} // namespace batlab::views
