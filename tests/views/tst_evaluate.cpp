// SPDX-License-Identifier: Apache-2.0
// The Evaluate page: the recovery table by hand, its copies, imported results (also hostile ones),
// windows and samples.
#include "tests/support/fake_document.h"
#include "views/models/divergence_text.h"
#include "views/models/evaluation_model.h"
#include "views/models/full_value.h"
#include "views/models/imported_samples.h"
#include "views/models/samples_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/windows_model.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/evaluation_texts.h"
#include "views/panels/recovery_panel.h"
#include "views/panels/samples_panel.h"
#include "views/panels/windows_panel.h"
#include "views/plots/divergence_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDir>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

VariantInfo info(const std::string &id, const std::string &family)
{
    VariantInfo v;
    v.id = v.title = id;
    v.family = family;
    return v;
}

/// Perplexity exp(nll) with the same `nll` in every window but for `wiggle` up and down.
EvaluationResult perplexity(const std::string &variant, double nll, double wiggle = 0)
{
    EvaluationResult r;
    r.variant = variant;
    r.task = "wikitext2";
    r.metric = "perplexity";
    r.value = std::exp(nll);
    r.standardError = 0.1;
    r.samples = 20;
    for (int i = 0; i < 20; ++i)
        r.windowNll.push_back(nll + (i % 2 == 0 ? wiggle : -wiggle));
    return r;
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

/// Results of a model on 8 questions of "piqa": `right` says which it answers.
void writeModel(const QDir &folder, const QString &name, const QString &right)
{
    QDir().mkpath(folder.filePath(name));
    const auto n = double(right.count(QLatin1Char('1')));
    Json results {
        { "model_name", "hub/" + ss(name) },
        { "lm_eval_version", "0.4.9" },
        { "results",
          { { "piqa",
              { { "alias", "piqa" },
                { "acc,none", n / 8 },
                { "acc_stderr,none", 0.12 },
                { "sample_len", 8 } } },
            { "wikitext",
              { { "word_perplexity,none", 20 + n },
                { "word_perplexity_stderr,none", "N/A" } } } } },
        { "n-samples", { { "piqa", { { "original", 8 }, { "effective", 8 } } } } },
    };
    write(folder.filePath(name + QStringLiteral("/results_2026-01-02.json")),
          QByteArray::fromStdString(results.dump()));
    QByteArray lines;
    for (int i = 7; i >= 0; --i) { // any order
        const bool isRight = right.at(i) == QLatin1Char('1');
        const int target = i % 2;
        const Json sample {
            { "doc_id", i },
            { "target", std::to_string(target) },
            { "filter", "none" },
            { "arguments",
              { { "gen_args_0",
                  { { "arg_0", "Question " + std::to_string(i) }, { "arg_1", " a" } } },
                { "gen_args_1", { { "arg_0", "Question" }, { "arg_1", " b" } } } } },
            { "filtered_resps",
              Json::array(
                  { Json::array({ (target == 0) == isRight ? "-1.0" : "-2.5", "False" }),
                    Json::array({ (target == 1) == isRight ? "-1.0" : "-2.5", "False" }) }) },
            { "acc", isRight ? 1.0 : 0.0 },
        };
        lines += QByteArray::fromStdString(sample.dump()) + '\n';
    }
    write(folder.filePath(name + QStringLiteral("/samples_piqa_2026-01-02.jsonl")), lines);
    // Another task whose name begins alike must not be taken for it.
    write(folder.filePath(name + QStringLiteral("/samples_piqa_hard_2026-01-02.jsonl")), "{}\n");
}

} // namespace

