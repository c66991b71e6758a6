// SPDX-License-Identifier: Apache-2.0
#include "tests/app/cli_process.h"
#include "tests/support/session_version.h"
#include "tests/support/tiny_model.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace batlab;
using namespace batlab::test;

namespace {
/// Never to process 0, which is this test's own group.
void signal(const QProcess &process, int number)
{
    if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0)
        ::kill(pid, number);
}
} // namespace

/// The main job on a tiny model: end to end, repeated, killed, cancelled, resumed.
class TestCliRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void endToEnd();
    void repeatedRunIsIdentical();
    void resumesAfterKill_data();
    void resumesAfterKill();
    void cancelKeepsTheCheckpoint();
    void progressLinesAreJson();
    void solvedVariantsCanBeUsed();
    void compareSweeps();
    void unknownPresetIsNamed();
    void packedSessionStandsAlone();
    void newerSessionIsNotAddedTo_data();
    void newerSessionIsNotAddedTo();
    void migrateRewritesOlderSessions();
    void errorBySiteOfLearnedRotations();

private:
    QString path(const QString &name) const { return m_dir.filePath(name); }
    CliResult run(const QString &session, const QStringList &more = {}) const
    {
        return cli(
            QStringList { "run", m_spec, "--session", session, "--json", "--progress", "none" }
            + more);
    }
    QTemporaryDir m_dir;
    QString m_model, m_spec, m_first;
};

void TestCliRun::initTestCase()
{
    TinyModelOptions options;
    options.layers = 3;
    m_model = QString::fromStdString(writeTinyModel(path("tiny").toStdString(), options).string());
    QByteArray text;
    for (int i = 0; i < 400; ++i)
        text += QByteArray::number(i * i) + (i % 7 ? " and " : ".\n");
    writeFile(path("text.txt"), text);
    m_spec =
        writeFile(path("spec.yaml"),
                  "model: " + m_model.toUtf8()
                      + "\nseed: 3\nprotocol: {dtype: fp32, text: " + path("text.txt").toUtf8()
                      + ", windowLength: 64, windows: 6}\ncalibration: {sequences: 6, length: 48}\n"
                        "analysis: {sampleTokens: 16}\n"
                        "variants:\n  - {preset: rtn-uos}\n  - {preset: mr-gptq}\n  - {preset: "
                        "bat, set: {train.epochs: 2}}\n");
    m_first = path("first.batlab.h5");
}

void TestCliRun::endToEnd()
{
    const CliResult result = run(m_first);
    QVERIFY2(result.status == 0, result.err);
    const QJsonObject document = result.json().object();
    QCOMPARE(document.value("state").toString(), QStringLiteral("succeeded"));
    const QJsonArray results = document.value("results").toArray();
    QCOMPARE(results.size(), 4);
    QCOMPARE(results.at(0).toObject().value("variant").toString(), QStringLiteral("reference"));
    for (int i = 1; i < 4; ++i) {
        const QJsonObject row = results.at(i).toObject();
        QVERIFY(row.value("value").toDouble() > 1);
        QVERIFY(row.value("kld").toDouble() > 0);
        QCOMPARE(row.value("window_nll").toArray().size(), 6);
    }
    QVERIFY(document.value("table").isObject() || document.value("table").isArray());
    const CliResult verified = cli({ "session", "verify", m_first });
    QVERIFY2(verified.status == 0, verified.out + verified.err);
    const QJsonObject overview = cli({ "session", "info", m_first, "--json" }).json().object();
    QVERIFY(!overview.isEmpty());
}

void TestCliRun::repeatedRunIsIdentical()
{
    const QString again = path("again.batlab.h5");
    QVERIFY(run(again, { "--threads", "1" }).status == 0);
    const CliResult difference = cli({ "session", "diff", m_first, again });
    QVERIFY2(difference.status == 0, difference.out + difference.err);
    const QString other = path("other.batlab.h5");
    QVERIFY(run(other, { "--seed", "4" }).status == 0);
    QCOMPARE(cli({ "session", "diff", m_first, other }).status, 1);
}

void TestCliRun::resumesAfterKill_data()
{
    QTest::addColumn<QString>("at"); // a log line to die after
    QTest::newRow("calibration text") << "calibration: sampled";
    QTest::newRow("first layer of bat") << "bat: layer 1 of 3 committed";
    QTest::newRow("last layer of bat") << "bat: layer 3 of 3 committed";
}

