// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "views/models/selection_context.h"

#include <QString>

#include <optional>

namespace batlab::views {

/// A place in a session:
/// "batlab://open?session=/a/b.batlab.h5&variant=bat&layer=20&site=T4&block=17" or, within the open
/// session, "20/T4/17" (layer/site/block). What is not stated stays as it is.
struct DeepLink
{
    QString session; ///< file; empty: the open one
    std::optional<QString> variant;
    std::optional<int> layer, block, channel, token;
    std::optional<Site> site;

    /// `now` with what the link states.
    [[nodiscard]] Selection appliedTo(const Selection &now) const;
};

/// The error names the part that is wrong and what is allowed.
[[nodiscard]] Result<DeepLink> parseDeepLink(const QString &text);
[[nodiscard]] QString deepLinkTo(const Selection &selection, const QString &session);
/// Both name one file, which need not be there; false for empty paths.
[[nodiscard]] bool isSameFile(const QString &one, const QString &other);
/// "bat · layer 20 · T4 · block 17"
[[nodiscard]] QString placeText(const Selection &selection, const QString &variantTitle);

} // namespace batlab::views
