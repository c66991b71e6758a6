// SPDX-License-Identifier: Apache-2.0
#include "kernels/backend.h"
#include "sessions/tensor_file.h"
#include "tests/app/cli_process.h"
#include "tests/support/tiny_model.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace batlab;
using namespace batlab::test;

/// Exit statuses, JSON purity and messages of every verb that does not run a job.
class TestCliVerbs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void usageErrors_data();
    void usageErrors();
    void helpSucceeds();
    void badInput_data();
    void badInput();
    void noGpu();
    void jsonIsPure_data();
    void jsonIsPure();
    void errorsAreJsonToo();
    void inspectKnowsTheModel();
    void tokenizeRoundTrip();
    void greedyIsDeterministic();
    void seedsDecideSamples();
    void logitsFile();
    void codecEqualsTheBackend();
    void benchAsksBesideAJob();
    void manNamesEveryVerb();

private:
    QString path(const char *name) const { return m_dir.filePath(QString::fromLatin1(name)); }
    QTemporaryDir m_dir;
    QString m_model, m_gguf;
};

void TestCliVerbs::initTestCase()
{
    QVERIFY2(QFile::exists(qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli")),
             "batlab-cli is not built");
    m_model = QString::fromStdString(writeTinyModel(path("tiny").toStdString()).string());
    m_gguf = QString::fromStdString(writeTinyGguf(path("tiny.gguf").toStdString()).string());
    QFile whole(m_gguf);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    writeFile(path("half.gguf"), bytes.left(bytes.size() / 2));
    writeFile(path("head.gguf"), bytes.left(40));
    writeFile(path("bad.yaml"), "model: [demo\nvariants: {");
    writeFile(path("unknown.yaml"), "model: demo\nvarants: []\n");
    writeFile(path("text.yaml"),
              "model: " + m_model.toUtf8()
                  + "\nvariants: [{preset: rtn-uos}]\nprotocol: {text: /does/not/exist.txt}\n");
    writeFile(path("empty.txt"), "");
    writeFile(path("tokens.json"), R"({"tokens": [[1, 2, 3], [4, 5, 6, 7]]})");
    writeFile(path("far.json"), R"({"tokens": [1, 100000]})");
    writeFile(path("nojson.json"), "{tokens");
    writeFile(path("nosession.h5"), "this is not HDF5");
}

void TestCliVerbs::usageErrors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing") << QStringList {};
    QTest::newRow("unknown verb") << QStringList { "quantise" };
    QTest::newRow("unknown option") << QStringList { "inspect", "demo", "--colour" };
    QTest::newRow("missing model") << QStringList { "inspect" };
    QTest::newRow("missing session") << QStringList { "run", "x.yaml" };
    QTest::newRow("no text") << QStringList { "tokenize", "demo" };
    QTest::newRow("two texts") << QStringList { "tokenize", "demo", "--text", "a", "--file", "b" };
    QTest::newRow("bad number") << QStringList {
        "generate", "demo", "--prompt", "a", "-n", "many"
    };
    QTest::newRow("bad device") << QStringList { "doctor", "--device", "tpu" };
    QTest::newRow("bad progress") << QStringList { "doctor", "--progress", "loud" };
    QTest::newRow("bad rule") << QStringList { "codec", "--rule", "best", "a", "b" };
    QTest::newRow("session alone") << QStringList { "session" };
    QTest::newRow("set without value")
        << QStringList { "run", "SPEC", "--set", "seed", "--session", "OUT" };
}

void TestCliVerbs::usageErrors()
{
    QFETCH(QStringList, arguments);
    arguments.replaceInStrings(
        "SPEC", writeFile(path("fine.yaml"), "model: demo\nvariants: [{preset: rtn-uos}]\n"));
    arguments.replaceInStrings("OUT", path("out.batlab.h5"));
    const CliResult result = cli(arguments);
    QCOMPARE(result.status, 2);
    QVERIFY(!result.err.isEmpty());
    QVERIFY(result.out.isEmpty());
}