class TstEvaluate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        QDir().mkpath(QStringLiteral(BATLAB_LOOKS_DIR));
    }

    void tableByHand()
    {
        EvaluationInput input;
        input.variants = { info("reference", "reference"), info("rtn", "none"), info("good", "bat"),
                           info("same", "bat") };
        // 2 % more NLL is 100/e^0.02 = 98.02 % recovery: fair.
        input.results = { perplexity("reference", 3), perplexity("rtn", 3.2),
                          perplexity("good", 3.02), perplexity("same", 3.0001, 0.3) };
        EvaluationResult site = perplexity("good", 1);
        site.task = "wikitext2-T1";
        site.metric = "site-kld"; // no task of its own
        input.results.push_back(site);
        input.baseline = "reference";
        const EvaluationTable t = evaluationTable(input);
        QCOMPARE(t.columns.size(), std::size_t(1));
        QCOMPARE(t.columns[0].title, QStringLiteral("WikiText-2 ppl"));
        QCOMPARE(t.rows.size(), std::size_t(4));
        QVERIFY(t.rows[0].isReference);
        QCOMPARE(t.rows[0].recovery, 100.0);
        const EvaluationRow &rtn = t.rows[1], &good = t.rows[2], &same = t.rows[3];
        QVERIFY(std::abs(good.recovery - 100 * std::exp(-0.02)) < 1e-9);
        QCOMPARE(bandLetter(good.recovery), QLatin1Char('F'));
        QCOMPARE(bandLetter(rtn.recovery), QLatin1Char('R'));
        QCOMPARE(bandLetter(99.0), QLatin1Char('L'));
        QCOMPARE(bandLetter(97.0), QLatin1Char('R'));
        QCOMPARE(good.cells[0].verdict, -1);
        QVERIFY(good.cells[0].p < 0.001);
        QVERIFY(std::abs(good.low - good.recovery) < 1e-9); // every window differs alike
        QCOMPARE(same.cells[0].verdict, 0); // lost in the noise
        QVERIFY(same.cells[0].p > 0.05);
        QVERIFY(same.low < 99.99 && same.high > 99.99);
        QVERIFY(same.cells[0].best && !good.cells[0].best && !t.rows[0].cells[0].best);
        QVERIFY(std::abs(good.cells[0].error - 0.1959964) < 1e-6);
        // exp(3.02)-exp(3) over exp(3.2)-exp(3).
        QVERIFY(std::abs(good.gapLeft - (std::exp(0.02) - 1) / (std::exp(0.2) - 1)) < 1e-9);
        // Another pin: RTN is worse than "good".
        input.baseline = "good";
        const EvaluationTable pinned = evaluationTable(input);
        QCOMPARE(pinned.rows[1].cells[0].verdict, -1);
        QVERIFY(std::abs(pinned.rows[1].cells[0].delta - (std::exp(3.2) - std::exp(3.02))) < 1e-9);
        QVERIFY(std::isnan(pinned.rows[2].cells[0].p));
        QVERIFY(std::abs(pinned.rows[2].recovery - good.recovery)
                < 1e-12); // of the reference still
    }

    void seedsShareARow()
    {
        EvaluationInput input;
        VariantInfo first = info("bat", "bat"), second = info("bat.s2", "bat");
        second.settings = { { "seed", 2 } };
        input.variants = { info("reference", "reference"), first, second };
        input.results = { perplexity("reference", 3), perplexity("bat", 3.1),
                          perplexity("bat.s2", 3.2) };
        input.baseline = "reference";
        const EvaluationTable t = evaluationTable(input);
        if (seedGroup(second) != "bat")
            QSKIP("seeds are told otherwise");
        QCOMPARE(t.rows.size(), std::size_t(2));
        QVERIFY(std::abs(t.rows[1].cells[0].value - (std::exp(3.1) + std::exp(3.2)) / 2) < 1e-9);
    }

    void modelAndCopies()
    {
        WorkbenchDocument d;
        d.addArtifacts(test::demoArtifacts(4));
        EvaluationModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTable(evaluationTable(evaluationInput(d)));
        using Kind = EvaluationModel::Kind;
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(model.index(0, 0).data(EvaluationModel::FamilyRole).toString(),
                 QStringLiteral("reference"));
        const int recovery = model.columnOf(Kind::recovery), task = model.columnOf(Kind::task);
        QCOMPARE(model.index(0, recovery).data().toString(), QStringLiteral("100.0"));
        int best = 0;
        for (int i = 0; i < model.rowCount(); ++i)
            best += model.index(i, task).data(EvaluationModel::BestRole).toBool() ? 1 : 0;
        QCOMPARE(best, 1);
        const int rtn = model.find(QStringLiteral("rtn"));
        QVERIFY(rtn > 0);
        QCOMPARE(model.index(rtn, task).data(EvaluationModel::MarkRole).toString(),
                 QStringLiteral("▼"));
        QCOMPARE(model.index(rtn, task).data(EvaluationModel::BandRole).toString(),
                 QStringLiteral("R"));
        QVERIFY(model.index(rtn, model.columnOf(Kind::delta))
                    .data()
                    .toString()
                    .startsWith(QStringLiteral("▼ −")));
        model.sort(recovery, Qt::DescendingOrder);
        QCOMPARE(model.index(0, 0).data(EvaluationModel::FamilyRole).toString(),
                 QStringLiteral("reference")); // stays on top
        for (int i = 2; i < model.rowCount(); ++i)
            QVERIFY(model.index(i - 1, recovery).data(EvaluationModel::ValueRole).toDouble()
                    >= model.index(i, recovery).data(EvaluationModel::ValueRole).toDouble());

        // Copies hold what is shown and nothing else.
        const auto text = [&](const EvaluationShow &show, TableFormat format) {
            return qs(render(model.table(), show, format));
        };
        const QString all = text({}, TableFormat::markdown);
        QVERIFY(all.contains(QStringLiteral("±")) && all.contains(QStringLiteral("▼")));
        QVERIFY(all.contains(QStringLiteral("| Band |")));
        const QString bare = text({ false, false, false }, TableFormat::markdown);
        QVERIFY(!bare.contains(QStringLiteral("±")) && !bare.contains(QStringLiteral("▼")));
        QVERIFY(!bare.contains(QStringLiteral("Band")));
        QCOMPARE(bare.section(QLatin1Char('\n'), 0, 7).count(QStringLiteral("\n|")), 7);
        // Every column and second line of the window is in every format.
        const QStringList lines = all.split(QLatin1Char('\n'));
        for (const Kind kind :
             { Kind::method, Kind::recovery, Kind::band, Kind::delta, Kind::gapLeft, Kind::online })
            QVERIFY(lines[0].contains(
                model.headerData(model.columnOf(kind), Qt::Horizontal).toString()));
        const int delta = model.columnOf(Kind::delta), gap = model.columnOf(Kind::gapLeft),
                  online = model.columnOf(Kind::online);
        for (int i = 0; i < model.rowCount(); ++i) {
            const QString &line = lines[2 + i];
            const auto second = [&](int column) {
                return model.index(i, column).data(EvaluationModel::SecondLineRole).toString();
            };
            const auto value = [&](int column) {
                return model.index(i, column).data(EvaluationModel::ValueRole).toDouble();
            };
            const auto has = [&](const QString &part) { return line.contains(part); };
            QVERIFY2(has(second(0)) && has(second(online)), qPrintable(line));
            if (i == 0) {
                QVERIFY2(line.endsWith(QStringLiteral("| baseline | - | - |")), qPrintable(line));
                continue;
            }
            QVERIFY2(has(QStringLiteral("| %1 |").arg(value(delta), 0, 'f', 1)), qPrintable(line));
            QVERIFY2(has(QStringLiteral("| %1 |").arg(100 * value(gap), 0, 'f', 1)),
                     qPrintable(line));
            QVERIFY2(has(model.index(i, online).data().toString()), qPrintable(line));
        }
        const QString latex = text({}, TableFormat::latex);
        QVERIFY(latex.contains(QStringLiteral("$\\Delta$ points"))
                && !latex.contains(QStringLiteral("Δ p")));
        QVERIFY(latex.contains(QStringLiteral("\\toprule"))
                && latex.contains(QStringLiteral("\\underline{"))
                && latex.contains(QStringLiteral("$\\pm$")));
        const QString csv = text({}, TableFormat::csv);
        QStringList rows;
        for (const QString &line : csv.split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            if (!line.startsWith(QLatin1Char('#')))
                rows.append(line);
        QCOMPARE(rows.size(), 7);
        for (const QString &row : rows)
            QCOMPARE(row.count(QLatin1Char(',')), rows.first().count(QLatin1Char(',')));
        QVERIFY(rows.first().endsWith(
            QStringLiteral(",recovery minus baseline,gap left percent,online parameters,"
                           "online FLOP per token,family,note")));
        QVERIFY(rows[1 + model.find(QStringLiteral("rtn"))].endsWith(QStringLiteral(",none,")));
    }

    /// Words of a copied table are those of the window; CSV keeps its headings.
    void copiesSpeakTheWindowsLanguage()
    {
        struct Foreign : QTranslator
        {
            [[nodiscard]] bool isEmpty() const override { return false; }
            [[nodiscard]] QString translate(const char *, const char *source, const char *,
                                            int) const override
            {
                return QLatin1Char('<') + QString::fromUtf8(source) + QLatin1Char('>');
            }
        } foreign;
        EvaluationInput input;
        VariantInfo second = info("bat.s2", "bat");
        second.settings = { { "seed", 2 } };
        input.variants = { info("reference", "reference"), info("bat", "bat"), second };
        input.results = { perplexity("reference", 3), perplexity("bat", 3.1),
                          perplexity("bat.s2", 3.2) };
        input.baseline = "reference";
        QVERIFY(QCoreApplication::installTranslator(&foreign));
        const EvaluationTable t = evaluationTable(input);
        const QString markdown = qs(render(t, {}, TableFormat::markdown)),
                      csv = qs(render(t, { false, false, false }, TableFormat::csv));
        QCoreApplication::removeTranslator(&foreign);
        for (const char *head :
             { "Method", "Recovery %", "Band", "Δ points", "Gap left %", "Online" })
            QVERIFY2(markdown.contains(QStringLiteral("| <%1> |").arg(QString::fromUtf8(head))),
                     qPrintable(markdown));
        QVERIFY2(markdown.contains(QStringLiteral("| <baseline> |")), qPrintable(markdown));
        QVERIFY2(markdown.contains(QStringLiteral("<2 seeds>")), qPrintable(markdown));
        QVERIFY2(csv.startsWith(QStringLiteral("variant,method,")), qPrintable(csv));
    }

    void importsResults()
    {
        QTemporaryDir folder;
        writeModel(QDir(folder.path()), QStringLiteral("full"), QStringLiteral("11111100"));
        writeModel(QDir(folder.path()), QStringLiteral("quant"), QStringLiteral("10011101"));
        const auto imported = importResults(std::filesystem::path(ss(folder.path())));
        QVERIFY2(imported.ok(), imported.ok() ? "" : imported.error().message().c_str());
        QCOMPARE(imported->size(), std::size_t(2));
        const ImportedResults &full = (*imported)[0], &quant = (*imported)[1];
        QCOMPARE(full.model, std::string("full"));
        QCOMPARE(full.tasks.size(), std::size_t(2));
        const ImportedTask &piqa = full.tasks[0];
        QCOMPARE(piqa.metric, std::string("acc"));
        QCOMPARE(piqa.samples, 8);
        QCOMPARE(piqa.items.size(), std::size_t(8));
        QCOMPARE(piqa.items[3].id, 3);
        QCOMPARE(piqa.items[3].target, 1);
        QCOMPARE(piqa.items[3].answer, 1);
        QCOMPARE(piqa.items[3].margin(), 1.5);
        QVERIFY(!full.tasks[1].higherIsBetter);
        QCOMPARE(full.tasks[1].standardError, 0.0); // "N/A"
        // 1 and 2 lost, 7 gained, 6 wrong in both.
        const std::vector<SamplePair> pairs = pairSamples(full, quant);
        QCOMPARE(pairs.size(), std::size_t(8));
        QCOMPARE(int(pairs[1].flip), int(Flip::lost));
        QCOMPARE(int(pairs[2].flip), int(Flip::lost));
        QCOMPARE(int(pairs[6].flip), int(Flip::bothWrong));
        QCOMPARE(int(pairs[7].flip), int(Flip::gained));
        QCOMPARE(pairs[1].marginChange, -3.0);

        EvaluationInput input;
        input.imports = *imported;
        input.baseline = "reference";
        const EvaluationTable t = evaluationTable(input);
        QCOMPARE(t.rows.size(), std::size_t(2));
        QVERIFY(t.rows[0].isReference);
        const EvaluationCell &acc = t.rows[1].cells[0];
        QVERIFY(std::abs(acc.recovery - 100 * 5.0 / 6) < 1e-9);
        QVERIFY(acc.paired);
        QVERIFY(std::abs(acc.p - 1) < 1e-9); // 2 against 1, and Holm
        QCOMPARE(acc.verdict, 0);
        QVERIFY(t.columns[0].percent);
        QCOMPARE(t.columns[0].chance, 0.5);
        QVERIFY(!t.columns[0].nearChance); // 0.75 - 0.5 > 1.96 * 0.12
        QVERIFY(std::abs(t.rows[1].cells[1].recovery - 100 * 26.0 / 25) < 1e-9);

        SamplesModel samples;
        QAbstractItemModelTester tester(&samples,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        samples.show(full, quant);
        QCOMPARE(samples.rowCount(), 2); // lost first
        QCOMPARE(samples.count(Flip::gained), 1);
        QVERIFY(std::abs(samples.p() - 1) < 1e-9);
        samples.setFilter(std::nullopt);
        QCOMPARE(samples.rowCount(), 8);
        samples.sort(SamplesModel::Margin, Qt::AscendingOrder);
        QCOMPARE(samples.index(0, SamplesModel::Margin).data().toString(), QStringLiteral("−3.00"));
    }

    void hostileResults_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("JSON");
        QTest::newRow("truncated") << QByteArray("{\"results\": {") << QStringLiteral("JSON");
        QTest::newRow("deep") << QByteArray(100000, '[') << QStringLiteral("nested");
        QTest::newRow("list") << QByteArray("[1,2]") << QStringLiteral("results");
        QTest::newRow("other") << QByteArray("{\"results\": 3}") << QStringLiteral("results");
        QTest::newRow("task") << QByteArray("{\"results\": {\"piqa\": 3}}")
                              << QStringLiteral("piqa");
        QTest::newRow("none") << QByteArray("{\"results\": {\"piqa\": {\"acc,none\": \"x\"}}}")
                              << QStringLiteral("number");
    }

    void hostileResults()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, says);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("results_x.json"));
        write(path, json);
        const auto imported = importResults(std::filesystem::path(ss(path)));
        QVERIFY(!imported.ok());
        QVERIFY2(imported.error().message().find(ss(says)) != std::string::npos,
                 imported.error().message().c_str());
        QCOMPARE(imported.error().where.find(ss(path)), std::size_t(0));
    }

    void hostileSamples()
    {
        QTemporaryDir folder;
        writeModel(QDir(folder.path()), QStringLiteral("m"), QStringLiteral("11110000"));
        const QString samples = folder.filePath(QStringLiteral("m/samples_piqa_2026-01-02.jsonl"));
        write(samples, "{\"doc_id\": 0, \"acc\": 1}\n{\"acc\": 1}\n");
        const auto imported = importResults(std::filesystem::path(ss(folder.path())));
        QVERIFY(!imported.ok());
        QVERIFY2(imported.error().where.find("line 2") != std::string::npos,
                 imported.error().where.c_str());
        QVERIFY(!importResults(std::filesystem::path("/nowhere/results.json")).ok());
        QTemporaryDir bare;
        QVERIFY(!importResults(std::filesystem::path(ss(bare.path()))).ok());
    }

    void rmsByHand()
    {
        // The quantile function of a uniform on [-1, 1]: RMS 1/sqrt(3), the tails cut.
        std::vector<double> uniform;
        for (const double q : kDeltaPAt)
            uniform.push_back(2 * q / 100 - 1);
        QVERIFY(std::abs(rmsFromPercentiles(uniform) - std::sqrt(1.0 / 3)) < 1e-3);
        QVERIFY(std::isnan(rmsFromPercentiles({ 1, 2 })));
    }

    void windowsAgainstThePin()
    {
        WindowsModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        EvaluationResult a = perplexity("a", 3), b = perplexity("b", 3.1, 0.2);
        model.show(&b, &a);
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(model.worse(), 10);
        QVERIFY(std::abs(model.meanDelta() - 0.1) < 1e-9);
        model.sort(WindowsModel::Delta, Qt::DescendingOrder);
        QCOMPARE(model.windowOf(0) % 2, 0);
        QVERIFY(
            std::abs(model.index(0, WindowsModel::Delta).data(WindowsModel::kValueRole).toDouble()
                     - 0.3)
            < 1e-9);
        // The reference has no KLD, and nothing to subtract.
        for (int i = 0; i < 20; ++i)
            b.windowKld.push_back(i % 2 == 0 ? 0.3 : 0.1);
        model.show(&b, &a);
        QVERIFY(!model.hasKldDeltas());
        QCOMPARE(model.index(0, WindowsModel::DeltaKld).data().toString(), QStringLiteral("–"));
        a.windowKld.assign(20, 0.2);
        model.show(&b, &a);
        QVERIFY(model.hasKldDeltas());
        model.sort(WindowsModel::DeltaKld, Qt::AscendingOrder);
        const QModelIndex best = model.index(0, WindowsModel::DeltaKld);
        QCOMPARE(model.windowOf(0) % 2, 1);
        QVERIFY(std::abs(best.data(WindowsModel::kValueRole).toDouble() + 0.1) < 1e-12);
        QCOMPARE(best.data(kFullValueRole).toDouble(), 0.1 - 0.2);
        QVERIFY(best.data().toString().startsWith(QStringLiteral("▼ ")));
        QVERIFY(model.index(19, WindowsModel::DeltaKld).data().toString().startsWith(u'▲'));
        a.windowNll.pop_back(); // not the same windows
        model.show(&b, &a);
        QCOMPARE(model.rowCount(), 0);
    }

    /// Differences of KLD are there where both have one, and where there is room.
    void kldDifferencesHaveAColumn()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        document.addArtifacts(test::demoArtifacts(6));
        selection.setVariant(QStringLiteral("mr-gptq"));
        EvaluationTexts texts;
        texts.rebuild(document.artifacts());
        WindowsPanel panel(&document, &selection, &texts);
        panel.resize(700, 500);
        panel.show();
        const auto *view = panel.findChild<QTableView *>();
        document.pinBaseline(QString::fromLatin1(kReference));
        panel.rebuild();
        QCOMPARE(panel.model()->rowCount(), 20);
        QVERIFY(view->isColumnHidden(WindowsModel::DeltaKld));
        document.pinBaseline(QStringLiteral("gptq"));
        panel.rebuild();
        QVERIFY(!view->isColumnHidden(WindowsModel::DeltaKld));
        panel.resize(400, 500);
        QVERIFY(view->isColumnHidden(WindowsModel::DeltaKld));
    }

    void pageFollows()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        EvaluatePage page(&document, &selection);
        page.resize(1344, 866);
        page.show();
        QSignalSpy imports(&page, &EvaluatePage::importRequested);
        document.addArtifacts(test::demoArtifacts(6));
        QTRY_COMPARE(page.model()->rowCount(), 6);
        QTRY_VERIFY(page.recovery()->isSettled());
        QCOMPARE(page.divergence()->table().rows, 5);
        QCOMPARE(page.windows()->model()->rowCount(), 20);
        QVERIFY(page.wrongLayer()->table().rows > 0);
        Q_EMIT page.divergence()->rowSelected(QStringLiteral("mr-gptq"));
        QCOMPARE(selection.current().variant, QStringLiteral("mr-gptq"));
        QVERIFY(page.windows()->plot()->table().rows == 20);
        document.pinBaseline(QStringLiteral("gptq"));
        QTRY_COMPARE(page.model()->table().baseline, QStringLiteral("gptq"));
        // Imports stand beside our own and leave again.
        QTemporaryDir folder;
        writeModel(QDir(folder.path()), QStringLiteral("full"), QStringLiteral("11111100"));
        writeModel(QDir(folder.path()), QStringLiteral("quant"), QStringLiteral("10011101"));
        const auto imported = importResults(std::filesystem::path(ss(folder.path())));
        QVERIFY(imported.ok());
        for (const ImportedResults &one : *imported)
            document.addImport(one);
        QTRY_COMPARE(page.model()->rowCount(), 8);
        QTRY_COMPARE(page.samples()->model()->total(), 8);
        page.samples()->chooseFlip(1);
        QCOMPARE(page.samples()->model()->rowCount(), 1);
        page.copyAs(TableFormat::markdown);
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("quant")));
        const std::string quant = document.imports()[1].id;
        document.setImportReference(qs(quant));
        QTRY_VERIFY(page.model()->table().rows[1].variant == quant
                    || page.model()->table().rows[0].variant == quant);
        const QString path = document.imports().front().path;
        document.removeImport(path);
        QTRY_COMPARE(page.model()->rowCount(), 7);
    }

    /// Finished layers of a running job change the errors by layer and nothing else; what is being
    /// read stays where it is, also when all is made anew.
    void layersLeaveTheReaderAlone()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        document.addArtifacts(test::demoArtifacts(6));
        QTemporaryDir folder;
        writeModel(QDir(folder.path()), QStringLiteral("full"), QStringLiteral("11111100"));
        writeModel(QDir(folder.path()), QStringLiteral("quant"), QStringLiteral("10011101"));
        const auto imported = importResults(std::filesystem::path(ss(folder.path())));
        QVERIFY(imported.ok());
        for (const ImportedResults &one : *imported)
            document.addImport(one);
        selection.setVariant(QStringLiteral("bat"));
        EvaluatePage page(&document, &selection);
        page.resize(1344, 866);
        page.show();
        page.flush();
        QTRY_VERIFY(page.isSettled());
        const auto viewOf = [](QWidget *panel, const QAbstractItemModel *model) -> QTableView * {
            for (QTableView *view : panel->findChildren<QTableView *>())
                if (view->model() == model)
                    return view;
            return nullptr;
        };
        QTableView *windows = viewOf(page.windows(), page.windows()->model()),
                   *samples = viewOf(page.samples(), page.samples()->model());
        QVERIFY(windows && samples);
        page.samples()->chooseFlip(3);
        samples->setCurrentIndex(page.samples()->model()->index(5, 0));
        windows->setCurrentIndex(page.windows()->model()->index(7, 0));
        const auto sample = [&] {
            return samples->currentIndex().siblingAtColumn(SamplesModel::Id).data().toString();
        };
        const auto window = [&] {
            return page.windows()->model()->windowOf(windows->currentIndex().row());
        };
        const QString id = sample();
        const int chosen = window();
        QVERIFY(!id.isEmpty() && chosen >= 0);
        QSignalSpy drawn(page.recovery(), &RecoveryPanel::tableChanged);
        QSignalSpy paired(page.samples()->model(), &QAbstractItemModel::modelReset);
        LayerDone done;
        done.variant = "bat";
        done.layer = { Branch::text, 6 };
        done.relativeError = 0.25;
        const int layers = page.wrongLayer()->table().rows;
        document.addArtifacts({ std::make_shared<const Artifact>(done) });
        QTRY_COMPARE(page.wrongLayer()->table().rows, layers + 1);
        QVERIFY(page.isSettled());
        QCOMPARE(paired.size(), 0);
        QCOMPARE(drawn.size(), 0);
        QCOMPARE(sample(), id);
        QCOMPARE(window(), chosen);
        // Everything anew, in another order: the same question and the same window.
        document.pinBaseline(QStringLiteral("gptq"));
        page.flush();
        QTRY_VERIFY(page.isSettled());
        QVERIFY(drawn.size() > 0 && paired.size() > 0);
        QCOMPARE(sample(), id);
        QCOMPARE(window(), chosen);
    }

    void pictures()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        document.addArtifacts(test::demoArtifacts(30));
        QTemporaryDir folder;
        writeModel(QDir(folder.path()), QStringLiteral("SmolLM2-135M"), QStringLiteral("11111100"));
        writeModel(QDir(folder.path()), QStringLiteral("SmolLM2-135M-MXFP4"),
                   QStringLiteral("10011101"));
        const auto imported = importResults(std::filesystem::path(ss(folder.path())));
        QVERIFY(imported.ok());
        for (const ImportedResults &one : *imported)
            document.addImport(one);
        selection.setVariant(QStringLiteral("bat"));
        for (const plots::ThemeKind theme : { plots::ThemeKind::light, plots::ThemeKind::dark }) {
            plots::applyTheme(*qApp, theme);
            for (const QSize size : { QSize(1344, 866), QSize(1072, 666) }) {
                EvaluatePage page(&document, &selection);
                page.resize(size);
                page.show();
                page.flush();
                QTRY_VERIFY(page.recovery()->isSettled());
                for (QWidget *panel : { static_cast<QWidget *>(page.windows()),
                                        static_cast<QWidget *>(page.samples()) }) {
                    page.setCurrentPanel(panel);
                    QTest::qWait(30);
                    const QString file =
                        QStringLiteral(BATLAB_LOOKS_DIR "/evaluate-%1-%2-%3.png")
                            .arg(plots::name(theme))
                            .arg(size.width())
                            .arg(panel == page.windows() ? QStringLiteral("windows")
                                                         : QStringLiteral("samples"));
                    QVERIFY(page.grab().save(file));
                }
            }
        }
        plots::applyTheme(*qApp, plots::ThemeKind::light);
    }
};

QTEST_MAIN(TstEvaluate)
#include "tst_evaluate.moc"
