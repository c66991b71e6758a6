// SPDX-License-Identifier: Apache-2.0
// Checkpoints written by the tests, read back through ModelSource.
#include "core/model/model_source.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

using namespace batlab;
using namespace batlab::test;

namespace {

std::filesystem::path under(const QTemporaryDir &dir, const char *name)
{
    return std::filesystem::path(dir.path().toStdString()) / name;
}

std::shared_ptr<const ModelSource> open(const std::filesystem::path &path)
{
    auto model = ModelSource::open(path);
    if (!model) {
        qWarning("%s", model.error().message().c_str());
        return {};
    }
    return *model;
}

std::filesystem::path shared()
{
    return std::filesystem::path(qEnvironmentVariable("BATLAB_SHARED_DIR").toStdString());
}

} // namespace

class TestModelSource : public QObject
{
    Q_OBJECT

    static void compareValues(const ModelSource &model, const std::vector<NamedTensor> &expected)
    {
        for (const auto &tensor : expected) {
            const TensorInfo *info = model.find(tensor.name);
            QVERIFY2(info, tensor.name.c_str());
            QVERIFY2(info->shape == tensor.shape, tensor.name.c_str());
            const auto values = model.readAll(tensor.name);
            QVERIFY2(values.ok(), tensor.name.c_str());
            QVERIFY2(*values == tensor.values, tensor.name.c_str());
        }
    }

private Q_SLOTS:
    void families_data()
    {
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<bool>("tied");
        QTest::addColumn<bool>("sharded");
        QTest::addColumn<bool>("biases");
        QTest::addColumn<int>("headDim");
        QTest::newRow("llama") << "llama"
                               << "F32" << false << false << false << 0;
        QTest::newRow("llama tied bf16") << "llama"
                                         << "BF16" << true << false << false << 0;
        QTest::newRow("llama biases f16") << "llama"
                                          << "F16" << false << false << true << 0;
        QTest::newRow("mistral sharded") << "mistral"
                                         << "BF16" << false << true << false << 32;
        QTest::newRow("qwen2") << "qwen2"
                               << "BF16" << true << false << false << 0;
        QTest::newRow("qwen3 sharded") << "qwen3"
                                       << "F32" << false << true << false << 32;
    }

    void families()
    {
        QFETCH(QString, family);
        QFETCH(QString, dtype);
        TinyModelOptions o;
        o.family = family.toStdString();
        o.dtype = dtype.toStdString();
        QFETCH(bool, tied);
        QFETCH(bool, sharded);
        QFETCH(bool, biases);
        QFETCH(int, headDim);
        o.tied = tied;
        o.sharded = sharded;
        o.biases = biases;
        o.headDim = headDim;
        QTemporaryDir dir;
        const auto model = open(writeTinyModel(under(dir, "model"), o));
        QVERIFY(model);
        const ModelConfig &c = model->config();
        QCOMPARE(QString::fromStdString(c.architecture), family);
        QCOMPARE(QString::fromStdString(c.displayName), QString("model"));
        QCOMPARE(c.tiedEmbeddings, o.tied);
        QCOMPARE(c.qkvBias, o.family == "qwen2" || biases);
        QCOMPARE(c.headDim, headDim ? headDim : 16);
        QVERIFY(model->container() == "safetensors");
        const auto tensors = tinyModelTensors(o);
        QCOMPARE(model->tensors().size(), tensors.size());
        std::int64_t parameters = 0;
        for (const auto &tensor : tensors)
            parameters += static_cast<std::int64_t>(tensor.values.size());
        QCOMPARE(c.totalParameters(), parameters);
        compareValues(*model, tensors);
        QVERIFY(std::is_sorted(model->tensors().begin(), model->tensors().end(),
                               [](const auto &a, const auto &b) { return a.name < b.name; }));
    }

    void ggufHasTheSameWeights_data()
    {
        QTest::addColumn<QString>("family");
        QTest::addColumn<bool>("tied");
        QTest::newRow("llama") << "llama" << false;
        QTest::newRow("mistral") << "mistral" << true;
        QTest::newRow("qwen2") << "qwen2" << false;
        QTest::newRow("qwen3") << "qwen3" << true;
    }

