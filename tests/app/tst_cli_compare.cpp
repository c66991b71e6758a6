// SPDX-License-Identifier: Apache-2.0
#include "tests/app/cli_process.h"
#include "tests/support/tiny_model.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace batlab;
using namespace batlab::test;

/// The queue of variants, its table, seeds, failures and sweeps, on a tiny model.
class TestCliCompare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void queueAndFormats();
    void nothingIsRunAgain();
    void otherTexts();
    void aFailureDoesNotStopTheQueue();
    void resumesAfterCancel();
    void seedsShareARow();
    void sweepsByCalibration();
    void sweepsByProxy();
    void familyByProxy();
    void allThatFit();
    void whyExplains();
    void methodPages();
    void settingsInAnyOrder();
    void badRequests_data();
    void badRequests();

private:
    QString path(const QString &name) const { return m_dir.filePath(name); }
    QStringList arguments(const QString &session, const QStringList &more,
                          const QString &progress = "none") const
    {
        return QStringList { "compare",       m_model,
                             "--session",     session,
                             "--windows",     "3",
                             "--calibration", path("text.txt"),
                             "--set",         "protocol.text=" + path("text.txt"),
                             "--set",         "protocol.windowLength=64",
                             "--set",         "protocol.dtype=fp32",
                             "--set",         "calibration.sequences=4",
                             "--set",         "calibration.length=32",
                             "--progress",    progress }
        + more;
    }
    CliResult compare(const QString &session, const QStringList &more) const
    {
        return cli(arguments(session, more));
    }
    static QJsonObject row(const QJsonObject &table, const QString &variant)
    {
        for (const QJsonValue &r : table.value("rows").toArray())
            if (r.toObject().value("variant") == variant)
                return r.toObject();
        return {};
    }
    QTemporaryDir m_dir;
    QString m_model, m_session;
};

void TestCliCompare::initTestCase()
{
    TinyModelOptions options;
    options.layers = 2;
    m_model = QString::fromStdString(writeTinyModel(path("tiny").toStdString(), options).string());
    QByteArray text;
    for (int i = 0; i < 400; ++i)
        text += QByteArray::number(i * i) + (i % 7 ? " and " : ".\n");
    writeFile(path("text.txt"), text);
    m_session = path("queue.batlab.h5");
}

void TestCliCompare::settingsInAnyOrder()
{
    const QStringList common { "compare",   m_model,
                               "--windows", "1",
                               "--presets", "rtn",
                               "--set",     "protocol.text=" + path("text.txt"),
                               "--set",     "protocol.windowLength=64",
                               "--set",     "protocol.dtype=fp32",
                               "--set",     "calibration.length=32",
                               "--set",     "calibration.source=file" };
    const CliResult good = cli(common
                               + QStringList { "--set", "calibration.file=" + path("text.txt"),
                                               "--session", path("order.batlab.h5") });
    QVERIFY2(good.status == 0, good.err);
    const CliResult bad = cli(common + QStringList { "--session", path("none.batlab.h5") });
    QVERIFY(bad.status != 0 && bad.err.contains("no file is named"));
}