void TestCliVerbs::helpSucceeds()
{
    for (const QStringList &arguments : { QStringList { "--help" },
                                          { "run", "--help" },
                                          { "session", "diff", "--help" },
                                          { "--version" } }) {
        const CliResult result = cli(arguments);
        QCOMPARE(result.status, 0);
        QVERIFY(!result.out.isEmpty());
    }
}

void TestCliVerbs::badInput_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named"); // what the message must name
    QTest::newRow("no model") << QStringList { "inspect", "/does/not/exist" } << "/does/not/exist";
    QTest::newRow("half a GGUF") << QStringList { "inspect", path("half.gguf") } << "half.gguf";
    QTest::newRow("head of a GGUF") << QStringList { "inspect", path("head.gguf") } << "head.gguf";
    QTest::newRow("empty folder as model")
        << QStringList { "generate", m_dir.path(), "--prompt", "a" } << m_dir.path();
    QTest::newRow("no spec") << QStringList { "run", path("none.yaml"), "--session", path("s.h5") }
                             << "none.yaml";
    QTest::newRow("bad YAML") << QStringList { "run", path("bad.yaml"), "--session", path("s.h5") }
                              << "bad.yaml";
    QTest::newRow("unknown key") << QStringList { "run", path("unknown.yaml"), "--session",
                                                  path("s.h5") }
                                 << "varants";
    QTest::newRow("no evaluation text")
        << QStringList { "run", path("text.yaml"), "--session", path("t.batlab.h5") }
        << "exist.txt";
    QTest::newRow("no session folder")
        << QStringList { "compare", m_model, "--presets", "rtn", "--session", "/no/folder/s.h5" }
        << "/no/folder";
    QTest::newRow("no session") << QStringList { "session", "info", path("none.h5") } << "none.h5";
    QTest::newRow("not a session")
        << QStringList { "session", "info", path("nosession.h5") } << "nosession.h5";
    QTest::newRow("variant of no session")
        << QStringList { "generate", path("none.h5") + "#bat", "--prompt", "a" } << "none.h5";
    QTest::newRow("tokens out of range")
        << QStringList { "logits", m_model, "--tokens", path("far.json"), "--out", path("l.h5") }
        << "100000";
    QTest::newRow("tokens not JSON")
        << QStringList { "logits", m_model, "--tokens", path("nojson.json"), "--out", path("l.h5") }
        << "nojson.json";
    QTest::newRow("out folder missing")
        << QStringList { "logits", m_model,          "--tokens", path("tokens.json"),
                         "--out",  "/no/folder/l.h5" }
        << "/no/folder";
    QTest::newRow("codec input") << QStringList { "codec", path("nosession.h5"), path("o.h5") }
                                 << "nosession.h5";
    QTest::newRow("unknown task") << QStringList { "evaluate", m_model, "--tasks", "chess" }
                                  << "chess";
}

void TestCliVerbs::badInput()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    const CliResult result = cli(arguments);
    QVERIFY2(result.status == 3, result.err);
    QVERIFY2(QString::fromUtf8(result.err).contains(named), result.err);
    QVERIFY(result.out.isEmpty());
}

void TestCliVerbs::noGpu()
{
    const CliResult result = cli({ "generate", m_model, "--prompt", "a", "--device", "cuda:0" });
    QCOMPARE(result.status, 4);
    QVERIFY(result.err.contains("--device cpu"));
}

void TestCliVerbs::jsonIsPure_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("key");
    QTest::newRow("doctor") << QStringList { "doctor" } << "checks";
    QTest::newRow("inspect folder") << QStringList { "inspect", m_model } << "sites";
    QTest::newRow("inspect gguf") << QStringList { "inspect", m_gguf } << "tensors";
    QTest::newRow("tokenize") << QStringList { "tokenize", m_model, "--text", "abc" } << "tokens";
    QTest::newRow("generate") << QStringList { "generate", m_model, "--prompt", "abc", "-n", "3" }
                              << "tokens";
    QTest::newRow("logits") << QStringList { "logits", m_model, "--text",
                                             "abc",    "--out", path("j.h5") }
                            << "sequences";
    QTest::newRow("presets") << QStringList { "presets" } << "presets";
    QTest::newRow("methods") << QStringList { "methods" } << "stages";
    QTest::newRow("man") << QStringList { "man" } << "verbs";
}

