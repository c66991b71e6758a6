// SPDX-License-Identifier: Apache-2.0
// Damaged and hostile checkpoints: every one gives an error that names the file, none crashes or
// asks for memory without bound. Run under the sanitizers, this is the parsers' main guard.
#include "core/base/hash.h"
#include "core/model/gguf_file.h"
#include "core/model/model_source.h"
#include "core/text/tokenizer.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <functional>

using namespace batlab;
using namespace batlab::test;

namespace {

TinyModelOptions smallest()
{
    TinyModelOptions o;
    o.hidden = 8;
    o.intermediate = 8;
    o.layers = 1;
    o.heads = 2;
    o.kvHeads = 1;
    o.vocab = 8;
    o.tied = true;
    o.tokenizer = false;
    return o;
}

/// A small GGUF with a vocabulary, so that both readers have something to do.
GgufWriter smallGguf()
{
    auto writer = tinyGguf(smallest());
    writer.addText("tokenizer.ggml.model", "gpt2");
    writer.addText("tokenizer.ggml.pre", "gpt-2");
    writer.addTexts("tokenizer.ggml.tokens", { "a", "b", "c", "ab", "abc", "<x>", "d", "e" });
    writer.addI32s("tokenizer.ggml.token_type", { 1, 1, 1, 1, 1, 3, 1, 1 });
    writer.addTexts("tokenizer.ggml.merges", { "a b", "ab c" });
    return writer;
}

/// Opens, and reads everything of what opened; true if all of it succeeded.
bool readsAll(const std::filesystem::path &path)
{
    const auto model = ModelSource::open(path);
    if (!model)
        return false;
    bool ok = true;
    for (const auto &info : (*model)->tensors())
        ok = (*model)->readAll(info.name).ok() && ok;
    (void)(*model)->metadata().dump();
    return ok;
}

bool tokenizes(const std::filesystem::path &path)
{
    const auto tokenizer = Tokenizer::open(path);
    if (!tokenizer)
        return false;
    const auto ids = (*tokenizer)->encode("abcab <x> dé\n");
    return ids.ok() && !(*tokenizer)->decode(*ids).empty();
}

template<class T>
void poke(std::string &bytes, std::size_t at, T value)
{
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

} // namespace

class TestModelHostile : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    std::filesystem::path file(const char *name) const
    {
        return std::filesystem::path(m_dir.path().toStdString()) / name;
    }

    void expectError(const std::string &bytes, const char *fragment,
                     ErrorCode code = ErrorCode::badInput) const
    {
        writeBytes(file("h.gguf"), bytes);
        const auto model = ModelSource::open(file("h.gguf"));
        QVERIFY2(!model.ok(), fragment);
        QCOMPARE(model.error().code, code);
        QVERIFY2(model.error().message().find(fragment) != std::string::npos,
                 model.error().message().c_str());
        QVERIFY2(model.error().where.find("h.gguf") != std::string::npos,
                 model.error().where.c_str());
        QVERIFY2(!model.error().hint.empty(), model.error().message().c_str());
    }

private Q_SLOTS:
    void theUndamagedFilesWork()
    {
        smallGguf().write(file("ok.gguf"));
        QVERIFY(readsAll(file("ok.gguf")));
        QVERIFY(tokenizes(file("ok.gguf")));
        QVERIFY(readsAll(writeTinyModel(file("ok"), smallest())));
    }

    void ggufTruncatedAtEveryByte()
    {
        const std::string whole = smallGguf().bytes();
        writeBytes(file("whole.gguf"), whole);
        const auto header = GgufFile::open(file("whole.gguf")).orThrow()->headerBytes();
        for (std::size_t n = 0; n < whole.size(); n += n < header + 64 ? 1 : 61) {
            writeBytes(file("t.gguf"), whole.substr(0, n));
            // The last padding may be cut off; nothing else.
            if (n + 32 < whole.size())
                QVERIFY2(!ModelSource::open(file("t.gguf")).ok(), qPrintable(QString::number(n)));
            else
                (void)readsAll(file("t.gguf"));
            if (n < header)
                QVERIFY(!Tokenizer::fromGguf(file("t.gguf")).ok());
        }
    }