void TestCliRun::resumesAfterKill()
{
    QFETCH(QString, at);
    const QString session = path(QString::fromLatin1(QTest::currentDataTag()) + ".batlab.h5");
    QProcess process;
    startCli(process, { "run", m_spec, "--session", session, "--progress", "json" });
    QByteArray seen;
    while (process.state() == QProcess::Running && !seen.contains(at.toUtf8())) {
        process.waitForReadyRead(1000);
        seen += process.readAllStandardError();
    }
    signal(process, SIGKILL);
    process.waitForFinished();
    QVERIFY2(seen.contains(at.toUtf8()), seen);
    if (process.exitStatus() != QProcess::CrashExit)
        qWarning("it was done before the kill came");
    const CliResult resumed = run(session);
    QVERIFY2(resumed.status == 0, resumed.err);
    const CliResult difference = cli({ "session", "diff", m_first, session });
    QVERIFY2(difference.status == 0, difference.out + difference.err);
}

void TestCliRun::cancelKeepsTheCheckpoint()
{
    const QString session = path("cancelled.batlab.h5");
    QProcess process;
    startCli(process,
             { "run", m_spec, "--session", session, "--progress", "json", "--set",
               "variants.bat.train.epochs=200" });
    QByteArray seen;
    while (process.state() == QProcess::Running
           && !seen.contains("mr-gptq: layer 3 of 3 committed")) {
        process.waitForReadyRead(1000);
        seen += process.readAllStandardError();
    }
    QElapsedTimer timer;
    timer.start();
    signal(process, SIGINT);
    const CliResult result = finished(process);
    QVERIFY2(result.status == 130, result.err);
    QVERIFY2(timer.elapsed() < 5000, "cancel took too long");
    QVERIFY(QDir(path("cancelled.parts")).exists());
    QCOMPARE(cli({ "session", "verify", session }).status, 0);
    // what was finished is there
    QCOMPARE(cli({ "generate", session + "#mr-gptq", "--prompt", "a", "-n", "4", "--json" }).status,
             0);
}

void TestCliRun::progressLinesAreJson()
{
    const CliResult result = cli({ "run", m_spec, "--session", m_first, "--progress", "json" });
    QCOMPARE(result.status, 0);
    int lines = 0;
    for (const QByteArray &line : result.err.split('\n'))
        if (!line.isEmpty()) {
            QVERIFY2(QJsonDocument::fromJson(line).isObject(), line);
            ++lines;
        }
    QVERIFY(lines > 3);
}

