// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_document.h"
#include "views/models/ask.h"

#include <cmath>
#include <vector>

namespace batlab::test {

/// SYNTHETIC answers in the engine's form. Values are channel + 100 token; a variant's are half.
[[nodiscard]] inline Json fakeBlock(int block, int token, double factor, const std::string &id)
{
    std::vector<float> values(32), rounded(32);
    std::vector<std::uint8_t> codes(32);
    for (std::size_t i = 0; i < 32; ++i) {
        values[i] = static_cast<float>(factor * (block * 32 + static_cast<int>(i) + 100 * token));
        rounded[i] = i % 4 == 0 ? 0.0F : values[i] + 1;
        codes[i] = static_cast<std::uint8_t>(i % 16);
    }
    Json out { { "values", packArray(values) },
               { "dequantized", packArray(rounded) },
               { "codes", packArray(codes) },
               { "scale", 4.0 },
               { "scaleByte", 129 },
               { "clipShare", 0.0625 },
               { "maxError", 3.0 },
               { "sqnrDb", 9.5 * (2 - factor) } };
    if (!id.empty())
        out["id"] = id;
    return out;
}

/// Answers at once, and notes what was asked.
struct FakeAsk
{
    std::vector<Json> questions;
    Error error; ///< answered instead when it has a text
    int tokens = 8, channels = 64;

    [[nodiscard]] Json answer(const Json &question) const
    {
        const int block = question.value("block", 0), token = question.value("token", 0);
        Json variants = Json::array();
        if (question["ask"] == "block") {
            for (const Json &v : question["variants"])
                variants.push_back(fakeBlock(block, token, 0.5, v["id"].get<std::string>()));
            const std::string piece = " word";
            return { { "block", block },
                     { "channels", { block * 32, block * 32 + 31 } },
                     { "token", token },
                     { "piece", Json::binary({ piece.begin(), piece.end() }) },
                     { "reference", fakeBlock(block, token, 1, {}) },
                     { "variants", variants } };
        }
        std::vector<float> values(static_cast<std::size_t>(tokens * channels));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::sin(static_cast<float>(i)) * (i == 70 ? 50.0F : 1.0F);
        for (const Json &v : question["variants"])
            variants.push_back({ { "id", v["id"] }, { "values", packArray(values) } });
        return { { "tokens", tokens },
                 { "channels", channels },
                 { "pieces", Json::array() },
                 { "reference", packArray(values) },
                 { "variants", variants } };
    }
    [[nodiscard]] views::Ask bind()
    {
        return [this](const std::string &, const Json &question, const views::AskReply &done) {
            questions.push_back(question);
            if (!error.what.empty())
                done(Result<Json>(error));
            else
                done(Result<Json>(answer(question)));
        };
    }
};

} // namespace batlab::test