    void ggufWithEveryBitFlipped()
    {
        const std::string whole = smallGguf().bytes();
        writeBytes(file("whole.gguf"), whole);
        const auto header = GgufFile::open(file("whole.gguf")).orThrow()->headerBytes();
        int opened = 0;
        for (std::size_t at = 0; at < header; ++at) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at * 5 % 8)));
            writeBytes(file("f.gguf"), damaged);
            opened += readsAll(file("f.gguf")) ? 1 : 0;
            (void)tokenizes(file("f.gguf"));
        }
        QVERIFY(opened > 0); // e.g. a letter of the model's name
        QVERIFY(opened < static_cast<int>(header) / 2);
    }

    void ggufWithRandomDamage()
    {
        const std::string whole = smallGguf().bytes();
        for (std::uint64_t round = 0; round < 600; ++round) {
            std::string damaged = whole;
            for (std::uint64_t k = 0; k < 1 + round % 6; ++k) {
                const std::uint64_t r = randomBits(round, k);
                const std::size_t at = r % (k % 2 ? damaged.size() : 1200);
                if (r >> 40 & 1)
                    damaged[at] = static_cast<char>(r >> 32);
                else if (at + 8 < damaged.size())
                    poke(damaged, at, randomBits(r, 1) | (r >> 41 & 1 ? 0xFFFFFFFF00000000ULL : 0));
            }
            writeBytes(file("r.gguf"), damaged);
            (void)readsAll(file("r.gguf"));
            (void)tokenizes(file("r.gguf"));
        }
    }

    void ggufHeaders()
    {
        std::string bytes = smallGguf().bytes();
        const std::string good = bytes;
        poke(bytes, 0, std::uint32_t { 0x46554747 } + 1);
        expectError(bytes, "not a GGUF");
        bytes = good;
        poke(bytes, 4, std::uint32_t { 1 });
        expectError(bytes, "version 1", ErrorCode::unsupported);
        poke(bytes, 4, std::uint32_t { 0x03000000 });
        expectError(bytes, "big-endian", ErrorCode::unsupported);
        for (const std::uint64_t count :
             { std::uint64_t { 1 } << 40, ~std::uint64_t { 0 }, std::uint64_t { 1 } << 63 }) {
            bytes = good;
            poke(bytes, 8, count);
            expectError(bytes, "tensors, more than");
            bytes = good;
            poke(bytes, 16, count);
            expectError(bytes, "key-values, more than");
        }
        bytes = good;
        poke(bytes, 24, std::uint64_t { 1 } << 62); // length of the first key
        expectError(bytes, "claims");
        bytes = good;
        poke(bytes, 24, ~std::uint64_t { 0 });
        expectError(bytes, "claims");
        bytes = good;
        bytes[32] = '\xff'; // first letter of the first key
        expectError(bytes, "no valid text");
    }

    void ggufTables()
    {
        const auto with = [](const std::function<void(GgufWriter &)> &change) {
            auto writer = smallGguf();
            change(writer);
            return writer.bytes();
        };
        const std::vector<float> eight(64, 1.0F);
        expectError(with([&](GgufWriter &w) { w.addText("general.name", "again"); }), "twice");
        expectError(with([&](GgufWriter &w) { w.addTensor("output_norm.weight", { 8 }, eight); }),
                    "twice");
        expectError(with([&](GgufWriter &w) { w.addU32("general.alignment", 48); }), "alignment");
        expectError(with([&](GgufWriter &w) { w.addText("general.alignment", "x"); }), "integer");
        expectError(with([&](GgufWriter &w) { w.addTensor("x", { 1 }, 16, "1234"); }),
                    "unsupported type 16", ErrorCode::unsupported);
        expectError(with([&](GgufWriter &w) { w.addTensor("x", { 33 }, 2, std::string(36, 0)); }),
                    "multiple");
        expectError(with([&](GgufWriter &w) { w.addTensor("x", { 0 }, 0, ""); }), "shape");
        expectError(
            with([&](GgufWriter &w) {
                w.addTensor("x", { std::int64_t { 1 } << 40, std::int64_t { 1 } << 40 }, 0, "");
            }),
            "shape");
        expectError(with([&](GgufWriter &w) { w.addTensor("x", { 1 << 20 }, 0, "1234"); }),
                    "ends before");
        expectError(with([&](GgufWriter &w) { w.addTensor("x\xff", { 1 }, 0, "1234"); }), "name");
    }

    void ggufOverlap()
    {
        GgufWriter writer;
        writer.addTensor("aaaa", { 64 }, std::vector<float>(64));
        writer.addTensor("bbbb", { 64 }, std::vector<float>(64));
        std::string bytes = writer.bytes();
        // name length 8, name 4, dims 4, size 8, type 4, offset 8: the second offset.
        const std::size_t entry = bytes.find("bbbb");
        poke(bytes, entry + 4 + 4 + 8 + 4, std::uint64_t { 32 });
        expectError(bytes, "overlap");
        poke(bytes, entry + 4 + 4 + 8 + 4, std::uint64_t { 3 });
        expectError(bytes, "aligned");
        poke(bytes, entry + 4 + 4 + 8 + 4, ~std::uint64_t { 31 });
        expectError(bytes, "ends before");
    }

    void ggufWrongModels()
    {
        auto o = smallest();
        auto writer = tinyGguf(o);
        GgufWriter other;
        other.addText("general.architecture", "mamba");
        other.addTensor("token_embd.weight", { 8, 8 }, std::vector<float>(64));
        expectError(other.bytes(), "mamba", ErrorCode::unsupported);
        GgufWriter none;
        none.addText("general.architecture", "llama");
        expectError(none.bytes(), "vocabulary only");
        GgufWriter bare;
        bare.addText("general.architecture", "llama");
        bare.addTensor("token_embd.weight", { 8, 8 }, std::vector<float>(64));
        expectError(bare.bytes(), "embedding_length");
        o.layers = 2;
        std::string bytes = tinyGguf(o).bytes();
        const std::size_t key = bytes.find("llama.block_count");
        poke(bytes, key + 17 + 4, std::uint32_t { 3 });
        expectError(bytes, "model.layers.2.");
        poke(bytes, key + 17 + 4, std::uint32_t { 0xFFFFFFFF });
        expectError(bytes, "number of layers");
        bytes = tinyGguf(o).bytes();
        const std::size_t ffn = bytes.find("llama.feed_forward_length");
        poke(bytes, ffn + 25 + 4, std::uint32_t { 16 });
        expectError(bytes, "expected [16, 8]");
        writer.addU32("llama.expert_count", 8);
        expectError(writer.bytes(), "mixture", ErrorCode::unsupported);
    }

    void safetensorsTruncatedAndFlipped()
    {
        const auto o = smallest();
        const auto dir = writeTinyModel(file("st"), o);
        const std::string whole = safetensorsBytes(tinyModelTensors(o));
        std::uint64_t header = 0;
        std::memcpy(&header, whole.data(), 8);
        for (std::size_t n = 0; n < whole.size(); n += n < header + 40 ? 3 : 61) {
            writeBytes(dir / "model.safetensors", whole.substr(0, n));
            const auto model = ModelSource::open(dir);
            QVERIFY2(!model.ok(), qPrintable(QString::number(n)));
            QVERIFY(model.error().where.find("model.safetensors") != std::string::npos);
        }
        for (std::size_t at = 0; at < header + 8; ++at) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at * 3 % 8)));
            writeBytes(dir / "model.safetensors", damaged);
            (void)readsAll(dir);
        }
    }

    void safetensorsHeaders_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("fragment");
        const auto entry = [](const char *rest) { return QByteArray("{\"a\":{") + rest + "}}"; };
        QTest::newRow("no JSON") << QByteArray("{\"a\":") << QByteArray("JSON");
        QTest::newRow("list") << QByteArray("[]") << QByteArray("no table");
        QTest::newRow("bad UTF-8") << QByteArray("{\"\xff\":{}}") << QByteArray("JSON");
        QTest::newRow("twice") << QByteArray("{\"a\":{},\"a\":{}}") << QByteArray("twice");
        QTest::newRow("deep") << QByteArray(200000, '[') << QByteArray("table");
        QTest::newRow("dtype") << entry(R"("dtype":"F99","shape":[1],"data_offsets":[0,4])")
                               << QByteArray("F99");
        QTest::newRow("negative") << entry(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])")
                                  << QByteArray("no size");
        QTest::newRow("overflow") << entry(
            R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4])")
                                  << QByteArray("large");
        QTest::newRow("outside") << entry(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])")
                                 << QByteArray("outside");
        QTest::newRow("reversed") << entry(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])")
                                  << QByteArray("outside");
        QTest::newRow("size") << entry(R"("dtype":"F32","shape":[3],"data_offsets":[0,4])")
                              << QByteArray("do not fit");
        QTest::newRow("hole") << entry(R"("dtype":"F16","shape":[1],"data_offsets":[2,4])")
                              << QByteArray("hole");
        QTest::newRow("rest") << entry(R"("dtype":"F16","shape":[1],"data_offsets":[0,2])")
                              << QByteArray("no tensor");
        QTest::newRow("overlap") << QByteArray(
            R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
            R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})")
                                 << QByteArray("overlaps");
        QTest::newRow("fields") << entry(R"("dtype":"F32","shape":[1])") << QByteArray("missing");
        QTest::newRow("offset kind") << entry(R"("dtype":"F32","shape":[1],"data_offsets":[0,-4])")
                                     << QByteArray("missing or wrong");
    }

    void safetensorsHeaders()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, fragment);
        const auto dir = writeTinyModel(file("sh"), smallest());
        const auto size = static_cast<std::uint64_t>(header.size());
        writeBytes(dir / "model.safetensors",
                   std::string(reinterpret_cast<const char *>(&size), 8) + header.toStdString()
                       + std::string(4, '\0'));
        const auto model = ModelSource::open(dir);
        QVERIFY(!model.ok());
        QVERIFY2(model.error().message().find(fragment.toStdString()) != std::string::npos,
                 model.error().message().c_str());
        QVERIFY(!model.error().hint.empty());
    }

    void folders()
    {
        const auto o = smallest();
        const auto dir = writeTinyModel(file("fo"), o);
        const auto errorOf = [&] { return ModelSource::open(dir).error().message(); };
        auto tensors = tinyModelTensors(o);
        tensors.pop_back();
        writeBytes(dir / "model.safetensors", safetensorsBytes(tensors));
        QVERIFY(errorOf().find("model.norm.weight") != std::string::npos);
        tensors = tinyModelTensors(o);
        tensors[2].shape = { 4, 16 };
        writeBytes(dir / "model.safetensors", safetensorsBytes(tensors));
        QVERIFY(errorOf().find("[4, 16], expected [8, 8]") != std::string::npos);
        writeBytes(dir / "config.json", "{\"model_type\": \"llama\"");
        QVERIFY(errorOf().find("config.json") != std::string::npos);
        writeBytes(dir / "config.json", std::string(100000, '['));
        QCOMPARE(ModelSource::open(dir).error().code, ErrorCode::badInput);
        writeBytes(dir / "config.json", std::string("{\"a\":\"\xc3\"}"));
        QCOMPARE(ModelSource::open(dir).error().code, ErrorCode::badInput);
        std::filesystem::remove(dir / "config.json");
        QCOMPARE(ModelSource::open(dir).error().code, ErrorCode::notFound);
        writeBytes(dir / "empty.gguf", "");
        QCOMPARE(ModelSource::open(dir / "empty.gguf").error().code, ErrorCode::badInput);
    }

    void indexes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("json") << QByteArray("{");
        QTest::newRow("no map") << QByteArray("{}");
        QTest::newRow("kind") << QByteArray(R"({"weight_map": {"a": 1}})");
        QTest::newRow("outside") << QByteArray(R"({"weight_map": {"a": "../secret"}})");
        QTest::newRow("parent") << QByteArray(R"({"weight_map": {"a": ".."}})");
        QTest::newRow("missing") << QByteArray(R"({"weight_map": {"a": "none.safetensors"}})");
        QTest::newRow("empty") << QByteArray(R"({"weight_map": {}})");
        QTest::newRow("broken promise")
            << QByteArray(R"({"weight_map": {"a": "model-00001-of-00002.safetensors"}})");
    }

    void indexes()
    {
        QFETCH(QByteArray, text);
        auto o = smallest();
        o.sharded = true;
        const auto dir = writeTinyModel(file("ix"), o);
        QVERIFY(readsAll(dir));
        writeBytes(dir / "model.safetensors.index.json", text.toStdString());
        const auto model = ModelSource::open(dir);
        QVERIFY(!model.ok());
        QVERIFY(!model.error().where.empty() && !model.error().hint.empty());
    }

    void fileThatShrinksIsNoticed()
    {
        TinyModelOptions o;
        o.tokenizer = false;
        const auto dir = writeTinyModel(file("shrink"), o);
        const auto model = ModelSource::open(dir).orThrow();
        std::filesystem::resize_file(dir / "model.safetensors", 5000);
        const auto values = model->readAll("lm_head.weight");
        QCOMPARE(values.error().code, ErrorCode::badInput);
        QVERIFY(values.error().what.find("shorter") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestModelHostile)
#include "tst_model_hostile.moc"