void TestCliVerbs::jsonIsPure()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, key);
    const CliResult result = cli(arguments + QStringList { "--json", "--progress", "json" });
    QVERIFY2(result.status == 0, result.err);
    QVERIFY2(result.json().object().contains(key), result.out.left(300));
}

void TestCliVerbs::errorsAreJsonToo()
{
    const CliResult result = cli({ "inspect", "/does/not/exist", "--json" });
    QCOMPARE(result.status, 3);
    const QJsonObject error = result.json().object().value("error").toObject();
    QVERIFY(!error.value("what").toString().isEmpty());
    QVERIFY(!error.value("code").toString().isEmpty());
}

void TestCliVerbs::inspectKnowsTheModel()
{
    const QJsonObject document = cli({ "inspect", m_model, "--json" }).json().object();
    const QJsonObject config = document.value("config").toObject();
    QCOMPARE(config.value("layers").toInt(), 2);
    QCOMPARE(document.value("sites").toArray().size(), 4);
    QCOMPARE(document.value("sites").toArray().at(3).toObject().value("blocks").toInt(),
             4); // 128 / 32
    const qint64 linear = 2LL * (64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 128);
    QCOMPARE(document.value("parameters").toObject().value("linear").toInteger(), linear);
}

void TestCliVerbs::tokenizeRoundTrip()
{
    const QJsonArray ids = cli({ "tokenize", m_model, "--text", "Az<|endoftext|>" })
                               .json()
                               .object()
                               .value("tokens")
                               .toArray();
    QCOMPARE(ids, (QJsonArray { 'A', 'z', 256 }));
    QCOMPARE(cli({ "tokenize", m_model, "--file", path("empty.txt") })
                 .json()
                 .object()
                 .value("tokens")
                 .toArray()
                 .size(),
             0);
}

void TestCliVerbs::greedyIsDeterministic()
{
    const auto tokens = [&](const QString &model, const QStringList &more) {
        return cli(QStringList { "generate", model, "--prompt", "Hello", "-n", "24", "--json",
                                 "--dtype", "fp32" }
                   + more)
            .json()
            .object()
            .value("tokens")
            .toArray();
    };
    const QJsonArray first = tokens(m_model, { "--threads", "1" });
    QVERIFY(!first.isEmpty());
    QCOMPARE(tokens(m_model, { "--threads", "2" }), first);
    QCOMPARE(tokens(m_model, { "--seed", "7" }), first); // greedy asks no dice
}

void TestCliVerbs::seedsDecideSamples()
{
    const auto tokens = [&](const char *seed) {
        return cli({ "generate", m_model, "--prompt", "Hello", "-n", "24", "--temperature", "1",
                     "--json", "--seed", seed })
            .json()
            .object()
            .value("tokens")
            .toArray();
    };
    QCOMPARE(tokens("3"), tokens("3"));
    QVERIFY(tokens("3") != tokens("4"));
}

void TestCliVerbs::logitsFile()
{
    QCOMPARE(cli({ "logits", m_model, "--tokens", path("tokens.json"), "--out", path("logits.h5") })
                 .status,
             0);
    const auto logits = readMatrices(path("logits.h5").toStdString(), "logits");
    QVERIFY(logits.ok());
    QCOMPARE(logits->size(), std::size_t(2));
    QCOMPARE(logits->at(0).group, std::string("/0"));
    QCOMPARE(logits->at(0).rows, std::int64_t(3));
    QCOMPARE(logits->at(1).rows, std::int64_t(4));
    QCOMPARE(logits->at(0).cols, std::int64_t(320));
    const auto tokens = readMatrices(path("logits.h5").toStdString(), "tokens");
    QVERIFY(tokens.ok());
    QCOMPARE(tokens->at(1).values, (std::vector<float> { 4, 5, 6, 7 }));
    // the same weights in the other container
    QCOMPARE(
        cli({ "logits", m_gguf, "--tokens", path("tokens.json"), "--out", path("gguf.h5") }).status,
        0);
    QCOMPARE(readMatrices(path("gguf.h5").toStdString(), "logits")->at(0).values,
             logits->at(0).values);
    // a causal model: the first rows do not see later tokens
    writeFile(path("prefix.json"), R"({"tokens": [4, 5]})");
    QCOMPARE(cli({ "logits", m_model, "--tokens", path("prefix.json"), "--out", path("prefix.h5") })
                 .status,
             0);
    const auto prefix = readMatrices(path("prefix.h5").toStdString(), "logits");
    for (std::size_t i = 0; i < 640; ++i)
        QVERIFY(std::abs(prefix->at(0).values[i] - logits->at(1).values[i]) < 1e-5F);
}

