// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/job.h"

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>

namespace batlab {

/// The stream of questions that one belongs to, and its number there. Turn 0: of no stream.
struct QuestionTurn
{
    std::string stream {};
    std::int64_t turn = 0;
};
/// A question's "stream" and "turn"; turn 0 where they are missing or make no sense.
[[nodiscard]] QuestionTurn turnOf(const Json &question);

/// The questions that an engine works on: of one stream only the newest is wanted. Thread-safe.
class QuestionStreams
{
    struct Open
    {
        QuestionTurn turn;
        std::string needs;
        JobContext *job = nullptr;
        bool making = false, superseded = false;
    };

public:
    /// A question from its arrival to its answer.
    class Asked
    {
    public:
        /// Cancels `job`, which outlives this, once a newer question of the stream is known.
        /// needs: names what the question first has to make and others of the same need use too.
        Asked(QuestionStreams &streams, QuestionTurn turn, std::string needs, JobContext &job);
        ~Asked();
        Asked(const Asked &) = delete;
        Asked &operator=(const Asked &) = delete;
        /// From here to made() it makes what it needs: a newer question that needs the same lets it
        /// end that, or quick changes would start it again and again.
        void making();
        void made();

    private:
        QuestionStreams &m_streams;
        std::list<Open>::iterator m_open;
    };

    /// A newer question of a stream is known: those before it are cancelled, also those that are
    /// still on their way.
    void supersede(const QuestionTurn &newer, const std::string &needs);

private:
    void endOlder(const QuestionTurn &newer, const std::string &needs);

    std::mutex m_mutex;
    std::list<Open> m_open;
    std::map<std::string, std::int64_t> m_newest; ///< turn by stream
};

} // namespace batlab
