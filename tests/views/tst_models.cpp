// SPDX-License-Identifier: Apache-2.0
// Item models on synthetic artifacts: consistency (QAbstractItemModelTester), text dumps,
// selection, undo, actions.
#include "tests/support/fake_document.h"
#include "views/models/action_registry.h"
#include "views/models/bimodality_model.h"
#include "views/models/deep_link.h"
#include "views/models/jobs_model.h"
#include "views/models/log_model.h"
#include "views/models/off_thread.h"
#include "views/models/parameter_form_model.h"
#include "views/models/project_model.h"
#include "views/models/recent_files.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QUndoStack>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

using namespace batlab;
using namespace batlab::views;

namespace {

/// "name|figure" lines, indented by depth.
void dump(const QAbstractItemModel &model, const QModelIndex &parent, int depth, QStringList &out)
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex at = model.index(row, 0, parent);
        out.append(QString(2 * depth, QLatin1Char(' ')) + at.data().toString() + QLatin1Char('|')
                   + at.siblingAtColumn(1).data().toString());
        dump(model, at, depth + 1, out);
    }
}

QStringList rowTexts(const QAbstractItemModel &model, int row)
{
    QStringList out;
    for (int column = 0; column < model.columnCount(); ++column)
        out.append(model.index(row, column).data().toString());
    return out;
}

} // namespace

class TstModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// A worker's result reaches an owner that lives, on its thread; one that died is not called,
    /// whenever it died.
    void workersFindTheirOwner()
    {
        int called = 0;
        QObject alive;
        views::offThread(
            &alive, [] { return QThread::currentThread(); },
            [&called](QThread *worker) {
                QVERIFY(worker != qApp->thread());
                QCOMPARE(QThread::currentThread(), qApp->thread());
                ++called;
            });
        QTRY_COMPARE(called, 1);
        int late = 0;
        for (int i = 0; i < 200; ++i) {
            auto owner = std::make_unique<QObject>();
            views::offThread(
                owner.get(), [] { return std::vector<int>(1000, 7); },
                [&late](const std::vector<int> &) { ++late; });
            if (i % 2)
                QThread::yieldCurrentThread(); // some are done before their owner goes
            owner.reset();
        }
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(late, 0);
    }

    void initTestCase()
    {
        QLocale::setDefault(QLocale::c());
        m_artifacts = test::demoArtifacts(6);
        QVERIFY(m_artifacts.size() > 100);
    }

    void numbersOnScreen()
    {
        QCOMPARE(number(-1.24, 1), QStringLiteral("−1.2"));
        QCOMPARE(signedNumber(2.5, 1), QStringLiteral("+2.5"));
        QCOMPARE(number(std::numeric_limits<double>::quiet_NaN(), 1), QStringLiteral("n/a"));
        QCOMPARE(count(304978), QStringLiteral("304\u2009978"));
        QCOMPARE(count(-1000), QStringLiteral("−1\u2009000"));
        QCOMPARE(shortCount(134515008), QStringLiteral("134.5 M"));
        QCOMPARE(clock(3700), QStringLiteral("1:01:40"));
        QCOMPARE(eta(-1), QString());
        QCOMPARE(eta(std::numeric_limits<double>::infinity()), QString());
        QCOMPARE(eta(360), QStringLiteral("≈ 6 min"));
        QCOMPARE(eta(4800), QStringLiteral("≈ 1 h 20 min"));
        QCOMPARE(pValue(0.0001), QStringLiteral("<0.001"));
    }

    void oneFileHasManyNames()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.batlab.h5")),
                      link = folder.filePath(QStringLiteral("link.batlab.h5")),
                      gone = folder.filePath(QStringLiteral("gone.batlab.h5"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && QFile::link(path, link));
        QVERIFY(isSameFile(path, path) && isSameFile(path, link));
        QVERIFY(isSameFile(path, folder.filePath(QStringLiteral("./a.batlab.h5"))));
        QVERIFY(!isSameFile(path, gone) && !isSameFile({}, {}));
        // Neither is there: their names tell.
        QVERIFY(isSameFile(gone, folder.filePath(QStringLiteral("./gone.batlab.h5"))));
        QVERIFY(!isSameFile(gone, folder.filePath(QStringLiteral("gone too.batlab.h5"))));
    }

    void selectionClampsAndRemembers()
    {
        SelectionContext s;
        SelectionExtent extent;
        extent.layers = 30;
        extent.blocks[static_cast<std::size_t>(Site::t1)] = 18;
        extent.blocks[static_cast<std::size_t>(Site::t4)] = 48;
        extent.tokens = 64;
        s.setExtent(extent);
        QSignalSpy changes(&s, &SelectionContext::changed);
        s.setCell(20, Site::t4, 40);
        QCOMPARE(s.current().channel, 40 * 32);
        s.setSite(Site::t1); // keeps the layer, clamps the block
        QCOMPARE(s.current().layer, 20);
        QCOMPARE(s.current().block, 17);
        s.setLayer(1000);
        QCOMPARE(s.current().layer, 29);
        s.setChannel(5 * 32 + 7);
        QCOMPARE(s.current().block, 5);
        const Selection here = s.current();
        s.setToken(12); // a token move is no new place
        s.setChannel(5 * 32 + 9);
        QVERIFY(s.canGoBack());
        s.back();
        QCOMPARE(s.current().block, 17);
        s.forward();
        QCOMPARE(s.current().block, here.block);
        s.setBlock(3);
        QVERIFY(!s.canGoForward());
        QVERIFY(changes.count() >= 7);
        changes.clear();
        s.setBlock(3);
        QCOMPARE(changes.count(), 0);
    }

    void documentKeepsOneArtifactAKey()
    {
        WorkbenchDocument d;
        QSignalSpy added(&d, &WorkbenchDocument::artifactsAdded);
        d.addArtifacts(m_artifacts);
        QCOMPARE(added.count(), 1);
        const std::size_t n = d.snapshot().artifacts.size();
        d.addArtifacts(m_artifacts);
        QCOMPARE(d.snapshot().artifacts.size(), n);
        QCOMPARE(n, d.artifacts().size());
        QVERIFY(d.isModified());
        QCOMPARE(d.artifacts().layerCount(), 6);
        QCOMPARE(d.artifacts().blockCount(Site::t4), 48);
        const EnergyMap map = energyMap(d.artifacts(), kReference, Site::t4);
        QCOMPARE(map.present, 6);
        QCOMPARE(map.cells.size(), std::size_t(6 * 48));
        QVERIFY(std::none_of(map.cells.begin(), map.cells.end(),
                             [](float v) { return std::isnan(v); }));
    }

    void pinIsUndoable()
    {
        WorkbenchDocument d;
        d.addArtifacts(m_artifacts);
        d.setSaved();
        QVERIFY(!d.isModified());
        d.pinBaseline(QStringLiteral("gptq"));
        QVERIFY(d.isModified());
        QCOMPARE(d.recovery().baseline, std::string("gptq"));
        d.undoStack()->undo();
        QCOMPARE(d.baseline(), QStringLiteral("reference"));
        d.undoStack()->redo();
        QCOMPARE(d.baseline(), QStringLiteral("gptq"));
        d.setSaved(); // saving keeps the history
        QVERIFY(d.undoStack()->canUndo());
    }

    void projectTree()
    {
        WorkbenchDocument d;
        ProjectModel model(&d);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(!model.siteIndex(0, Site::t1).isValid());
        for (const ArtifactPtr &a : m_artifacts)
            d.addArtifacts({ a });
        RunEntry run;
        run.id = QStringLiteral("r0001");
        run.title = QStringLiteral("demo");
        run.state = JobState::running;
        d.putRun(run);
        QStringList lines;
        dump(model, {}, 0, lines);
        const QString all = lines.join(QLatin1Char('\n'));
        QVERIFY2(lines.first().startsWith(QStringLiteral("Untitled session|")), qPrintable(all));
        QVERIFY2(lines.contains(QStringLiteral("    Layers|6")), qPrintable(all));
        QVERIFY2(lines.contains(QStringLiteral("    r0001 demo|running")), qPrintable(all));
        QCOMPARE(lines.filter(QStringLiteral("T4 down in · 48 blk|")).size(), 6);
        QCOMPARE(model.rowCount(model.branch(ProjectModel::Kind::variants)),
                 static_cast<int>(d.artifacts().variants().size()));
        // The figure that ranks is the largest of the layer's sites.
        const QModelIndex layer = model.siteIndex(2, Site::t1).parent();
        QCOMPARE(model.rowCount(layer), static_cast<int>(kSites.size()));
        for (const Site site : kSites)
            QCOMPARE(model.siteIndex(2, site).data(ProjectModel::SiteRole).toInt(),
                     static_cast<int>(site));
        double worst = 0;
        for (int i = 0; i < model.rowCount(layer); ++i)
            worst = std::fmax(worst,
                              model.index(i, 0, layer).data(ProjectModel::FigureRole).toDouble());
        QCOMPARE(layer.data(ProjectModel::FigureRole).toDouble(), worst);
        QVERIFY(worst > 1);
        QVERIFY(model.variantIndex(QStringLiteral("reference"))
                    .data(ProjectModel::PinnedRole)
                    .toBool());
        d.pinBaseline(QStringLiteral("bat"));
        QVERIFY(model.variantIndex(QStringLiteral("bat")).data(ProjectModel::PinnedRole).toBool());
        d.reset({}, {});
        QCOMPARE(model.rowCount(model.branch(ProjectModel::Kind::layers)), 0);
    }

    void bimodalityRanks()
    {
        WorkbenchDocument d;
        d.addArtifacts(m_artifacts);
        BimodalityModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.rebuild(d.artifacts(), kReference);
        QCOMPARE(model.rowCount(), 6 * (18 + 18 + 18 + 48));
        for (int i = 1; i < model.rowCount(); ++i)
            QVERIFY(model.row(i - 1).bimodality >= model.row(i).bimodality);
        const BimodalityRow first = model.row(0);
        QCOMPARE(model.find(first.layer, first.site, first.block), 0);
        const QVariantList spark =
            model.index(0, BimodalityModel::Spark).data(BimodalityModel::ValueRole).toList();
        QVERIFY(spark.size() > 8);
        QPersistentModelIndex held(model.index(0, 0));
        model.sort(BimodalityModel::PeakMedian, Qt::AscendingOrder);
        for (int i = 1; i < model.rowCount(); ++i)
            QVERIFY(model.row(i - 1).peakOverMedian <= model.row(i).peakOverMedian);
        QCOMPARE(model.find(first.layer, first.site, first.block), held.row());
        QCOMPARE(rowTexts(model, 0).size(), int(BimodalityModel::ColumnCount));
    }

    void jobsFollowEvents()
    {
        JobsModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        JobRow row;
        row.run = QStringLiteral("r0001");
        row.title = QStringLiteral("demo");
        model.add(row);
        model.setJobId(row.run, 7);
        model.setState(7, JobState::running, {});
        ProgressSnapshot p;
        p.stage = "bat: layer 12 of 30";
        p.done = 12;
        p.total = 30;
        p.subDone = 112;
        p.subTotal = 320;
        p.etaSeconds = 360;
        for (int i = 0; i < 300; ++i) {
            p.loss = 1.0 / (1 + i);
            model.setProgress(7, p);
        }
        QCOMPARE(model.row(0).losses.size(), JobsModel::kLossPoints);
        QCOMPARE(model.index(0, JobsModel::Layers).data().toString(), QStringLiteral("12 / 30"));
        QCOMPARE(model.index(0, JobsModel::Layers).data(JobsModel::FractionRole).toDouble(), 0.4);
        QCOMPARE(model.index(0, JobsModel::Eta).data().toString(), QStringLiteral("≈ 6 min"));
        QVERIFY(model.running());
        const QStringList lost = model.setEngineLost({ ErrorCode::device, "killed", "engine", {} });
        QCOMPARE(lost, QStringList { QStringLiteral("r0001") });
        QVERIFY(JobsModel::stateText(model.row(0)).contains(QStringLiteral("checkpoint kept")));
        QCOMPARE(model.activeCount(), 0);
        model.setState(7, JobState::failed, {}); // an event of the dead engine changes nothing
        QVERIFY(model.row(0).engineLost);
        QCOMPARE(int(model.row(0).state), int(JobState::running));
    }

    void logIsARing()
    {
        LogModel model(100);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<LogLine> lines;
        for (int i = 0; i < 250; ++i)
            lines.push_back({ double(i), i % 10 == 0 ? LogLevel::warning : LogLevel::debug,
                              QStringLiteral("r1"), QStringLiteral("line %1").arg(i) });
        model.append({ lines.begin(), lines.begin() + 90 });
        model.append({ lines.begin() + 90, lines.end() });
        QCOMPARE(model.rowCount(), 100);
        QCOMPARE(model.index(99, LogModel::Text).data().toString(), QStringLiteral("line 249"));
        LogFilter filter;
        QAbstractItemModelTester filterTester(
            &filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
        filter.setSourceModel(&model);
        filter.setMinimumLevel(LogLevel::warning);
        QCOMPARE(filter.rowCount(), 10);
        filter.setText(QStringLiteral("LINE 24"));
        QCOMPARE(filter.rowCount(), 1);
        filter.setMinimumLevel(LogLevel::debug);
        QCOMPARE(filter.rowCount(), 10);
    }

    void formFromTheSchema()
    {
        QUndoStack undo;
        ParameterFormModel form(&undo);
        QAbstractItemModelTester tester(&form,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        const int runFields = form.fieldCount();
        QCOMPARE(runFields, static_cast<int>(runParameters().size()));
        std::vector<Recipe> library;
        const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
        for (const std::string &id : presets.ids())
            library.push_back(presets.find(id).orThrow());
        form.setLibrary(library);
        form.setChosen({ QStringLiteral("bat"), QStringLiteral("gptq") });
        QVERIFY(form.fieldCount() > runFields + 10);
        const int epochs = form.find(QStringLiteral("variants.bat.train.epochs"));
        QStringList paths;
        for (int i = 0; i < form.fieldCount(); ++i)
            paths.append(form.field(i).path);
        QVERIFY2(epochs > 0, qPrintable(paths.join(QLatin1Char(' '))));
        const Json before = form.field(epochs).value;
        QVERIFY(form.setFieldText(epochs, QStringLiteral("7")).ok());
        QVERIFY(form.isChanged(epochs));
        const Result<void> wrong = form.setFieldText(epochs, QStringLiteral("many"));
        QVERIFY(!wrong.ok());
        QVERIFY(QString::fromStdString(wrong.error().message())
                    .contains(QStringLiteral("epochs"), Qt::CaseInsensitive));
        QVERIFY(!form.setFieldValue(form.find(QStringLiteral("calibration.sequences")), -5).ok());
        QVERIFY(form.setFieldValue(form.find(QStringLiteral("protocol.windows")), 3).ok());
        QVERIFY(form.setFieldValue(form.find(QStringLiteral("protocol.windows")), 4)
                    .ok()); // merges with the 3
        const Json spec = form.spec();
        QCOMPARE(spec["protocol"]["windows"].get<int>(), 4);
        QCOMPARE(spec["variants"].size(), std::size_t(2));
        QCOMPARE(spec["variants"][0]["set"]["train.epochs"].get<int>(), 7);
        QVERIFY(!spec["variants"][1].contains("set"));
        const Result<RunSpec> run = runSpecFromJson(spec, presets, "form");
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
        QCOMPARE(run->variants[0].recipe.findStage("train")->parameters["epochs"].get<int>(), 7);
        undo.undo();
        QVERIFY(!form.isChanged(form.find(QStringLiteral("protocol.windows"))));
        undo.undo();
        QVERIFY(form.field(form.find(QStringLiteral("variants.bat.train.epochs"))).value == before);
        QCOMPARE(form.changedCount(), 0);
    }

    void actionsAndFuzzy()
    {
        ActionRegistry registry;
        bool enabled = false;
        int runs = 0;
        registry.add({ QStringLiteral("a.b"),
                       QStringLiteral("Save session as…"),
                       QStringLiteral("File"),
                       QKeySequence(QStringLiteral("Ctrl+Shift+S")),
                       QStringLiteral("Save"),
                       [&] { ++runs; },
                       [&] { return enabled; },
                       {},
                       {} });
        QVERIFY(!registry.trigger(QStringLiteral("a.b")));
        enabled = true;
        QVERIFY(registry.trigger(QStringLiteral("a.b")));
        QVERIFY(!registry.trigger(QStringLiteral("unknown")));
        QCOMPARE(runs, 1);
        QVERIFY(fuzzyScore(QStringLiteral("ssa"), QStringLiteral("Save session as…"))
                > fuzzyScore(QStringLiteral("ssa"), QStringLiteral("Show message label")));
        QVERIFY(fuzzyScore(QStringLiteral("xyz"), QStringLiteral("Save")) < 0);
        // The start of a later word is taken only where the rest still follows it.
        const QString tensor = QStringLiteral("model.layers.0.mlp.%1_proj.weight");
        for (const char *part : { "down", "gate", "up" }) {
            const QString name = tensor.arg(QLatin1String(part));
            QVERIFY2(fuzzyScore(QStringLiteral("mlp ") + QLatin1String(part), name) > 0, part);
            QVERIFY2(fuzzyScore(QStringLiteral("mlp") + QLatin1String(part), name) > 0, part);
        }
        QVERIFY(fuzzyScore(QStringLiteral("mlp down"),
                           QStringLiteral("model.layers.0.self_attn.k_proj.weight"))
                < 0);
        QCOMPARE(fuzzyScore(QStringLiteral("  "), QStringLiteral("Save")), 0);
        QVERIFY(fuzzyScore(QStringLiteral("lay12"), QStringLiteral("Layer 12"))
                > fuzzyScore(QStringLiteral("lay12"), QStringLiteral("Layer 1 of 2")));
    }

    void recentFiles()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("s.ini")), QSettings::IniFormat);
        RecentFiles recent(&settings);
        for (int i = 0; i < 12; ++i)
            recent.add({ folder.filePath(QStringLiteral("f%1.h5").arg(i)), QStringLiteral("note"),
                         QDateTime::currentDateTime(), true });
        recent.add({ folder.filePath(QStringLiteral("f5.h5")), QStringLiteral("again"),
                     QDateTime::currentDateTime(), true });
        const QList<RecentFile> files = recent.list();
        QCOMPARE(files.size(), 9);
        QCOMPARE(files.first().note, QStringLiteral("again"));
        QCOMPARE(std::count_if(
                     files.begin(), files.end(),
                     [](const RecentFile &f) { return f.path.endsWith(QStringLiteral("f5.h5")); }),
                 1);
        recent.clear();
        QVERIFY(recent.list().isEmpty());
    }

private:
    std::vector<ArtifactPtr> m_artifacts;
};

QTEST_MAIN(TstModels)
#include "tst_models.moc"