void TestCliRun::solvedVariantsCanBeUsed()
{
    const CliResult result =
        cli({ "evaluate", m_first + "#bat", "--text", path("text.txt"), "--window", "64", "--limit",
              "6", "--dtype", "fp32", "--json", "--progress", "none" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonObject fresh = result.json().object().value("results").toArray().at(0).toObject();
    QCOMPARE(fresh.value("variant").toString(), QStringLiteral("bat"));
    const QJsonArray table = run(m_first).json().object().value("results").toArray();
    QCOMPARE(fresh.value("window_nll"), table.at(3).toObject().value("window_nll"));
    QCOMPARE(fresh.value("kld"), table.at(3).toObject().value("kld"));
    const CliResult missing = cli({ "generate", m_first + "#nothing", "--prompt", "a" });
    QCOMPARE(missing.status, 3);
    QVERIFY(missing.err.contains("mr-gptq")); // names what there is
}

void TestCliRun::compareSweeps()
{
    const CliResult result = cli({ "compare",   m_model,
                                   "--presets", "rtn,gptq",
                                   "--sweep",   "round.damp=0.01,0.1",
                                   "--session", path("sweep.batlab.h5"),
                                   "--set",     "protocol.text=" + path("text.txt"),
                                   "--set",     "protocol.windowLength=64",
                                   "--set",     "protocol.windows=2",
                                   "--set",     "calibration.sequences=4",
                                   "--set",     "calibration.length=32",
                                   "--json",    "--progress",
                                   "none" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonArray results = result.json().object().value("results").toArray();
    QCOMPARE(results.size(), 5);
    QVERIFY(results.at(3).toObject().value("value") != results.at(4).toObject().value("value"));
}

void TestCliRun::unknownPresetIsNamed()
{
    const CliResult result =
        cli({ "compare", m_model, "--presets", "rtn,magic", "--session", path("x.batlab.h5") });
    QVERIFY(result.status == 2 || result.status == 3);
    QVERIFY2(result.err.contains("magic"), result.err);
    QVERIFY(!QFile::exists(path("x.batlab.h5")));
}

void TestCliRun::packedSessionStandsAlone()
{
    const QString packed = path("elsewhere.batlab.h5");
    QCOMPARE(cli({ "session", "pack", m_first, packed }).status, 0);
    QVERIFY(!QDir(path("elsewhere.parts")).exists());
    const CliResult difference = cli({ "session", "diff", m_first, packed });
    QVERIFY2(difference.status == 0, difference.out);
    QCOMPARE(cli({ "generate", packed + "#bat", "--prompt", "a", "-n", "4", "--json" }).status, 0);
}

void TestCliRun::newerSessionIsNotAddedTo_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("run") << QStringList { "run", m_spec };
    const QStringList compare { "compare",  m_model,
                                "--set",    "protocol.text=" + path("text.txt"),
                                "--set",    "protocol.windowLength=64",
                                "--set",    "protocol.windows=2",
                                "--set",    "calibration.sequences=4",
                                "--set",    "calibration.length=32",
                                "--presets" };
    QTest::newRow("compare") << compare + QStringList { "rtn" };
    QTest::newRow("proxy") << compare
            + QStringList { "diag-h32", "--sweep", "fold.alpha=0.1,0.5", "--proxy" };
}

void TestCliRun::migrateRewritesOlderSessions()
{
    const QString session = path("older.batlab.h5");
    QVERIFY(QFile::copy(m_first, session));
    CliResult result = cli({ "session", "migrate", session });
    QVERIFY2(result.status == 0, result.err);
    QVERIFY2(result.out.contains("already current"), result.out);
    makeOlder(session.toStdString(), 2);
    const QString before = path("before.batlab.h5");
    QVERIFY(QFile::copy(session, before));
    result = cli({ "session", "migrate", session, "--json" });
    QVERIFY2(result.status == 0, result.err);
    const QJsonObject said = result.json().object();
    QCOMPARE(said["from"].toString(), QStringLiteral("1.2"));
    QVERIFY(QFile::exists(said["backup"].toString()));
    const QJsonObject info = cli({ "session", "info", session, "--json" }).json().object();
    QCOMPARE(info["version"].toString(), said["to"].toString());
    QVERIFY(said["to"].toString() != said["from"].toString());
    const CliResult difference = cli({ "session", "diff", before, session });
    QVERIFY2(difference.status == 0, difference.out);
}

/// What this Batlab does not know of a session would be lost: refused before any work is done.
void TestCliRun::newerSessionIsNotAddedTo()
{
    QFETCH(QStringList, command);
    const QString session = path("newer.batlab.h5"), parts = path("newer.parts");
    QFile::remove(session);
    QVERIFY(QFile::copy(m_first, session));
    setFormatVersion(session.toStdString(), "1.99");
    const auto bytes = [&session] {
        QFile file(session);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const QByteArray before = bytes();
    const CliResult result =
        cli(command + QStringList { "--session", session, "--progress", "none" });
    QVERIFY2(result.status > 0, result.err);
    QVERIFY2(result.err.contains("a newer Batlab wrote this session"), result.err);
    QVERIFY2(result.err.contains("Choose another file"), result.err);
    QVERIFY(!before.isEmpty() && bytes() == before);
    QVERIFY(!QDir(parts).exists()); // nothing was begun
}

/// A model pass before the layer pass, and what only one site costs; a repeated run reads it all.
void TestCliRun::errorBySiteOfLearnedRotations()
{
    const QString session = path("sites.batlab.h5");
    const QString spec =
        writeFile(path("sites.yaml"),
                  "model: " + m_model.toUtf8()
                      + "\nprotocol: {dtype: fp32, text: " + path("text.txt").toUtf8()
                      + ", windowLength: 64, windows: 4}\ncalibration: {sequences: 6, length: 48}\n"
                        "analysis: {sampleTokens: 16, errorBySite: true, siteWindows: 3}\n"
                        "variants:\n  - {preset: brq-spin, set: {learn-rotation.steps: 4, "
                        "learn-rotation.sequences: 4}}\n");
    const QStringList command { "run", spec, "--session", session, "--json", "--progress", "none" };
    const CliResult result = cli(command);
    QVERIFY2(result.status == 0, result.err);
    const QStringList why { "session", "why", session, "--variant", "brq-spin", "--json" };
    const QJsonObject sites = cli(why).json().object().value("sites").toObject();
    double sum = 0;
    for (const char *site : { "T1", "T2", "T3", "T4" }) {
        const double alone = sites.value(site).toObject().value("alone_kld").toDouble(-1);
        QVERIFY2(alone > 0, site);
        sum += alone;
    }
    const QJsonArray results = result.json().object().value("results").toArray();
    double all = 0;
    for (const QJsonValue &r : results)
        if (r.toObject().value("metric") == QStringLiteral("perplexity"))
            all = std::max(all, r.toObject().value("kld").toDouble());
    QVERIFY2(sum > 0.5 * all && sum < 2 * all, qPrintable(QString("%1 %2").arg(sum).arg(all)));
    QCOMPARE(results.size(), 6); // the reference, the variant, its four sites
    const CliResult again = cli(command);
    QVERIFY2(again.status == 0, again.err);
    QCOMPARE(cli(why).json().object().value("sites").toObject(), sites);
    QVERIFY(cli({ "session", "verify", session }).status == 0);
}

QTEST_GUILESS_MAIN(TestCliRun)
#include "tst_cli_run.moc"
