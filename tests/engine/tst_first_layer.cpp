// SPDX-License-Identifier: Apache-2.0
// Preflight runs the first layer on a few tokens: what is broken there is told before the run.
#include "core/base/build_id.h"
#include "core/engine/service/first_layer.h"
#include "core/engine/service/local_engine.h"
#include "core/spec/run_spec.h"
#include "tests/support/tiny_model.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>

using namespace batlab;
using namespace batlab::test;

namespace {

/// Passes everything on to a model and notes what is read.
class WatchedSource final : public ModelSource
{
public:
    explicit WatchedSource(std::shared_ptr<const ModelSource> inner) : m_inner(std::move(inner)) { }
    [[nodiscard]] const ModelConfig &config() const override { return m_inner->config(); }
    [[nodiscard]] const std::vector<TensorInfo> &tensors() const override
    {
        return m_inner->tensors();
    }
    [[nodiscard]] std::filesystem::path path() const override { return m_inner->path(); }
    [[nodiscard]] std::string_view container() const override { return m_inner->container(); }
    [[nodiscard]] Json metadata() const override { return m_inner->metadata(); }
    [[nodiscard]] std::string quickHash() const override { return m_inner->quickHash(); }
    [[nodiscard]] Result<std::string>
    contentHash(const std::function<bool(double)> &progress) const override
    {
        return m_inner->contentHash(progress);
    }
    [[nodiscard]] Result<void> read(std::string_view name, std::int64_t row0, std::int64_t rows,
                                    float *out) const override
    {
        m_rows[std::string(name)] += rows;
        if (error)
            return *error;
        return m_inner->read(name, row0, rows, out);
    }
    [[nodiscard]] const std::map<std::string, std::int64_t> &rows() const { return m_rows; }

    std::optional<Error> error; ///< what reading gives

private:
    std::shared_ptr<const ModelSource> m_inner;
    mutable std::map<std::string, std::int64_t> m_rows; ///< read, by tensor
};

} // namespace

class FirstLayerTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    /// A tiny model whose tensors with this in their name are changed.
    QString model(const char *name, const std::string &tensor = {},
                  const std::function<void(std::vector<float> &)> &change = {}) const
    {
        const auto folder = writeTinyModel(m_dir.filePath(QLatin1String(name)).toStdString());
        auto tensors = tinyModelTensors({});
        for (auto &t : tensors)
            if (change && t.name.find(tensor) != std::string::npos)
                change(t.values);
        writeBytes(folder / "model.safetensors", safetensorsBytes(tensors));
        return QString::fromStdString(folder.string());
    }
    /// The errors of preflight, as the window and the command line ask for it.
    static QStringList errors(LocalEngine &engine, const QString &model, const char *dtype)
    {
        const Json spec =
            runSpecFromYaml("model: " + model.toStdString()
                                + "\nevaluate: false\nvariants: [rtn]\nprotocol: {dtype: " + dtype
                                + "}\n",
                            PresetLibrary::builtIn().orThrow(), "test")
                .orThrow()
                .toJson();
        QStringList out;
        const Json answer = engine.ask({ { "ask", "preflight" }, { "spec", spec } }).orThrow();
        for (const Json &each : answer.at("errors"))
            out.append(QString::fromStdString(each.get<std::string>()));
        return out;
    }
    static std::unique_ptr<LocalEngine> engine()
    {
        LocalEngine::Options options;
        options.threads = 2;
        options.presets = PresetLibrary::builtIn().orThrow();
        return std::make_unique<LocalEngine>(std::move(options));
    }