    void ggufHasTheSameWeights()
    {
        QFETCH(QString, family);
        QFETCH(bool, tied);
        TinyModelOptions o;
        o.family = family.toStdString();
        o.tied = tied;
        o.headDim = o.family == "qwen3" ? 32 : 0;
        QTemporaryDir dir;
        const auto model = open(writeTinyGguf(under(dir, "tiny.gguf"), o));
        QVERIFY(model);
        QVERIFY(model->container() == "gguf");
        const ModelConfig &c = model->config();
        QCOMPARE(c.tiedEmbeddings, tied);
        QCOMPARE(c.qkvBias, o.family == "qwen2");
        QCOMPARE(c.qkNorm, o.family == "qwen3");
        QCOMPARE(c.headDim, o.headDim ? o.headDim : 16);
        QCOMPARE(c.vocab, o.vocab);
        QVERIFY(std::abs(c.normEps - 1e-5) < 1e-11);
        compareValues(*model, tinyModelTensors(o));
        QCOMPARE(model->metadata()["general.name"].get<std::string>(), "tiny " + o.family);
    }

    void rowsAreReadAlone()
    {
        TinyModelOptions o;
        QTemporaryDir dir;
        const auto folder = open(writeTinyModel(under(dir, "m"), o));
        const auto gguf = open(writeTinyGguf(under(dir, "m.gguf"), o));
        QVERIFY(folder && gguf);
        const std::string name = "model.layers.1.self_attn.k_proj.weight";
        for (const auto &model : { folder, gguf }) {
            const auto all = model->readAll(name);
            QVERIFY(all.ok());
            std::vector<float> some(3 * 64);
            QVERIFY(model->read(name, 13, 3, some.data()).ok());
            QVERIFY(std::equal(some.begin(), some.end(), all->begin() + 13 * 64));
            QVERIFY(model->read(name, 32, 0, nullptr).ok());
            for (const auto &[row, rows] : { std::pair<std::int64_t, std::int64_t> { 0, 33 },
                                             { 33, 0 },
                                             { -1, 1 },
                                             { 0, -1 },
                                             { 31, INT64_MAX } })
                QCOMPARE(model->read(name, row, rows, some.data()).error().code,
                         ErrorCode::badInput);
            QCOMPARE(model->read("no.such", 0, 1, some.data()).error().code, ErrorCode::notFound);
            QCOMPARE(model->readAll("no.such").error().code, ErrorCode::notFound);
            const auto norm = model->readAll("model.norm.weight"); // 1-d: one row
            std::vector<float> row(64);
            QVERIFY(model->read("model.norm.weight", 0, 1, row.data()).ok());
            QVERIFY(norm.ok() && *norm == row);
        }
    }

    void hashesFollowTheBytes()
    {
        TinyModelOptions o;
        QTemporaryDir dir;
        const auto a = open(writeTinyModel(under(dir, "a"), o));
        const auto b = open(writeTinyModel(under(dir, "b"), o));
        o.seed = 2;
        const auto c = open(writeTinyModel(under(dir, "c"), o));
        QVERIFY(a && b && c);
        QCOMPARE(a->contentHash().orThrow(), b->contentHash().orThrow());
        QVERIFY(a->contentHash().orThrow() != c->contentHash().orThrow());
        QCOMPARE(a->contentHash().orThrow().size(), std::size_t { 32 });
        QCOMPARE(a->quickHash(), open(under(dir, "a"))->quickHash());
        QVERIFY(a->quickHash() != c->quickHash());
        double last = 0;
        QVERIFY(a->contentHash([&](double f) { return f >= last && (last = f, true); }).ok());
        QCOMPARE(last, 1.0);
        QCOMPARE(a->contentHash([](double) { return false; }).error().code, ErrorCode::cancelled);
    }

    void splitGguf()
    {
        TinyModelOptions o;
        o.tied = true;
        QTemporaryDir dir;
        GgufWriter second;
        second.addU16("split.no", 1);
        second.addU16("split.count", 2);
        GgufWriter first = tinyGguf(o);
        first.addU16("split.no", 0);
        first.addU16("split.count", 2);
        const auto one = under(dir, "m-00001-of-00002.gguf");
        const auto two = under(dir, "m-00002-of-00002.gguf");
        second.addTensor("extra.weight", { 2, 32 }, std::vector<float>(64, 0.5F));
        first.write(one);
        QCOMPARE(ModelSource::open(one).error().code, ErrorCode::notFound); // part 2 is missing
        second.write(two);
        const auto model = open(one);
        QVERIFY(model);
        QVERIFY(model->find("extra.weight"));
        QCOMPARE(model->find("extra.weight")->file, two.filename().string());
        QCOMPARE(model->readAll("extra.weight").orThrow().at(63), 0.5F);
        compareValues(*model, tinyModelTensors(o));
        QVERIFY(ModelSource::open(two).error().hint.find("first part") != std::string::npos);
        std::filesystem::rename(one, under(dir, "renamed.gguf"));
        QCOMPARE(ModelSource::open(under(dir, "renamed.gguf")).error().code, ErrorCode::badInput);
    }

