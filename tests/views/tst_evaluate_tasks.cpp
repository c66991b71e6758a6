// SPDX-License-Identifier: Apache-2.0
// Tasks of the recovery table: which way a metric points, several evaluation texts, and whom
// imported results are measured against.
#include "core/stats/metric.h"
#include "tests/support/fake_document.h"
#include "views/models/evaluation_model.h"
#include "views/models/imported_json.h"
#include "views/models/imported_samples.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/windows_model.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/evaluation_texts.h"
#include "views/panels/windows_panel.h"
#include "views/plots/divergence_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace batlab;
using namespace batlab::views;

namespace {

EvaluationResult result(const std::string &variant, const std::string &task,
                        const std::string &metric, double value, double error = 0)
{
    EvaluationResult r;
    r.variant = variant;
    r.task = task;
    r.metric = metric;
    r.value = value;
    r.standardError = error;
    r.samples = 500;
    return r;
}

EvaluationInput threeVariants()
{
    EvaluationInput input;
    for (const auto &[id, family] : { std::pair("reference", "reference"),
                                      std::pair("worse", "none"), std::pair("better", "bat") }) {
        VariantInfo v;
        v.id = v.title = id;
        v.family = family;
        input.variants.push_back(v);
    }
    input.baseline = "worse";
    return input;
}

/// A results file of one task; its path.
QString put(const QString &folder, const QString &name, const std::string &model, double accuracy,
            const char *metric = "acc,none")
{
    QDir().mkpath(folder);
    const QString path = folder + QLatin1Char('/') + name;
    const Json json { { "model_name", model },
                      { "results", { { "piqa", { { metric, accuracy } } } } } };
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return {};
    file.write(QByteArray::fromStdString(json.dump()));
    return path;
}

ImportedResults read(const QString &path)
{
    const auto imported = importResults(std::filesystem::path(ss(path)));
    return imported.ok() && imported->size() == 1 ? imported->front() : ImportedResults {};
}

} // namespace

