// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "views/models/place_filter.h"

#include <QObject>
#include <QString>

#include <array>
#include <vector>

namespace batlab::views {

/// What the user is looking at. Every view reads it and writes it; nothing else connects view to
/// view.
struct Selection
{
    QString session;
    QString variant; ///< variant id; empty: none yet
    int layer = 0;
    Site site = Site::t4;
    int block = 0; ///< 32 channels each
    int channel = 0;
    int token = 0;
    bool operator==(const Selection &) const = default;
};

/// How far layer, block and token may go; values outside are clamped.
struct SelectionExtent
{
    int layers = 1;
    std::array<int, 7> blocks {}; ///< by Site; 0: unknown, not clamped
    int tokens = 0; ///< 0: unknown
    bool operator==(const SelectionExtent &) const = default;
};

/// The one selection of a window, with back and forward, and the places the window leaves out.
class SelectionContext : public QObject
{
    Q_OBJECT

public:
    explicit SelectionContext(QObject *parent = nullptr);

    [[nodiscard]] const Selection &current() const { return m_current; }
    [[nodiscard]] const SelectionExtent &extent() const { return m_extent; }
    void setExtent(const SelectionExtent &extent);

    /// Clamps, keeps block and channel consistent, and remembers the place left behind. Moves of
    /// the token or of the channel inside a block replace the newest history entry instead of
    /// adding one.
    void set(Selection next);
    void setVariant(const QString &variant);
    void setLayer(int layer);
    void setSite(Site site); ///< keeps the layer, clamps the block
    void setBlock(int block);
    void setCell(int layer, int block);
    void setCell(int layer, Site site, int block);
    void setChannel(int channel);
    void setToken(int token);

    [[nodiscard]] bool canGoBack() const { return !m_back.empty(); }
    [[nodiscard]] bool canGoForward() const { return !m_forward.empty(); }
    void back();
    void forward();
    void clearHistory();

    [[nodiscard]] PlaceFilter *filter() { return &m_filter; }

Q_SIGNALS:
    void changed(const batlab::views::Selection &now, const batlab::views::Selection &before);
    void historyChanged();
    void extentChanged();

private:
    [[nodiscard]] Selection clamped(Selection s) const;
    void apply(const Selection &next);

    Selection m_current;
    SelectionExtent m_extent;
    PlaceFilter m_filter;
    std::vector<Selection> m_back, m_forward;
};

} // namespace batlab::views

Q_DECLARE_METATYPE(batlab::views::Selection)