    void ropeFactorsOfGguf()
    {
        TinyModelOptions o;
        auto writer = tinyGguf(o);
        const std::vector<float> factors { 1, 1, 2, 4, 8, 8, 8, 8 };
        writer.addTensor("rope_freqs.weight", { 8 }, factors);
        QTemporaryDir dir;
        writer.write(under(dir, "m.gguf"));
        const auto model = open(under(dir, "m.gguf"));
        QVERIFY(model);
        QVERIFY(model->config().rope.freqFactors == factors);
        QVERIFY(!model->find("rope_freqs.weight"));
        auto wrong = tinyGguf(o);
        wrong.addTensor("rope_freqs.weight", { 7 }, std::vector<float>(7, 1.0F));
        wrong.write(under(dir, "w.gguf"));
        QCOMPARE(ModelSource::open(under(dir, "w.gguf")).error().code, ErrorCode::badInput);
    }

    void nanIsFoundOnReading()
    {
        TinyModelOptions o;
        auto tensors = tinyModelTensors(o);
        tensors[3].values[70] = std::nanf("");
        QTemporaryDir dir;
        writeTinyModel(under(dir, "m"), o);
        writeBytes(under(dir, "m/model.safetensors"), safetensorsBytes(tensors));
        const auto model = open(under(dir, "m"));
        QVERIFY(model);
        const auto values = model->readAll(tensors[3].name);
        QCOMPARE(values.error().code, ErrorCode::badInput);
        QVERIFY(values.error().what.find("row 1, column 6") != std::string::npos);
        QVERIFY(values.error().where.find(tensors[3].name) != std::string::npos);
        std::vector<float> row(64);
        QVERIFY(model->read(tensors[3].name, 0, 1, row.data()).ok());
    }

    void storiesModel()
    {
        const auto bin = shared() / "models" / "stories260K" / "stories260K.bin";
        if (!std::filesystem::exists(bin))
            QSKIP("shared/models is absent: the stories260K conversion was NOT checked");
        QTemporaryDir dir;
        const auto folder = open(convertLlama2c(bin, under(dir, "stories")));
        const auto gguf = open(convertLlama2cToGguf(bin, bin.parent_path() / "tok512.bin",
                                                    under(dir, "stories.gguf")));
        QVERIFY(folder && gguf);
        QCOMPARE(folder->config().totalParameters(), 260032);
        QCOMPARE(folder->tensors().size(), gguf->tensors().size());
        // Two ways: rows reordered when written, and when read from the interleaved file.
        for (const auto &info : folder->tensors())
            QVERIFY2(folder->readAll(info.name).orThrow() == gguf->readAll(info.name).orThrow(),
                     info.name.c_str());
    }

    void demoModel()
    {
        const auto path = demoModelPath();
        if (!path)
            QSKIP("the demo model is absent: it was NOT opened");
        const auto model = open(*path);
        QVERIFY(model);
        const ModelConfig &c = model->config();
        QCOMPARE(c.layers, 30);
        QCOMPARE(c.hidden, 576);
        QCOMPARE(c.heads, 9);
        QCOMPARE(c.kvHeads, 3);
        QCOMPARE(c.vocab, 49152);
        QVERIFY(c.tiedEmbeddings);
        QCOMPARE(c.totalParameters(), 134515008);
        QCOMPARE(resolveModel("demo").orThrow(), *path);
        const auto q = model->readAll("model.layers.0.self_attn.q_proj.weight");
        QVERIFY(q.ok());
        double square = 0;
        for (const float v : *q)
            square += static_cast<double>(v) * static_cast<double>(v);
        const double rms = std::sqrt(square / static_cast<double>(q->size()));
        QVERIFY(rms > 0.01 && rms < 1.0);
    }