void TestCliCompare::queueAndFormats()
{
    const CliResult result =
        compare(m_session, { "--presets", "rtn,gptq,diag-h32", "--baseline", "gptq", "--json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonObject document = result.json().object(); // stdout is one document
    QCOMPARE(document.value("state").toString(), QStringLiteral("succeeded"));
    const QJsonObject table = document.value("table").toObject();
    QCOMPARE(table.value("rows").toArray().size(), 4);
    QCOMPARE(table.value("baseline").toString(), QStringLiteral("gptq"));
    const QJsonObject diagonal = row(table, "diag-h32");
    QVERIFY(diagonal.value("perplexity").toDouble() > 1);
    QVERIFY(diagonal.value("perplexity_se").toDouble() > 0);
    QVERIFY(diagonal.value("kld_se").toDouble() > 0);
    QVERIFY(diagonal.value("seconds").toDouble() > 0);
    QVERIFY(diagonal.value("peak_memory_bytes").toDouble() > 1e6);
    for (const char *site : { "T1", "T2", "T3", "T4" })
        QVERIFY(diagonal.value("sqnr_db").toObject().value(site).toDouble() > 1);
    QCOMPARE(diagonal.value("nll_vs_baseline").toObject().value("pairs").toInt(), 3);
    QVERIFY(row(table, "gptq").value("nll_vs_baseline").isNull());
    // gap removed: (rtn - v)/(rtn - reference)
    const double reference = row(table, "reference").value("perplexity").toDouble();
    const double rtn = row(table, "rtn").value("perplexity").toDouble();
    const double expected = (rtn - diagonal.value("perplexity").toDouble()) / (rtn - reference);
    QVERIFY(std::abs(diagonal.value("gap_removed").toDouble() - expected) < 1e-9);

    // The same table from the session, in every format; nothing but the table on stdout.
    const CliResult again =
        cli({ "session", "table", m_session, "--baseline", "gptq", "--format", "json" });
    QCOMPARE(again.json().object(), table);
    const CliResult csv = cli({ "session", "table", m_session, "--format", "csv" });
    QVERIFY(csv.out.startsWith("variant,title,"));
    QCOMPARE(csv.out.trimmed().split('\n').size(), 5);
    const CliResult latex =
        compare(m_session, { "--presets", "rtn,gptq,diag-h32", "--format", "latex" });
    QVERIFY(latex.out.startsWith("% \\usepackage{booktabs}\n"));
    QVERIFY(latex.out.endsWith("\\bottomrule\n\\end{tabular}\n"));
    QVERIFY(latex.out.contains("{}Diagonal + H32 & "));
    const CliResult markdown = cli({ "session", "table", m_session, "--format", "markdown" });
    QVERIFY(markdown.out.contains("| RTN |"));
    QCOMPARE(cli({ "session", "table", m_session, "--baseline", "magic" }).status, 2);
    QCOMPARE(cli({ "session", "verify", m_session }).status, 0);
}

void TestCliCompare::nothingIsRunAgain()
{
    const CliResult more =
        cli(arguments(m_session, { "--presets", "rtn,gptq,diag-h32,h32" }, "json"));
    QVERIFY2(more.status == 0, more.err);
    QVERIFY(more.err.contains("h32: layer 2 of 2 committed"));
    QVERIFY(!more.err.contains("gptq: layer 1 of 2 committed"));
    QVERIFY(more.out.contains("Diagonal + H32")); // but it stands in the table
}

/// A second text beside the first: results for both, a table for each, and the first one's table as
/// without it.
void TestCliCompare::otherTexts()
{
    writeFile(path("other.txt"), QByteArray("7 times 6 is 42; ").repeated(60));
    const QString session = path("texts.batlab.h5");
    const QStringList presets { "--presets", "rtn,diag-h32" };
    const CliResult both = compare(
        session,
        presets + QStringList { "--set", "alsoEvaluate=[" + path("other.txt") + "]", "--json" });
    QVERIFY2(both.status == 0, both.err);
    const QJsonObject document = both.json().object();
    const QJsonObject other =
        document.value("other_tables").toObject().value("other.txt").toObject();
    QCOMPARE(other.value("rows").toArray().size(), 3);
    const QJsonObject table = document.value("table").toObject();
    QVERIFY(row(other, "rtn").value("perplexity") != row(table, "rtn").value("perplexity"));
    QCOMPARE(other.value("contract").toString().contains("other.txt, 3 windows"), true);

    const CliResult printed =
        cli({ "session", "table", session, "--text", "other.txt", "--format", "json" });
    QCOMPARE(printed.json().object().value("rows"), other.value("rows"));
    const CliResult first = cli({ "session", "table", session, "--format", "json" });
    QCOMPARE(first.json().object().value("rows"), table.value("rows"));
    const CliResult none = cli({ "session", "table", session, "--text", "chess" });
    QVERIFY(none.status != 0 && none.err.contains("chess"));
    const CliResult missing =
        compare(session, presets + QStringList { "--set", "alsoEvaluate=[no-such-text]" });
    QVERIFY(missing.status == 3 && missing.err.contains("no-such-text"));
}

void TestCliCompare::aFailureDoesNotStopTheQueue()
{
    // A calibration text too short for one variant alone.
    const QString shortText = writeFile(path("short.txt"), "no");
    const QString spec =
        writeFile(path("failing.yaml"),
                  "model: " + m_model.toUtf8()
                      + "\nprotocol: {dtype: fp32, text: " + path("text.txt").toUtf8()
                      + ", windowLength: 64, windows: 2}\ncalibration: {source: file, file: "
                      + path("text.txt").toUtf8()
                      + ", sequences: 4, length: 32}\nvariants:\n  - rtn\n  - {preset: gptq, own: "
                        "{calibration.file: "
                      + shortText.toUtf8() + "}}\n  - h32\n");
    const QString session = path("failing.batlab.h5");
    const CliResult result =
        cli({ "run", spec, "--session", session, "--json", "--progress", "none" });
    QCOMPARE(result.status, 3);
    const QJsonObject document = result.json().object();
    QCOMPARE(document.value("state").toString(), QStringLiteral("failed"));
    QVERIFY(document.value("error").toObject().value("what").toString().contains("1 of 3"));
    const QJsonObject table = document.value("table").toObject();
    QVERIFY(row(table, "h32").value("perplexity").toDouble() > 1);
    QVERIFY(row(table, "gptq").value("perplexity").isNull());
    QVERIFY(row(table, "gptq").value("error").toString().contains("short.txt"));
    const CliResult text = cli({ "session", "table", session });
    QCOMPARE(text.status, 0);
    QVERIFY(text.out.contains("failed") && text.out.contains("FAILED gptq: "));
    // With the text mended the same command makes good what failed.
    QFile::remove(shortText);
    QVERIFY(QFile::copy(path("text.txt"), shortText));
    const CliResult mended =
        cli({ "run", spec, "--session", session, "--json", "--progress", "none" });
    QVERIFY2(mended.status == 0, mended.err);
    QVERIFY(
        row(mended.json().object().value("table").toObject(), "gptq").value("perplexity").toDouble()
        > 1);
}

void TestCliCompare::resumesAfterCancel()
{
    const QStringList queue { "--presets", "rtn,gptq,bat,h32", "--set",
                              "variants.bat.train.epochs=200" }; // seconds, to be stopped in
    const QString whole = path("whole.batlab.h5"), parts = path("stopped.batlab.h5");
    QVERIFY(compare(whole, queue).status == 0);
    QProcess process;
    startCli(process, arguments(parts, queue, "json"));
    QByteArray seen;
    while (process.state() == QProcess::Running && !seen.contains("bat: layer 1 of")) {
        process.waitForReadyRead(1000);
        seen += process.readAllStandardError();
    }
    if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0)
        ::kill(pid, SIGINT);
    const CliResult stopped = finished(process);
    QVERIFY2(stopped.status == 130, stopped.err);
    // What was done before bat is in the table already.
    QVERIFY(cli({ "session", "table", parts }).out.contains("GPTQ"));
    QVERIFY(compare(parts, queue).status == 0);
    const CliResult difference = cli({ "session", "diff", whole, parts });
    QVERIFY2(difference.status == 0, difference.out + difference.err);
}

void TestCliCompare::seedsShareARow()
{
    const QString session = path("seeds.batlab.h5");
    const CliResult result =
        compare(session, { "--presets", "rtn,gptq", "--seeds", "0,1,2", "--json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonObject table = result.json().object().value("table").toObject();
    QCOMPARE(table.value("rows").toArray().size(), 3);
    const QJsonObject gptq = row(table, "gptq");
    const QJsonArray seeds = gptq.value("seeds").toArray();
    QCOMPARE(seeds.size(), 3);
    QCOMPARE(seeds.at(2).toObject().value("variant").toString(), QStringLiteral("gptq.s2"));
    double mean = 0;
    for (const QJsonValue &s : seeds)
        mean += s.toObject().value("perplexity").toDouble() / 3;
    QVERIFY(std::abs(gptq.value("perplexity").toDouble() - mean) < 1e-9);
    QVERIFY(gptq.value("perplexity_seed_sd").toDouble() > 0); // other calibration windows
    QCOMPARE(row(table, "rtn").value("seeds").toArray().size(), 1); // no text, no seed: made once
    QVERIFY(gptq.value("nll_vs_baseline").toObject().value("low").toDouble()
            < gptq.value("nll_vs_baseline").toObject().value("high").toDouble());
    const CliResult text = cli({ "session", "table", session });
    QVERIFY(text.out.contains("(+- "));
}

void TestCliCompare::sweepsByCalibration()
{
    const QString session = path("sweep.batlab.h5");
    const CliResult result = compare(session,
                                     { "--presets", "gptq", "--sweep", "round.damp=0.01,0.1,77",
                                       "--sweep", "seed=0,1", "--json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonArray sweeps = result.json().object().value("sweeps").toArray();
    QCOMPARE(sweeps.size(), 1);
    const QJsonArray cells = sweeps.at(0).toObject().value("cells").toArray();
    QCOMPARE(cells.size(), 6);
    int impossible = 0;
    for (const QJsonValue &cell : cells) {
        const bool none = cell.toObject().value("value").isNull();
        impossible += none ? 1 : 0;
        QVERIFY(!none || cell.toObject().value("reason").toString().contains("77"));
    }
    QCOMPARE(impossible, 2);
    const QJsonObject kinds =
        cli({ "session", "info", session, "--json" }).json().object().value("artifacts").toObject();
    QCOMPARE(kinds.value("sweep").toInt(), 1);
}

void TestCliCompare::sweepsByProxy()
{
    const QString session = path("proxy.batlab.h5");
    const QStringList request { "--presets", "mr-gptq,diag-h32",
                                "--sweep",   "fold.alpha=0.1,0.25,0.5",
                                "--sweep",   "settings.scaleRule=uos,floor",
                                "--proxy",   "--proxy-layers",
                                "0,1" };
    const CliResult result = compare(session, request + QStringList { "--format", "json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonArray sweeps = result.json().object().value("sweeps").toArray();
    QCOMPARE(sweeps.size(), 2);
    for (const QJsonValue &sweep : sweeps) {
        const QJsonArray cells = sweep.toObject().value("cells").toArray();
        QCOMPARE(cells.size(), 6);
        for (const QJsonValue &cell : cells) {
            const double value = cell.toObject().value("value").toDouble();
            QVERIFY2(value > 3 && value < 40, QByteArray::number(value));
        }
        QVERIFY(cells.at(0).toObject().value("value") != cells.at(1).toObject().value("value"));
    }
    // A second run takes the same numbers from the session's folder.
    const CliResult again = compare(session, request + QStringList { "--format", "json" });
    QCOMPARE(again.out, result.out);
    QVERIFY(compare(session, request).out.contains("alpha"));
    QCOMPARE(cli({ "session", "verify", session }).status, 0);
    // What the proxy does not see has no figure of its own, in a grid either.
    const CliResult idle =
        compare(path("idle.batlab.h5"),
                { "--presets", "bat", "--sweep", "train.epochs=3,9", "--proxy", "--json" });
    QVERIFY2(idle.status == 0, idle.err);
    const QJsonArray idleSweeps = idle.json().object().value("sweeps").toArray();
    const QJsonArray idleCells = idleSweeps.at(0).toObject().value("cells").toArray();
    QCOMPARE(idleCells.size(), 2);
    for (const QJsonValue &cell : idleCells)
        QVERIFY(cell.toObject().value("reason").toString().contains("no effect"));
}

void TestCliCompare::allThatFit()
{
    const auto values = [&](const QStringList &formats) {
        const CliResult result =
            compare(path("all.batlab.h5"),
                    QStringList { "--presets", "all", "--proxy", "--proxy-layers", "0", "--json" }
                        + formats);
        QStringList out { QString::fromUtf8(result.err) };
        if (result.status == 0)
            for (const QJsonValue &sweep : result.json().object().value("sweeps").toArray())
                for (const QJsonValue &cell : sweep.toObject().value("cells").toArray())
                    if (!cell.toObject().value("value").isNull())
                        out += QString::fromUtf8(QJsonDocument(cell.toObject()).toJson());
        return out;
    };
    const QStringList all = values({});
    QVERIFY2(!all.first().contains("left out") && all.size() > 20, qPrintable(all.join('\n')));
    // OCP's scale rule is none of NVFP4's, and AWQ's clip none of integers: the rest goes on.
    const QStringList nvfp4 =
        values({ "--set", "settings.scaleRule=even", "--set", "protocol.weightFormat=nvfp4",
                 "--set", "protocol.activationFormat=nvfp4" });
    QVERIFY2(nvfp4.first().contains("rtn-ocp is left out") && nvfp4.size() > 15,
             qPrintable(nvfp4.join('\n')));
    QVERIFY(!nvfp4.first().contains("awq is left out"));
    const QStringList int4 = values(
        { "--set", "protocol.weightFormat=int4", "--set", "protocol.activationFormat=int4" });
    QVERIFY2(int4.first().contains("awq is left out") && int4.size() > 15,
             qPrintable(int4.join('\n')));
    // Named, it is an error.
    QVERIFY(compare(path("all.batlab.h5"),
                    { "--presets", "rtn-ocp", "--set", "protocol.weightFormat=nvfp4", "--set",
                      "protocol.activationFormat=nvfp4" })
                .status
            != 0);
}

void TestCliCompare::familyByProxy()
{
    const CliResult result =
        compare(path("family.batlab.h5"), { "--family", "ablation-bat", "--proxy", "--json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonArray sweeps = result.json().object().value("sweeps").toArray();
    QCOMPARE(sweeps.size(), 2); // the presets beside each other, and one decision at a time
    int values = 0, without = 0;
    for (const QJsonValue &cell : sweeps.at(1).toObject().value("cells").toArray())
        (cell.toObject().value("value").isNull() ? without : values) += 1;
    QVERIFY(values > 15);
    QVERIFY(without > 0); // orthogonal blocks from the closed form, training parameters
}

void TestCliCompare::whyExplains()
{
    const CliResult result = cli({ "session", "why", m_session, "--variant", "diag-h32",
                                   "--baseline", "rtn", "--layer", "1", "--site", "T4", "--json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonObject document = result.json().object();
    QCOMPARE(document.value("relative_error").toArray().size(), 2);
    QVERIFY(document.contains("first_wrong_layer") && document.contains("first_jump"));
    for (const char *site : { "T1", "T2", "T3", "T4" }) {
        const QJsonObject s = document.value("sites").toObject().value(site).toObject();
        QVERIFY(s.value("energy_moved").toDouble(1) < 1e-4); // H32 stays in its block
        QCOMPARE(s.value("max_condition").toDouble(), 1.0);
        for (const char *key : { "kurtosis_before", "kurtosis_after", "bimodal_after",
                                 "clipped_maxima", "code_entropy_bits", "activation_sqnr_db" })
            QVERIFY2(s.value(key).isDouble(), key);
    }
    const QJsonObject flow = document.value("energy_flow").toObject();
    QCOMPARE(flow.value("groups").toInt(), 4);
    QCOMPARE(flow.value("share").toArray().size(), 16);
    const CliResult text =
        cli({ "session", "why", m_session, "--variant", "diag-h32", "--baseline", "rtn" });
    QVERIFY(text.out.contains("by layer:") && text.out.contains("largest condition number"));
    QCOMPARE(cli({ "session", "why", m_session, "--variant", "magic" }).status, 3);
    QCOMPARE(
        cli({ "session", "why", m_session, "--variant", "rtn", "--layer", "9", "--site", "T1" })
            .status,
        3);
}

void TestCliCompare::methodPages()
{
    const CliResult head = cli({ "methods", "rtn" });
    QCOMPARE(head.status, 0);
    QVERIFY(head.out.startsWith("# RTN") && head.out.contains("## Stages"));
    QVERIFY(!head.out.contains("## Cost") && head.out.contains("help/methods/rtn-uos.md"));
    QVERIFY(cli({ "methods", "bat", "--full" }).out.contains("## Our decisions"));
    QVERIFY(cli({ "methods", "bat", "--json" }).json().object().value("recipe").isObject());
    QVERIFY(cli({ "methods", "magic" }).status != 0);
}

void TestCliCompare::badRequests_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("no preset") << QStringList {} << QByteArray("--presets");
    QTest::newRow("baseline") << QStringList { "--presets", "rtn", "--baseline", "gptq" }
                              << QByteArray("gptq");
    QTest::newRow("seeds") << QStringList { "--presets", "rtn", "--seeds", "0,x" }
                           << QByteArray("'x'");
    QTest::newRow("same seed") << QStringList { "--presets", "rtn", "--seeds", "1,1" }
                               << QByteArray("twice");
    QTest::newRow("axis") << QStringList { "--presets", "rtn", "--sweep", "round.dump=1" }
                          << QByteArray("round.damp");
    QTest::newRow("family") << QStringList { "--family", "nothing" } << QByteArray("nothing");
    QTest::newRow("layer") << QStringList { "--presets", "rtn", "--proxy", "--proxy-layers", "9" }
                           << QByteArray("0 to 1");
}

void TestCliCompare::badRequests()
{
    QFETCH(QStringList, more);
    QFETCH(QByteArray, says);
    const CliResult result = compare(path("bad.batlab.h5"), more);
    QVERIFY2(result.status == 2 || result.status == 3, result.err);
    QVERIFY2(result.err.contains(says), result.err);
    QVERIFY(!QFile::exists(path("bad.batlab.h5")));
}

QTEST_GUILESS_MAIN(TestCliCompare)
#include "tst_cli_compare.moc"
