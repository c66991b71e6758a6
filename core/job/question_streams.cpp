// SPDX-License-Identifier: Apache-2.0
#include "core/job/question_streams.h"

#include "core/base/json_text.h"

#include <algorithm>

namespace batlab {

QuestionTurn turnOf(const Json &question)
{
    std::string stream = textAt(question, "stream");
    if (stream.empty())
        return {};
    const auto turn = question.find("turn");
    if (turn == question.end() || !turn->is_number_integer() || turn->get<std::int64_t>() <= 0)
        return {};
    return { std::move(stream), turn->get<std::int64_t>() };
}

QuestionStreams::Asked::Asked(QuestionStreams &streams, QuestionTurn turn, std::string needs,
                              JobContext &job)
    : m_streams(streams)
{
    const std::lock_guard lock(streams.m_mutex);
    streams.endOlder(turn, needs);
    if (const auto newest = streams.m_newest.find(turn.stream);
        newest != streams.m_newest.end() && turn.turn < newest->second)
        job.requestCancel();
    m_open = streams.m_open.insert(streams.m_open.end(),
                                   Open { std::move(turn), std::move(needs), &job });
}

QuestionStreams::Asked::~Asked()
{
    const std::lock_guard lock(m_streams.m_mutex);
    m_streams.m_open.erase(m_open);
}

void QuestionStreams::Asked::making()
{
    const std::lock_guard lock(m_streams.m_mutex);
    m_open->making = true;
}

void QuestionStreams::Asked::made()
{
    const std::lock_guard lock(m_streams.m_mutex);
    m_open->making = false;
    if (m_open->superseded)
        m_open->job->requestCancel();
}

void QuestionStreams::supersede(const QuestionTurn &newer, const std::string &needs)
{
    const std::lock_guard lock(m_mutex);
    endOlder(newer, needs);
}

void QuestionStreams::endOlder(const QuestionTurn &newer, const std::string &needs)
{
    if (newer.turn == 0)
        return;
    std::int64_t &newest = m_newest[newer.stream];
    newest = std::max(newest, newer.turn);
    for (Open &open : m_open) {
        if (open.turn.stream != newer.stream || open.turn.turn >= newer.turn)
            continue;
        open.superseded = true;
        if (!open.making || open.needs != needs)
            open.job->requestCancel();
    }
}

} // namespace batlab