    void missingModels()
    {
        QTemporaryDir dir;
        QCOMPARE(ModelSource::open(under(dir, "none")).error().code, ErrorCode::notFound);
        QCOMPARE(ModelSource::open(dir.path().toStdString()).error().code, ErrorCode::notFound);
        QCOMPARE(resolveModel(under(dir, "none").string()).error().code, ErrorCode::notFound);
        const QByteArray before = qgetenv("BATLAB_DEMO_MODEL");
        qputenv("BATLAB_DEMO_MODEL", under(dir, "none.gguf").string().c_str());
        const auto demo = resolveModel("demo");
        QCOMPARE(demo.error().code, ErrorCode::notFound);
        QVERIFY(demo.error().hint.find("packaging/run") != std::string::npos);
        writeBytes(under(dir, "demo.gguf"), "x");
        qputenv("BATLAB_DEMO_MODEL", under(dir, "demo.gguf").string().c_str());
        QCOMPARE(resolveModel("demo").orThrow(), under(dir, "demo.gguf"));
        if (before.isNull())
            qunsetenv("BATLAB_DEMO_MODEL");
        else
            qputenv("BATLAB_DEMO_MODEL", before);
    }

    void headerOnlyOpening()
    {
        // A sparse 16 GB checkpoint of an 8B model's shape: opening must not touch the weights.
        QTemporaryDir dir;
        TinyModelOptions o;
        o.hidden = 4096;
        o.intermediate = 14336;
        o.layers = 32;
        o.heads = 32;
        o.kvHeads = 8;
        o.vocab = 128256;
        o.dtype = "BF16";
        writeBytes(under(dir, "big/config.json"), tinyModelConfig(o).dump());
        Json header = Json::object();
        std::uint64_t offset = 0;
        const auto add = [&](const std::string &name, std::vector<std::int64_t> shape) {
            std::uint64_t bytes = 2;
            for (const auto size : shape)
                bytes *= static_cast<std::uint64_t>(size);
            header[name] = { { "dtype", "BF16" },
                             { "shape", shape },
                             { "data_offsets", { offset, offset + bytes } } };
            offset += bytes;
        };
        add("model.embed_tokens.weight", { o.vocab, o.hidden });
        add("lm_head.weight", { o.vocab, o.hidden });
        add("model.norm.weight", { o.hidden });
        for (int i = 0; i < o.layers; ++i) {
            const std::string p = "model.layers." + std::to_string(i) + ".";
            add(p + "input_layernorm.weight", { o.hidden });
            add(p + "post_attention_layernorm.weight", { o.hidden });
            add(p + "self_attn.q_proj.weight", { 4096, o.hidden });
            add(p + "self_attn.k_proj.weight", { 1024, o.hidden });
            add(p + "self_attn.v_proj.weight", { 1024, o.hidden });
            add(p + "self_attn.o_proj.weight", { o.hidden, 4096 });
            add(p + "mlp.gate_proj.weight", { o.intermediate, o.hidden });
            add(p + "mlp.up_proj.weight", { o.intermediate, o.hidden });
            add(p + "mlp.down_proj.weight", { o.hidden, o.intermediate });
        }
        const std::string text = header.dump();
        const auto size = static_cast<std::uint64_t>(text.size());
        const auto file = under(dir, "big/model.safetensors");
        writeBytes(file, std::string(reinterpret_cast<const char *>(&size), 8) + text);
        std::error_code ec;
        std::filesystem::resize_file(file, 8 + size + offset, ec);
        if (ec)
            QSKIP("the file system has no sparse files: header-only opening was NOT checked");
        const auto resident = [] {
            std::ifstream in("/proc/self/statm");
            long total = 0;
            long pages = 0;
            in >> total >> pages;
            return pages * 4096 / 1'000'000;
        };
        const long before = resident();
        const auto model = open(under(dir, "big"));
        QVERIFY(model);
        QVERIFY(model->config().totalParameters() > 8'000'000'000LL);
        QVERIFY2(resident() - before < 100, "opening took 100 MB or more");
        std::vector<float> row(4096, 1.0F);
        QVERIFY(model->read("lm_head.weight", 128255, 1, row.data()).ok());
        QCOMPARE(row.back(), 0.0F);
    }
};

QTEST_GUILESS_MAIN(TestModelSource)
#include "tst_model_source.moc"