class TstEvaluateTasks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void metricsPointSomewhere()
    {
        QCOMPARE(metricFacts("perplexity").better, Better::lower);
        QCOMPARE(metricFacts("kld").better, Better::lower);
        for (const char *name : { "acc", "acc_norm", "exact_match", "f1" }) {
            QCOMPARE(metricFacts(name).better, Better::higher);
            QVERIFY(metricFacts(name).share);
        }
        QCOMPARE(metricFacts("gremlins").better, Better::unknown);
    }

    /// Of accuracies the higher one is better, without windows to pair.
    void ownAccuracies()
    {
        EvaluationInput input = threeVariants();
        input.results = { result("reference", "piqa", "acc", 0.8, 0.01),
                          result("worse", "piqa", "acc", 0.6, 0.01),
                          result("better", "piqa", "acc", 0.76, 0.01) };
        const EvaluationTable t = evaluationTable(input);
        QVERIFY(t.columns[0].higherIsBetter && t.columns[0].percent && t.columns[0].directed);
        const EvaluationCell &worse = t.rows[1].cells[0], &better = t.rows[2].cells[0];
        QCOMPARE(worse.recovery, 75.0);
        QCOMPARE(better.recovery, 95.0);
        QCOMPARE(better.verdict, 1);
        QVERIFY(better.best && !worse.best);
        QVERIFY(!better.paired && better.p < 0.001);
        // 1.96 √(0.01² + 0.01²) of 0.8.
        QVERIFY(std::abs(better.recoveryHigh - 95 - 100 * 1.959964 * std::hypot(0.01, 0.01) / 0.8)
                < 1e-9);
        QVERIFY(std::isnan(t.rows[2].gapLeft)); // a gap is one of perplexities
    }

    /// Divergences pair on their own windows; there is no share of a reference's zero.
    void ownDivergences()
    {
        EvaluationInput input = threeVariants();
        input.results = { result("worse", "wikitext2", "kld", 0.3),
                          result("better", "wikitext2", "kld", 0.1) };
        for (int i = 0; i < 20; ++i) {
            input.results[0].windowKld.push_back(0.3 + 0.01 * (i % 3));
            input.results[1].windowKld.push_back(0.1 + 0.01 * (i % 2));
            input.results[0].windowNll.push_back(1); // of another metric
            input.results[1].windowNll.push_back(5);
        }
        const EvaluationTable t = evaluationTable(input);
        const EvaluationCell &better = t.rows[1].cells[0];
        QVERIFY(!t.columns[0].higherIsBetter);
        QCOMPARE(better.verdict, 1);
        QVERIFY(better.best && better.paired && better.p < 0.001);
        QVERIFY(std::isnan(better.recovery));
    }

    void unknownMetricsAreNotCompared()
    {
        EvaluationInput input = threeVariants();
        input.results = { result("reference", "odd", "gremlins", 4, 0.1),
                          result("worse", "odd", "gremlins", 8, 0.1),
                          result("better", "odd", "gremlins", 2, 0.1) };
        EvaluationModel model;
        model.setTable(evaluationTable(input));
        const EvaluationTable &t = model.table();
        for (const EvaluationRow &row : t.rows) {
            const EvaluationCell &cell = row.cells[0];
            QVERIFY(cell.present());
            QVERIFY(std::isnan(cell.p) && std::isnan(cell.recovery) && std::isnan(cell.delta));
            QVERIFY(!cell.best && cell.verdict == 0);
        }
        QVERIFY(std::isnan(t.rows[2].recovery));
        QVERIFY(model.headerData(1, Qt::Horizontal).toString().endsWith(QStringLiteral("‡")));
        QVERIFY(footnotes(t, {}).last().startsWith(QStringLiteral("‡ odd gremlins")));
        QVERIFY(qs(render(t, {}, TableFormat::latex)).contains(QStringLiteral("$\\ddagger$")));
        // The same of a file that does not say it: the task is named, the others come in.
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("results_1.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"model_name\": \"m\", \"results\": {\"odd\": {\"gremlins,none\": 3}, "
                   "\"told\": {\"imps,none\": 3}, \"piqa\": {\"acc,none\": 0.5}}, "
                   "\"higher_is_better\": {\"told\": {\"imps\": false}}}");
        file.close();
        const ImportedResults m = read(path);
        QCOMPARE(m.tasks.size(), std::size_t(2));
        QVERIFY(!m.tasks[1].higherIsBetter);
        QVERIFY2(qs(m.note).contains(QStringLiteral("odd")), m.note.c_str());
    }

    /// Two files of one model, read apart: two rows; a file read again keeps its place and name.
    void importsAreToldApart()
    {
        QTemporaryDir folder;
        WorkbenchDocument document;
        const QString a = put(folder.filePath(QStringLiteral("a")),
                              QStringLiteral("results_1.json"), "m", 0.5),
                      b = put(folder.filePath(QStringLiteral("b")),
                              QStringLiteral("results_1.json"), "m", 0.25);
        document.addImport(read(a));
        document.addImport(read(b));
        document.addImport(read(a));
        QCOMPARE(document.imports().size(), std::size_t(2));
        QCOMPARE(document.imports()[0].path, a);
        QCOMPARE(document.imports()[0].model, std::string("m"));
        QCOMPARE(document.imports()[1].model, std::string("m (2)"));
        QVERIFY(document.imports()[0].id != document.imports()[1].id);
        const EvaluationTable t = evaluationTable(evaluationInput(document));
        QCOMPARE(t.rows.size(), std::size_t(2));
        QCOMPARE(t.rows[1].cells[0].recovery, 50.0);
    }

    /// The chosen reference is saved with the session, and is not another session's.
    void referenceBelongsToTheSession()
    {
        QTemporaryDir folder;
        WorkbenchDocument document;
        const QString a = put(folder.path(), QStringLiteral("results_a.json"), "a", 0.5),
                      b = put(folder.path(), QStringLiteral("results_b.json"), "b", 0.25);
        document.addImport(read(a));
        document.addImport(read(b));
        document.setSaved();
        const QString chosen = qs(document.imports()[1].id);
        document.setImportReference(chosen);
        QVERIFY(document.isModified()); // something to save
        const DocumentSnapshot saved = document.snapshot();
        document.reset({}, {});
        QCOMPARE(document.importReference(), QString());
        document.addImport(read(a)); // another session's: its first
        QVERIFY(evaluationTable(evaluationInput(document)).rows[0].isReference);
        document.reset(saved, QStringLiteral("/s.batlab.h5"));
        QCOMPARE(document.importReference(), chosen);
        QVERIFY(!document.viewState().contains("importReference"));
        const QStringList wanted { a, b };
        const auto remembered = document.remembered();
        QCOMPARE(remembered.imports, wanted);
        for (const QString &path : remembered.imports)
            document.addImport(read(path));
        const EvaluationTable t = evaluationTable(evaluationInput(document));
        QCOMPARE(qs(t.rows[0].variant), chosen);
        QCOMPARE(t.rows[1].cells[0].recovery, 200.0);
        // A pin and a reference leave with their file.
        document.pinBaseline(chosen);
        document.removeImport(b);
        QCOMPARE(document.importReference(), QString());
        QCOMPARE(document.baseline(), QString::fromLatin1(kReference));
    }

    /// What a session keeps of imported results, in the words of JSON.
    void keptResultsAreThoseThatWereRead()
    {
        ImportedResults one;
        one.path = QStringLiteral("/x/results_1.json");
        one.model = "m";
        one.id = "lm-eval m 123456";
        one.note = "lm-eval 0.4";
        ImportedSample scored;
        scored.id = 7;
        scored.prompt = "\x84\xc3\xa4"; // an ä after one that was cut in two
        scored.choices = { " yes", " no" };
        scored.scores = { -1.5, -std::numeric_limits<double>::infinity() };
        scored.answer = scored.target = 0;
        scored.score = 1;
        ImportedSample generated;
        generated.id = 8;
        generated.response = "42";
        one.tasks.push_back({ "piqa", "acc", 0.5, 0.01, 500, true, { scored } });
        one.tasks.push_back({ "wiki", "perplexity", 12.5, 0, 0, false, { generated } });
        const auto again = [&](std::size_t mostText) {
            const std::string text = toJson({ one }, mostText).dump(); // throws on broken UTF-8
            return importsFromJson(Json::parse(text));
        };
        const std::vector<ImportedResults> read = again(1000);
        QCOMPARE(read.size(), std::size_t(1));
        QCOMPARE(read[0].path, one.path);
        QCOMPARE(read[0].id, one.id);
        QCOMPARE(read[0].model, one.model);
        QCOMPARE(read[0].note, one.note);
        QCOMPARE(read[0].tasks.size(), std::size_t(2));
        for (std::size_t t = 0; t < 2; ++t) {
            const ImportedTask &task = read[0].tasks[t], &before = one.tasks[t];
            QCOMPARE(task.task, before.task);
            QCOMPARE(task.metric, before.metric);
            QCOMPARE(task.value, before.value);
            QCOMPARE(task.standardError, before.standardError);
            QCOMPARE(task.samples, before.samples);
            QCOMPARE(task.higherIsBetter, before.higherIsBetter);
            QCOMPARE(task.items.size(), std::size_t(1));
            QCOMPARE(task.items[0].id, before.items[0].id);
            QCOMPARE(task.items[0].score, before.items[0].score);
            QCOMPARE(task.items[0].choices, before.items[0].choices);
            QVERIFY(task.items[0].scores == before.items[0].scores);
            QCOMPARE(task.items[0].answer, before.items[0].answer);
            QCOMPARE(task.items[0].target, before.items[0].target);
            QCOMPARE(task.items[0].response, before.items[0].response);
        }
        QVERIFY(qs(read[0].tasks[0].items[0].prompt).endsWith(QStringLiteral("ä")));
        // Too much text: the numbers remain, and how many choices there were.
        const std::vector<ImportedResults> bare = again(4);
        QVERIFY(bare[0].tasks[0].items[0].prompt.empty());
        QCOMPARE(bare[0].tasks[0].items[0].margin(), scored.margin());
        QCOMPARE(chanceOf(bare[0].tasks[0]), 0.5);
        // A hostile session.
        for (const char *text :
             { "7", "[7]", "[{}]", "[{\"path\": \"/x\", \"id\": \"i\", \"tasks\": 3}]",
               "[{\"path\": \"/x\", \"id\": \"i\", \"tasks\": [{\"task\": \"t\", \"value\": "
               "\"inf\"}]}]" })
            QVERIFY2(importsFromJson(Json::parse(text)).empty(), text);
        const std::vector<ImportedResults> odd = importsFromJson(
            Json::parse("[{\"path\": \"/x\", \"id\": \"i\", \"tasks\": [{\"task\": \"t\", "
                        "\"value\": 1, \"samples\": -4, \"items\": [5, {\"id\": 1, \"scores\": "
                        "[1, 2], \"answer\": 99999999999, \"target\": -7}]}]}]"));
        QCOMPARE(odd.size(), std::size_t(1));
        QCOMPARE(odd[0].tasks[0].samples, std::int64_t(0));
        QCOMPARE(odd[0].tasks[0].items.size(), std::size_t(1));
        QCOMPARE(odd[0].tasks[0].items[0].answer, -1);
        QCOMPARE(odd[0].tasks[0].items[0].target, -1);
    }

    /// One choice of the text for divergence and windows.
    void textsAreChosenInEitherPanel()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        std::vector<ArtifactPtr> artifacts = test::demoArtifacts(4);
        EvaluatePage page(&document, &selection);
        page.resize(1344, 866);
        page.show();
        document.addArtifacts(artifacts);
        page.flush();
        QVERIFY(page.divergence()->findChild<QComboBox *>());
        QVERIFY(!page.divergence()->findChild<QComboBox *>()->isVisible()); // one text
        std::vector<ArtifactPtr> second;
        for (const ArtifactPtr &artifact : artifacts) {
            const auto *r = std::get_if<EvaluationResult>(artifact.get());
            if (!r || (r->variant != kReference && r->variant != "bat"))
                continue;
            EvaluationResult other = *r;
            other.task = "gsm8k";
            second.push_back(std::make_shared<const Artifact>(std::move(other)));
        }
        QVERIFY(second.size() > 1);
        document.addArtifacts(second);
        page.flush();
        auto *above = page.divergence()->findChild<QComboBox *>(),
             *below = page.windows()->findChild<QComboBox *>();
        QVERIFY(above->isVisible() && below->isVisible());
        const int all = page.divergence()->table().rows;
        QVERIFY(all > 1);
        above->setFocus();
        QTest::keyClick(above, Qt::Key_Down);
        QCOMPARE(page.texts()->current(), QStringLiteral("gsm8k"));
        QCOMPARE(below->currentText(), QStringLiteral("gsm8k"));
        QCOMPARE(page.divergence()->table().rows, 1);
        QVERIFY(page.divergence()->subtitle().contains(QStringLiteral("gsm8k")));
        QTRY_VERIFY(page.isSettled());
        QTest::qWait(50); // drawn
        QVERIFY(page.grab().save(QStringLiteral(BATLAB_LOOKS_DIR "/evaluate-texts.png")));
        below->setFocus();
        QTest::keyClick(below, Qt::Key_Up);
        QCOMPARE(above->currentText(), QStringLiteral("wikitext2"));
        QCOMPARE(page.divergence()->table().rows, all);
        document.addArtifacts({ second.front() }); // nothing new: the choice stays
        page.texts()->setCurrent(QStringLiteral("gsm8k"));
        page.flush();
        QCOMPARE(page.texts()->current(), QStringLiteral("gsm8k"));
        // Another session has its texts before its page is seen, and starts with the first.
        const DocumentSnapshot two = document.snapshot();
        page.hide();
        document.reset(two, {});
        QCOMPARE(below->count(), 2);
        QCOMPARE(page.texts()->current(), QStringLiteral("wikitext2"));
        page.show();
        document.reset({}, {});
        page.flush();
        QVERIFY(!above->isVisible());
    }
};

QTEST_MAIN(TstEvaluateTasks)
#include "tst_evaluate_tasks.moc"
