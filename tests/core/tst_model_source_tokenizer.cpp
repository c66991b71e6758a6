// SPDX-License-Identifier: Apache-2.0
// Which tokenizer a model has is told beside its weights, in folders and inside GGUF files.
#include "core/model/model_source.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

using namespace batlab;
using namespace batlab::test;

class TestModelSourceTokenizer : public QObject
{
    Q_OBJECT

    static std::string hashOf(const std::filesystem::path &model)
    {
        return ModelSource::open(model).orThrow()->tokenizerHash();
    }
    static std::filesystem::path under(const QTemporaryDir &dir, const char *name)
    {
        return std::filesystem::path(dir.path().toStdString()) / name;
    }

private Q_SLOTS:
    void folder()
    {
        QTemporaryDir dir;
        const auto a = writeTinyModel(under(dir, "a"));
        TinyModelOptions other;
        other.seed = 2; // other weights
        const auto b = writeTinyModel(under(dir, "b"), other);
        const std::string hash = hashOf(a);
        QCOMPARE(hash.size(), std::size_t { 32 });
        QCOMPARE(hashOf(b), hash);
        // One token renamed: the weights stay the same, the tokenizer does not.
        const auto before = ModelSource::open(a).orThrow();
        Json json = byteTokenizerJson();
        json["added_tokens"][0]["content"] = "<|end|>";
        writeBytes(a / "tokenizer.json", json.dump());
        QVERIFY(hashOf(a) != hash);
        QCOMPARE(ModelSource::open(a).orThrow()->quickHash(), before->quickHash());
        QCOMPARE(ModelSource::open(a).orThrow()->contentHash().orThrow(),
                 before->contentHash().orThrow());
        // SentencePiece's file where there is no other; nothing where there is none.
        std::filesystem::remove(a / "tokenizer.json");
        QCOMPARE(hashOf(a), std::string());
        writeBytes(a / "tokenizer.model", "pieces");
        QCOMPARE(hashOf(a).size(), std::size_t { 32 });
        QVERIFY(hashOf(a) != hash);
    }

    void insideGguf()
    {
        QTemporaryDir dir;
        const auto with = [&](const char *file, const std::vector<std::string> &tokens,
                              const std::vector<std::int32_t> &types, std::uint64_t seed) {
            TinyModelOptions options;
            options.seed = seed;
            GgufWriter writer = tinyGguf(options);
            writer.addText("tokenizer.ggml.model", "gpt2");
            writer.addTexts("tokenizer.ggml.tokens", tokens);
            writer.addI32s("tokenizer.ggml.token_type", types);
            writer.write(under(dir, file));
            return hashOf(under(dir, file));
        };
        const std::string hash = with("a.gguf", { "ab", "c" }, { 1, 1 }, 1);
        QCOMPARE(hash.size(), std::size_t { 32 });
        QCOMPARE(with("b.gguf", { "ab", "c" }, { 1, 1 }, 2), hash); // other weights
        QVERIFY(with("c.gguf", { "a", "bc" }, { 1, 1 }, 1) != hash);
        QVERIFY(with("d.gguf", { "ab", "c" }, { 1, 3 }, 1) != hash);
        QCOMPARE(hashOf(writeTinyGguf(under(dir, "none.gguf"))), std::string());
    }
};

QTEST_GUILESS_MAIN(TestModelSourceTokenizer)
#include "tst_model_source_tokenizer.moc"