private Q_SLOTS:
    void preflightNamesWhatIsBroken()
    {
        const QString whole = model("whole");
        const QString nan = model("nan", "layers.0.mlp.up_proj", [](std::vector<float> &v) {
            v[70] = std::numeric_limits<float>::quiet_NaN();
        });
        // Finite weights, but their products are not: SiLU(gate) times up.
        const QString large = model("large", "layers.0.mlp.", [](std::vector<float> &v) {
            for (float &x : v)
                x *= 1e25F;
        });
        const auto local = engine();
        for (const char *dtype : { "bf16", "fp32" }) {
            QCOMPARE(errors(*local, whole, dtype), QStringList());
            const QStringList unread = errors(*local, nan, dtype);
            QCOMPARE(unread.size(), 1);
            QVERIFY2(unread[0].contains(QStringLiteral("model.layers.0.mlp.up_proj.weight"))
                         && unread[0].contains(QStringLiteral("row 1, column 6 is nan")),
                     qPrintable(unread[0]));
            const QStringList overflow = errors(*local, large, dtype);
            QCOMPARE(overflow.size(), 1);
            QVERIFY2(overflow[0].contains(QStringLiteral("NaN or Inf"))
                         && overflow[0].contains(QStringLiteral("T4")),
                     qPrintable(overflow[0]));
        }
    }

    /// One layer and 32 rows of the embedding, and those once.
    void littleIsReadAndOnce()
    {
        FirstLayerCheck check;
        const auto source = std::make_shared<WatchedSource>(
            ModelSource::open(model("watched").toStdString()).orThrow());
        QVERIFY(check.check(source, "fp32").ok());
        const auto rows = source->rows();
        QCOMPARE(rows.at("model.embed_tokens.weight"), std::int64_t { 32 });
        QCOMPARE(rows.count("lm_head.weight"), std::size_t { 0 });
        QVERIFY(std::none_of(rows.begin(), rows.end(), [](const auto &each) {
            return each.first.find("layers.1.") != std::string::npos;
        }));
        QVERIFY(check.check(source, "fp32").ok());
        QVERIFY(source->rows() == rows); // kept by the model's hash
        QVERIFY(check.check(source, "bf16").ok());
        QVERIFY(source->rows() != rows);
        QVERIFY(!check.check(source, "fp8").ok());
    }

    /// What is wrong with the model is kept; what may pass is looked at again.
    void onlyTheModelsFaultIsKept()
    {
        const auto source = std::make_shared<WatchedSource>(
            ModelSource::open(model("flaky").toStdString()).orThrow());
        for (const ErrorCode code : { ErrorCode::outOfMemory, ErrorCode::notFound,
                                      ErrorCode::readOnly, ErrorCode::internal }) {
            FirstLayerCheck check;
            source->error = Error { code, "it cannot be read now", {}, {} };
            QCOMPARE(check.check(source, "fp32").ok(), code == ErrorCode::outOfMemory);
            source->error.reset();
            QVERIFY(check.check(source, "fp32").ok());
        }
        FirstLayerCheck check;
        source->error = Error { ErrorCode::badInput, "it is damaged", {}, {} };
        QVERIFY(!check.check(source, "bf16").ok());
        source->error.reset();
        QVERIFY(!check.check(source, "bf16").ok());
    }

    /// Every family and head layout passes.
    void familiesPass_data()
    {
        QTest::addColumn<QString>("family");
        for (const char *family : { "llama", "mistral", "qwen2", "qwen3" })
            QTest::newRow(family) << QString::fromLatin1(family);
    }
    void familiesPass()
    {
        QFETCH(QString, family);
        TinyModelOptions options;
        options.family = family.toStdString();
        options.tied = family == QLatin1String("qwen3");
        options.vocab = family == QLatin1String("mistral") ? 20 : 320; // fewer than 32 tokens
        options.tokenizer = false;
        const auto folder = writeTinyModel(
            m_dir.filePath(QStringLiteral("family ") + family).toStdString(), options);
        FirstLayerCheck check;
        const auto found = check.check(ModelSource::open(folder).orThrow(), "fp32");
        QVERIFY2(found.ok(), found ? "" : found.error().message().c_str());
    }

    /// What an engine says about itself names the very build.
    void theBuildIsNamed()
    {
        const std::string id = buildId();
        QVERIFY(id.empty() || id.size() >= 16);
        QCOMPARE(id.find_first_not_of("0123456789abcdef"), std::string::npos);
        const auto build = engine()->hello().orThrow().at("build").get<std::string>();
        QVERIFY2(build.find(id) != std::string::npos && build.find('.') != std::string::npos,
                 build.c_str());
        QProcess readelf; // knows whether the linker wrote one
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C"));
        readelf.setProcessEnvironment(environment);
        readelf.start(QStringLiteral("readelf"),
                      { QStringLiteral("-n"), QCoreApplication::applicationFilePath() });
        if (!readelf.waitForFinished() || readelf.exitCode() != 0)
            QSKIP("readelf is missing: whether the build ID is the linker's is not tested");
        static const QRegularExpression line(QStringLiteral("Build ID: ([0-9a-f]+)"));
        const QString notes = QString::fromUtf8(readelf.readAllStandardOutput());
        QCOMPARE(QString::fromStdString(id), line.match(notes).captured(1));
    }
};

QTEST_GUILESS_MAIN(FirstLayerTest)
#include "tst_first_layer.moc"
