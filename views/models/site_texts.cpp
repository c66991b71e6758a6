// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/site_texts.h"

#include "views/models/guest_session.h"
#include "views/models/text.h"

#include <QCoreApplication>

namespace batlab::views {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("batlab::views", text); }

} // namespace

QString whyNoStatistics(const ArtifactIndex &index, const std::string &variant, Site site)
{
    const std::string reference = referenceOf(variant);
    if (feedsLinears(site) || index.allSiteStats(reference).empty())
        return {};
    const QString place = qs(name(site));
    if (index.allSiteStats(reference, site).empty())
        return tr("This session has no statistics of %1: an earlier version made it. Start the "
                  "analysis again (New run…).")
            .arg(place);
    if (ownVariant(variant) == kReference || !index.allSiteStats(variant, site).empty())
        return {};
    return tr("No statistics of %1 after the transform: a variant has them in the layers where it "
              "transforms %1. Select full precision, or Before, for the model's own.")
        .arg(place);
}

bool statisticsPending(const ArtifactIndex &index, const std::string &variant, LayerId layer,
                       Site site)
{
    return !index.siteStats(variant, layer, site) && !index.siteStats(variant, layer, Site::t1);
}

QString notOfLinears(Site site)
{
    if (feedsLinears(site))
        return {};
    return tr("%1 is the input of no linear: select T1, T2, T3 or T4.").arg(qs(name(site)));
}

} // namespace batlab::views
