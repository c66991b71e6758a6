// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/limits_history.h"
#include "views/plots/plot_table.h"
#include "views/plots/tokens.h"

#include <QImage>
#include <QPointF>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QAction;
class QCPAxis;
class QCPAxisRect;
class QCPLayer;
class QCPLayoutGrid;
class QCustomPlot;
class QMenu;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace batlab::plots {

class LinkGroup;
class PanelHeader;
class PlotCanvas;
class ProgressStrip;
class StatePanel;

/// What a panel shows instead of, or over, its picture.
enum class PanelState { ready, empty, loading, error };

/// Base of every plot: panel header (title, subtitle, tools), a themed QCustomPlot, its table twin,
/// and the rules of interaction every plot shares (design 4): drag zooms, wheel zooms at the cursor
/// (over an axis: that axis), middle or Space drag pans, double click resets, Backspace goes back;
/// keys: + and - zoom, Ctrl+Shift and arrows pan, 0 resets; readout at 30 Hz; T table, Ctrl+C
/// picture, Ctrl+Shift+C data. Include "views/plots/qcp.h" only to touch QCustomPlot itself.
class PlotWidget : public QWidget
{
    Q_OBJECT
public:
    explicit PlotWidget(const QString &title, QWidget *parent = nullptr);
    ~PlotWidget() override;

    // header
    void setTitle(const QString &title);
    /// The exact statistic, unit and n; elides first when the panel is narrow.
    void setSubtitle(const QString &subtitle);
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString subtitle() const;
    /// A widget left of the tools (site segments, combo boxes); the header takes ownership.
    void addHeaderWidget(QWidget *widget);
    /// Pages that draw their own header hide this one.
    void setHeaderVisible(bool visible);
    /// Extra entries of the export menu ("Add to report", "Copy link").
    [[nodiscard]] QMenu *exportMenu() const;
    void addToMenu(const QList<QAction *> &actions); ///< of the window, below the plot's own

    // states (design 4)
    void setReady();
    /// One line and, with `action` not empty, one button: actionTriggered() tells when it is
    /// pressed.
    void setEmpty(const QString &text, const QString &action = {});
    /// Keeps the last picture; a 2-px bar after 200 ms, Cancel after 1 s. progress in [0,1], < 0
    /// unknown.
    void setLoading(double progress = -1, const QString &text = {});
    /// Text in the colour of errors, Retry, and Details when `details` is not empty.
    void setError(const QString &text, const QString &details = {});
    /// "24 of 30 layers" after the subtitle; done == total or total == 0 clears it.
    void setPartial(int done, int total, const QString &unit);
    [[nodiscard]] PanelState state() const { return m_state; }

    // limits
    /// Back to the limits the data ask for. Remembered in the history.
    void resetLimits();
    /// The limits before the last change; false when there are none.
    bool previousLimits();
    /// Lower and upper end of every axis that zooms, view by view; empty while they are where the
    /// data ask for them. What a session keeps of the view.
    [[nodiscard]] std::vector<double> limitValues() const;
    /// Sets them (empty: home), now or when data of that many axes have come.
    void restoreLimits(std::vector<double> values);
    /// Joins axes of the main view to a group.
    void linkX(LinkGroup *group);
    void linkY(LinkGroup *group);

    // data out
    [[nodiscard]] virtual PlotTable table() const = 0;
    /// One sentence that says what is seen; accessible description of the plot.
    [[nodiscard]] virtual QString summary() const = 0;
    [[nodiscard]] QImage picture(double scale = 1.0) const;
    bool exportPng(const QString &path, double scale) const;
    bool exportSvg(const QString &path) const;
    bool exportPdf(const QString &path) const;
    bool exportCsv(const QString &path) const;
    void copyPicture() const;
    void copyData() const;
    void setTableShown(bool shown);
    [[nodiscard]] bool isTableShown() const;

    [[nodiscard]] QCustomPlot *plot() const;
    [[nodiscard]] const Tokens &tokens() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// What is under the cursor, with names, indices, value and unit; empty when it has left. At
    /// most 30 a second.
    void readout(const QString &text);
    void actionTriggered();
    void cancelRequested();
    void retryRequested();
    void detailsRequested(const QString &details);
    /// B: pin the shown variant as the baseline.
    void pinRequested();
    void limitsChanged();
    /// An export could not be written: what, and what to do.
    void exportFailed(const QString &message);
    void tableShownChanged(bool shown);

protected:
    /// A zoomable pair of axes. Linked rects (profiles) are registered with the axis they do not
    /// share as null.
    struct View
    {
        QCPAxisRect *rect = nullptr;
        QCPAxis *x = nullptr, *y = nullptr; ///< null: this direction does not zoom
        double homeX0 = 0, homeX1 = 1, homeY0 = 0, homeY1 = 1;
        bool bounded = false; ///< never leaves home (maps)
        double minSpan = 0; ///< smallest span of a bounded view, in coordinates
    };

