// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/quantizer_json.h"

#include "core/spec/format_names.h"

namespace batlab {

Json quantizerJson(const quant::Quantizer &quantizer)
{
    if (quantizer.integer)
        return { { "format", name(*quantizer.integer) } };
    const kernels::QuantSpec &spec = *quantizer.spec;
    Json j { { "format", name(spec.format) },
             { "rule", name(spec.rule) },
             { "ties", name(spec.ties) },
             { "tensorScale", spec.tensorScale } };
    if (quantizer.dynamicScale)
        j["dynamicScale"] = true;
    return j;
}

Result<quant::Quantizer> quantizerFromJson(const Json &value, std::string_view where)
{
    try {
        quant::Quantizer q;
        const auto format = value.at("format").get<std::string>();
        q.integer = integerFromName(format);
        if (q.integer)
            return q;
        auto spec = quantSpec(format, value.at("rule").get<std::string>(),
                              value.at("ties").get<std::string>());
        if (!spec)
            return spec.error();
        spec->tensorScale = value.at("tensorScale").get<float>();
        q.spec = *spec;
        q.dynamicScale = value.value("dynamicScale", false);
        return q;
    } catch (const Json::exception &e) {
        return Error { ErrorCode::badInput,
                       std::string("damaged quantizer description: ") + e.what(),
                       std::string(where), "Calibrate again." };
    }
}

} // namespace batlab
