// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_answer.h"

#include "views/models/text.h"

namespace batlab::views {

double numberIn(const Json &object, const char *key)
{
    if (!object.is_object())
        return kUnknown;
    const auto at = object.find(key);
    return at != object.end() && at->is_number() ? at->get<double>() : kUnknown;
}

const WhatIfSite *WhatIfAnswer::site(Site site) const
{
    const auto at = sites.find(site);
    return at == sites.end() ? nullptr : &at->second;
}

Result<WhatIfAnswer> whatIfAnswer(const Json &json)
{
    const auto bad = [](const char *what) {
        return Error { ErrorCode::badInput, what, "answer of the engine",
                       "Window and engine may be of different versions." };
    };
    if (!json.is_object() || !json.contains("outputSqnrDb") || !json.contains("sites")
        || !json["sites"].is_object())
        return bad("the engine's answer has no scores");
    WhatIfAnswer out;
    const double layer = numberIn(json, "layer"), tokens = numberIn(json, "tokens");
    out.layer = layer >= 0 ? static_cast<int>(layer) : 0;
    out.tokens = tokens >= 0 ? static_cast<std::int64_t>(tokens) : 0;
    out.milliseconds = numberIn(json, "milliseconds");
    out.cached =
        json.contains("cached") && json["cached"].is_boolean() && json["cached"].get<bool>();
    out.outputSqnrDb = numberIn(json, "outputSqnrDb");
    out.outputMse = numberIn(json, "outputMse");
    if (json.contains("notApplied") && json["notApplied"].is_array()) {
        for (const Json &text : json["notApplied"]) {
            if (text.is_string())
                out.notApplied.append(qs(text.get<std::string>()));
        }
    }
    for (const auto &[key, value] : json["sites"].items()) {
        const std::optional<Site> site = siteFromName(key);
        if (!site || !value.is_object())
            return bad("the engine's answer names a site that is not known");
        WhatIfSite &s = out.sites[*site];
        s.activationSqnrDb = numberIn(value, "activationSqnrDb");
        s.outputSqnrDb = numberIn(value, "outputSqnrDb");
        s.condition = numberIn(value, "condition");
        s.clipShare = numberIn(value, "clipShare");
        s.zeroShare = numberIn(value, "zeroShare");
        s.codeEntropy = numberIn(value, "codeEntropy");
        s.bimodality = numberIn(value, "bimodality");
        if (value.contains("blockSqnrDb")) {
            Result<std::vector<float>> blocks =
                unpackArray<float>(value["blockSqnrDb"], "blockSqnrDb");
            if (!blocks)
                return blocks.error();
            s.blockSqnrDb = *std::move(blocks);
        }
    }
    return out;
}

} // namespace batlab::views