void TestCliVerbs::codecEqualsTheBackend()
{
    std::vector<float> values(3 * 70);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(std::sin(0.7 * static_cast<double>(i))
                                       * std::pow(2.0, static_cast<double>(i % 9) - 4));
    const std::string in = path("codec_in.h5").toStdString(),
                      out = path("codec_out.h5").toStdString();
    {
        TensorFileWriter writer = TensorFileWriter::create(in).orThrow();
        writer.write("/a/b", "input", "f32", { 3, 70 }, values.data()).orThrow();
        writer.commit().orThrow();
    }
    const CliResult result = cli({ "codec", "--format", "mxfp4", "--rule", "floor", "--ties",
                                   "away", path("codec_in.h5"), path("codec_out.h5") });
    QVERIFY2(result.status == 0, result.err);
    const kernels::Backend *oracle = kernels::cpuBackend(kernels::CpuLevel::scalar);
    const kernels::QuantSpec spec { kernels::Format::mxfp4, kernels::ScaleRule::floor,
                                    kernels::Ties::away, 1.0F };
    std::vector<std::uint8_t> codes(3 * 96), scales(3 * 3);
    std::vector<float> back(values.size());
    oracle->quantize({ values.data(), kernels::DType::f32, 3, 70, 70 }, spec, codes.data(),
                     scales.data(), {});
    oracle->fakeQuantize({ values.data(), kernels::DType::f32, 3, 70, 70 }, {}, spec,
                         { back.data(), kernels::DType::f32, 3, 70, 70 }, {});
    const auto dequantized = readMatrices(out, "dequantized");
    QVERIFY(dequantized.ok());
    QCOMPARE(dequantized->at(0).group, std::string("/a/b"));
    QCOMPARE(dequantized->at(0).values, back);
    const auto gotScales = readMatrices(out, "scales"), gotCodes = readMatrices(out, "codes");
    QCOMPARE(gotScales->at(0).values, std::vector<float>(scales.begin(), scales.end()));
    QCOMPARE(gotCodes->at(0).cols, std::int64_t(70));
    QCOMPARE(gotCodes->at(0).values[70], float(codes[96]));
}

/// The window's questions are timed while the engine that answers them calibrates.
void TestCliVerbs::benchAsksBesideAJob()
{
    QVERIFY(cli({ "bench", "--help" }).out.contains("--beside-job"));
    const CliResult result = cli(
        { "bench", "what-if", "--model", m_model, "--beside-job", "--only", "layer", "--json" });
    QVERIFY2(result.status == 0, result.err.constData());
    const QJsonObject table = result.json().object();
    QVERIFY(table["besideJob"].toBool());
    QCOMPARE(table["rows"].toArray().size(), 10); // without those of Qwen3-8B's shape
    for (const QJsonValue &row : table["rows"].toArray())
        QVERIFY(row.toObject()["milliseconds"].toDouble() > 0);
    const CliResult none = cli({ "bench", "what-if", "--model", m_model, "--only", "nothing" });
    QCOMPARE(none.status, 2);
}

void TestCliVerbs::manNamesEveryVerb()
{
    const QByteArray text = cli({ "man" }).out;
    for (const char *verb :
         { "doctor", "inspect", "tokenize", "generate", "logits", "run", "compare", "evaluate",
           "session diff", "serve", "codec", "methods", "presets", "bench" })
        QVERIFY2(text.contains(QByteArray("batlab-cli ") + verb), verb);
    QVERIFY(text.contains("130"));
}

QTEST_GUILESS_MAIN(TestCliVerbs)
#include "tst_cli_verbs.moc"
