// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/tensor_place.h"

#include <QRegularExpression>

#include <utility>

namespace batlab::views {

TensorPlace tensorPlace(const QString &name)
{
    static const QRegularExpression layer(QStringLiteral("(?:layers|blk|h)\\.(\\d+)\\."));
    static const std::pair<const char *, Linear> linears[] = {
        { "q_proj", Linear::q },       { "k_proj", Linear::k },       { "v_proj", Linear::v },
        { "o_proj", Linear::o },       { "gate_proj", Linear::gate }, { "up_proj", Linear::up },
        { "down_proj", Linear::down }, { "attn_q.", Linear::q },      { "attn_k.", Linear::k },
        { "attn_v.", Linear::v },      { "attn_output", Linear::o },  { "ffn_gate.", Linear::gate },
        { "ffn_up.", Linear::up },     { "ffn_down", Linear::down },
    };
    TensorPlace out;
    if (const QRegularExpressionMatch match = layer.match(name); match.hasMatch())
        out.layer = match.captured(1).toInt();
    for (const auto &[part, linear] : linears) {
        if (!name.contains(QLatin1String(part)))
            continue;
        out.linear = linear;
        out.site = inputSite(linear);
        break;
    }
    return out;
}

} // namespace batlab::views
