// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/selection_context.h"
#include "views/models/workbench_document.h"

#include <QCoreApplication>
#include <QImage>
#include <QList>
#include <QPair>
#include <QSize>
#include <QString>

#include <functional>
#include <future>
#include <memory>
#include <vector>

namespace batlab::plots {
class PlotWidget;
}

namespace batlab::views {

/// Name and value of a line of provenance; an empty value starts a section.
using ProvenanceLine = QPair<QString, QString>;
/// What the results stand on: session, model and its hashes, data, runs with spec, build and
/// device, parts.
[[nodiscard]] QList<ProvenanceLine> provenance(const WorkbenchDocument &document,
                                               const QString &uuid, const QString &created,
                                               const QString &creator);

/// One HTML file of a session that needs nothing beside it: the recovery table as Evaluate shows
/// it, what the specs differ in, findings, sweeps, figures as embedded pictures (errors, energy
/// before and after the transforms, energy flow, paired differences, training), specs, notes,
/// bookmarks, provenance. Made in steps of a few tens of milliseconds, so that a
/// window can stay awake meanwhile.
class SessionReport
{
    Q_DECLARE_TR_FUNCTIONS(batlab::views::SessionReport)

public:
    /// Pictures of one layer and site are of those of `at`.
    SessionReport(const WorkbenchDocument *document, QList<ProvenanceLine> provenance,
                  Selection at = {});
    ~SessionReport();
    /// Does the next piece; false when all is done.
    bool step();
    /// The whole file, UTF-8. Complete once step() has said false.
    [[nodiscard]] QString html() const;

private:
    static constexpr QSize kWide { 960, 340 }; ///< of line plots
    struct Worked; ///< what a thread has computed
    [[nodiscard]] std::vector<std::string> variants() const; ///< all, the reference too
    void plan();
    void figure(std::function<void()> make); ///< the steps of one
    void head();
    void work();
    void recovery();
    void divergence();
    void specs();
    void findings();
    void sweeps();
    void layers();
    void wrongLayerFigure();
    void energyFigure(Site site);
    void sqnrFigure(Site site);
    void pairedFigure();
    void flowFigure(); ///< energy flow of the selected layer's site
    void afterFigure(); ///< energy that enters the quantizer of the selected site
    void trainingFigure(LayerId layer);
    void runs();
    void tail();
    /// Takes a plot that has its data; the next steps draw and embed it.
    void begin(std::unique_ptr<plots::PlotWidget> plot, const QSize &size, const QString &title,
               const QString &caption);
    void draw();
    void encode(); ///< compresses the picture on a thread
    void embed();

    const WorkbenchDocument *m_document;
    QList<ProvenanceLine> m_provenance;
    Selection m_at;
    QString m_body;
    std::vector<std::function<void()>> m_steps;
    std::size_t m_next = 0;
    int m_figures = 0;
    std::unique_ptr<plots::PlotWidget> m_plot; ///< of the figure at work
    QImage m_image;
    std::future<QByteArray> m_png; ///< base64
    std::future<std::shared_ptr<const Worked>> m_work;
    std::shared_ptr<const Worked> m_worked;
    QString m_title, m_caption;
};

} // namespace batlab::views