    /// The plot, empty: no default axis rect. Subclasses build their layout in their constructor.
    [[nodiscard]] PlotCanvas *canvas() const { return m_canvas; }
    [[nodiscard]] QCPLayer *cursorLayer() const; ///< buffered: replot it alone
    void addView(const View &view);
    void clearViews();
    /// What a view shows of either direction; none: its home, wherever that is.
    struct Shown
    {
        std::optional<std::pair<double, double>> x, y;
    };
    [[nodiscard]] std::vector<Shown> shown() const; ///< view by view
    /// Goes back to what was seen when other data, or axes built anew, mean the same. In plots
    /// whose number of views changes all views show the same part.
    void showAgain(const std::vector<Shown> &before);
    /// The layout without views, elements and plottables (these outlive the axes they stand on):
    /// for plots that build themselves anew.
    QCPLayoutGrid *emptyLayout();
    [[nodiscard]] std::vector<View> &views() { return m_views; }
    /// Puts a header tool before the table twin's.
    QToolButton *addTool(const QString &glyphName, const QString &text);
    /// Standard look of an axis rect: outward ticks, no background, grid as asked.
    void styleAxisRect(QCPAxisRect *rect, bool gridX, bool gridY) const;
    /// Call after the data have changed: refreshes summary, table twin and tools.
    void dataChanged();
    void replotLater() const;

    // for subclasses
    virtual void themeChanged(const Tokens &) { }
    /// pos in canvas pixels, null when the cursor left. Redraw the cursor layer's content, return
    /// the readout.
    virtual QString hover(const QPointF *pos)
    {
        (void)pos;
        return {};
    }
    /// A click that was not a drag. True: handled.
    virtual bool clicked(const QPointF &, Qt::KeyboardModifiers) { return false; }
    /// Keys held when the present press came.
    [[nodiscard]] Qt::KeyboardModifiers pressModifiers() const { return m_pressModifiers; }
    /// A press that starts a drag of the subclass's own (limit handles, thresholds).
    virtual bool dragStarted(const QPointF &) { return false; }
    virtual void dragMoved(const QPointF &) { }
    virtual void dragEnded(const QPointF &) { }
    /// Double click at a data point; false: reset of limits.
    virtual bool doubleClicked(const QPointF &) { return false; }
    [[nodiscard]] virtual Qt::CursorShape cursorAt(const QPointF &) const
    {
        return Qt::ArrowCursor;
    }
    /// Arrows, N, P and so on; true: handled.
    virtual bool key(int, Qt::KeyboardModifiers) { return false; }
    /// The pixel that stays where it is when keys zoom: the selected cell; `middle` of the first
    /// view where none is in sight.
    [[nodiscard]] virtual QPointF zoomPoint(const QPointF &middle) const { return middle; }
    /// Limits changed, by the user or by resetLimits().
    virtual void afterLimits() { }

    bool event(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    friend class PlotCanvas;
    struct AxisLimits
    {
        QCPAxis *axis;
        double lower, upper;
        bool operator==(const AxisLimits &) const = default;
    };
    using Limits = std::vector<AxisLimits>;
    struct Gesture
    {
        enum Kind { none, pending, zoom, pan, own } kind = none;
        QPointF start;
        int view = -1;
        Limits startLimits;
    };

    void buildHeader();
    void applyPlotTheme();
    void refreshHeader();
    void fillExportMenu();
    [[nodiscard]] Limits limits() const;
    void setLimits(const Limits &limits);
    void applyWantedLimits();
    [[nodiscard]] int viewAt(const QPointF &pos, bool &onX, bool &onY) const;
    void setClamped(const View &view, bool xAxis, double lower, double upper);
    void pan(const View &view, const QPointF &delta); ///< moves the picture by pixels
    bool limitsKey(int key, Qt::KeyboardModifiers modifiers);
    void mousePress(const QPointF &pos, Qt::MouseButton button, Qt::KeyboardModifiers modifiers);
    void mouseMove(const QPointF &pos);
    void mouseRelease(const QPointF &pos, Qt::KeyboardModifiers modifiers);
    void mouseDouble(const QPointF &pos);
    void wheel(const QPointF &pos, double steps);
    void leave();
    void readoutNow();
    void refreshTwin();
    [[nodiscard]] QString fileTitle() const;
    [[nodiscard]] QString askPath(const QString &suffix, const QString &filter);

    PanelHeader *m_header = nullptr;
    ProgressStrip *m_strip = nullptr;
    QStackedWidget *m_stack = nullptr;
    PlotCanvas *m_canvas = nullptr;
    StatePanel *m_statePanel = nullptr;
    QTableView *m_twin = nullptr;
    PlotTableModel *m_twinModel = nullptr;
    QMenu *m_exportMenu = nullptr;
    QMenu *m_moreMenu = nullptr;
    QToolButton *m_tableTool = nullptr;
    QToolButton *m_exportTool = nullptr;
    PanelState m_state = PanelState::ready;
    QString m_title, m_subtitle, m_partial, m_readout;
    std::vector<View> m_views;
    std::vector<double> m_wanted; ///< limits of a reopened session that wait for data
    LimitsHistory<Limits> m_history;
    Gesture m_gesture;
    QString m_stateText, m_emptyAction, m_details;
    QTimer m_hoverTimer, m_cancelTimer;
    QPointF m_hoverPos;
    Qt::KeyboardModifiers m_pressModifiers;
    bool m_hovering = false;
    bool m_hoverPending = false;
    bool m_spaceDown = false;
    bool m_twinStale = true;
};

/// Makes plots speak to assistive technology (role Chart). Call once after the QApplication exists.
void installPlotAccessibility();

} // namespace batlab::plots
