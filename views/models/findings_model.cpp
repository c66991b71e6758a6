// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/findings_model.h"

#include "views/models/place_filter.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"

#include <algorithm>

namespace batlab::views {

namespace {
constexpr int kSearchMs = 500; ///< a layer's artifacts come in a burst
}

FindingsModel::FindingsModel(WorkbenchDocument *document, PlaceFilter *filter, QObject *parent)
    : QAbstractTableModel(parent), m_document(document), m_filter(filter)
{
    if (filter)
        connect(filter, &PlaceFilter::changed, this, &FindingsModel::search);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kSearchMs);
    connect(&m_timer, &QTimer::timeout, this, &FindingsModel::search);
    const auto later = [this] {
        if (!m_timer.isActive())
            m_timer.start();
    };
    connect(document, &WorkbenchDocument::artifactsAdded, this, later);
    connect(document, &WorkbenchDocument::documentReset, this, [this, later] {
        m_task.cancel();
        take({});
        later();
    });
    later();
}

std::function<bool(const FindingPlace &)> FindingsModel::shown() const
{
    if (!m_filter || m_filter->isEmpty())
        return {};
    return [places = m_filter->places()](const FindingPlace &at) {
        if (!at.layer)
            return true; // of the whole variant
        return at.site ? places.accept(*at.layer, *at.site) : places.acceptLayer(*at.layer);
    };
}

void FindingsModel::search()
{
    // The index is maps of shared, immutable artifacts: a copy is cheap and safe to read elsewhere.
    auto index = std::make_shared<const ArtifactIndex>(m_document->artifacts());
    m_task.start([index, shown = shown()] { return findFindings(*index, shown); },
                 [this](const std::vector<Finding> &rows) { take(rows); });
}

void FindingsModel::flush()
{
    m_timer.stop();
    m_task.cancel();
    take(findFindings(m_document->artifacts(), shown()));
}

void FindingsModel::take(std::vector<Finding> rows)
{
    if (rows != m_rows) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }
    Q_EMIT found();
}

int FindingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FindingsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

int FindingsModel::warningCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const Finding &f) {
        return f.severity != Severity::note;
    }));
}

QString FindingsModel::levelText(Severity severity)
{
    switch (severity) {
    case Severity::serious: return tr("✗ serious");
    case Severity::warning: return tr("! warning");
    case Severity::note: break;
    }
    return tr("· note");
}

QString FindingsModel::placeText(const FindingPlace &at)
{
    QStringList parts;
    if (at.layer)
        parts << QStringLiteral("L%1").arg(*at.layer);
    if (at.site)
        parts << qs(name(*at.site));
    if (at.block)
        parts << tr("block %1").arg(*at.block);
    return parts.isEmpty() ? tr("whole variant") : parts.join(QLatin1Char(' '));
}

QVariant FindingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Finding &f = row(index.row());
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole)
        return tr("%1, %2, %3: %4")
            .arg(levelText(f.severity), m_document->variantTitle(qs(f.at.variant)), placeText(f.at),
                 f.text);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Level: return levelText(f.severity);
    case Place: return placeText(f.at);
    case Variant: return m_document->variantTitle(qs(f.at.variant));
    case Text: return f.text;
    default: return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Level: return tr("Level");
    case Place: return tr("Place");
    case Variant: return tr("Variant");
    case Text: return tr("Finding");
    default: return {};
    }
}

} // namespace batlab::views
