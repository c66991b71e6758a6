// SPDX-License-Identifier: Apache-2.0
// Reference token ids of other implementations (shared/data/README.md) and the token counts of the
// perplexity protocol (methods.md 4.1).
#include "core/model/model_source.h"
#include "core/text/dataset.h"
#include "core/text/tokenizer.h"

#include <QTest>

#include <fstream>
#include <iterator>
#include <sstream>

using namespace batlab;

namespace {

std::filesystem::path dataDir()
{
    return std::filesystem::path(qEnvironmentVariable("BATLAB_SHARED_DIR").toStdString()) / "data";
}

std::string readFile(const std::filesystem::path &file)
{
    std::ifstream in(file, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), {} };
}

std::vector<std::string> splitAt(const std::string &text, const std::string &separator)
{
    std::vector<std::string> out;
    std::size_t begin = 0;
    for (std::size_t at = text.find(separator); at != std::string::npos;
         at = text.find(separator, begin)) {
        out.push_back(text.substr(begin, at - begin));
        begin = at + separator.size();
    }
    out.push_back(text.substr(begin));
    return out;
}

std::vector<std::string> lines(const std::string &text)
{
    auto out = splitAt(text, "\n");
    if (!out.empty() && out.back().empty())
        out.pop_back();
    return out;
}

std::vector<TokenId> ids(std::string text)
{
    for (char &c : text)
        if (c == ',')
            c = ' ';
    std::istringstream in(text);
    return { std::istream_iterator<TokenId>(in), {} };
}

/// In the "small" cases \n is a newline, \s a space, \x nothing.
std::string unescaped(const std::string &line)
{
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && i + 1 < line.size()
            && (line[i + 1] == 'n' || line[i + 1] == 's' || line[i + 1] == 'x')) {
            const char c = line[++i];
            if (c != 'x')
                out += c == 'n' ? '\n' : ' ';
        } else {
            out += line[i];
        }
    }
    return out;
}

std::shared_ptr<const Tokenizer> open(const std::filesystem::path &file)
{
    auto tokenizer = Tokenizer::open(file);
    if (!tokenizer) {
        qWarning("%s", tokenizer.error().message().c_str());
        return {};
    }
    return *tokenizer;
}

} // namespace

class TestTokenizerVectors : public QObject
{
    Q_OBJECT

    void compare(const Tokenizer &tokenizer, const std::string &text,
                 const std::vector<TokenId> &expected, const std::string &label)
    {
        const auto got = tokenizer.encode(text);
        QVERIFY2(got.ok(), got ? "" : got.error().message().c_str());
        const auto different =
            std::mismatch(got->begin(), got->end(), expected.begin(), expected.end());
        const auto at = different.first - got->begin();
        QVERIFY2(*got == expected,
                 (label + ": differs at token " + std::to_string(at) + " of "
                  + std::to_string(expected.size()))
                     .c_str());
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!std::filesystem::exists(dataDir() / "tokenizers"))
            QSKIP("shared/data/tokenizers is absent: the reference vectors were NOT checked");
    }

    void kitoken_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("suffix");
        QTest::newRow("gpt2") << "gpt2"
                              << "gpt2";
        QTest::newRow("mistral") << "mistral_v0.1"
                                 << "mistral01";
    }

    void kitoken()
    {
        QFETCH(QString, folder);
        QFETCH(QString, suffix);
        const auto root = dataDir() / "tokenizers";
        const auto tokenizer = open(root / folder.toStdString() / "tokenizer.json");
        QVERIFY(tokenizer);
        const auto file = [&](const std::string &name) {
            return readFile(root / "kitoken_vectors" / name);
        };
        const auto inputs = lines(file("small_input.txt"));
        const auto expected = lines(file("small_tokens_" + suffix.toStdString() + ".txt"));
        QVERIFY(inputs.size() == expected.size() && inputs.size() >= 20);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            compare(*tokenizer, unescaped(inputs[i]), ids(expected[i]),
                    "small " + std::to_string(i));
        const std::string utf8 = file("utf8_input.txt");
        QVERIFY(utf8.size() > 10000);
        std::vector<TokenId> all;
        for (const auto &line : lines(file("utf8_tokens_" + suffix.toStdString() + ".txt")))
            for (const TokenId id : ids(line))
                all.push_back(id);
        compare(*tokenizer, utf8, all, "utf8");
    }

    void kitokenDecodes()
    {
        const auto root = dataDir() / "tokenizers";
        const auto tokenizer = open(root / "mistral_v0.1" / "tokenizer.json");
        QVERIFY(tokenizer);
        const auto file = [&](const std::string &name) {
            return readFile(root / "kitoken_vectors" / name);
        };
        const auto tokens = lines(file("small_tokens_mistral01.txt"));
        const auto outputs = lines(file("small_output_mistral01.txt"));
        QCOMPARE(tokens.size(), outputs.size());
        for (std::size_t i = 0; i < tokens.size(); ++i)
            QCOMPARE(QString::fromStdString(tokenizer->decode(ids(tokens[i]))),
                     QString::fromStdString(unescaped(outputs[i])));
        std::vector<TokenId> all;
        for (const auto &line : lines(file("utf8_tokens_mistral01.txt")))
            for (const TokenId id : ids(line))
                all.push_back(id);
        QVERIFY(tokenizer->decode(all) == file("utf8_output_mistral01.txt"));
    }

    void gpt2DecodesEverything()
    {
        const auto root = dataDir() / "tokenizers";
        const auto tokenizer = open(root / "gpt2" / "tokenizer.json");
        QVERIFY(tokenizer);
        const std::string text = readFile(root / "kitoken_vectors" / "utf8_input.txt");
        QVERIFY(tokenizer->decode(*tokenizer->encode(text)) == text);
    }

    void ggml_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("gpt-2") << "ggml-vocab-gpt-2.gguf";
        QTest::newRow("phi-3") << "ggml-vocab-phi-3.gguf";
    }

    void ggml()
    {
        QFETCH(QString, name);
        const auto file = dataDir() / "tokenizers" / "ggml_vocab" / name.toStdString();
        const auto tokenizer = open(file);
        QVERIFY(tokenizer);
        auto inputs = splitAt(readFile(file.string() + ".inp"), "\n__ggml_vocab_test__\n");
        if (inputs.back().empty()) // a separator closes the file
            inputs.pop_back();
        const auto expected = splitAt(readFile(file.string() + ".out"), "\n");
        QCOMPARE(inputs.size(), std::size_t { 46 });
        QVERIFY(expected.size() >= inputs.size());
        for (std::size_t i = 0; i < inputs.size(); ++i)
            compare(*tokenizer, inputs[i], ids(expected[i]), "text " + std::to_string(i));
    }

    void protocolCounts_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<qint64>("count");
        QTest::newRow("smollm2") << "smollm2/tokenizer.json" << qint64 { 304978 };
        QTest::newRow("gpt2") << "gpt2/tokenizer.json" << qint64 { 287644 };
        QTest::newRow("gpt2 gguf") << "ggml_vocab/ggml-vocab-gpt-2.gguf" << qint64 { 287644 };
    }

    void protocolCounts()
    {
        QFETCH(QString, file);
        QFETCH(qint64, count);
        const auto text = wikitextProtocolText(dataDir() / "wikitext2_raw" / "wiki.test.raw");
        QVERIFY(text.ok());
        const auto tokenizer = open(dataDir() / "tokenizers" / file.toStdString());
        QVERIFY(tokenizer);
        const auto tokens = tokenizer->encode(*text);
        QVERIFY(tokens.ok());
        QCOMPARE(static_cast<qint64>(tokens->size()), count);
        QVERIFY(tokenizer->decode(*tokens) == *text);
    }

    void demoModelAgreesWithJson()
    {
        const auto demo = demoModelPath();
        if (!demo)
            QSKIP("the demo model is absent: its vocabulary was NOT checked");
        const auto gguf = open(*demo);
        const auto json = open(dataDir() / "tokenizers" / "smollm2" / "tokenizer.json");
        QVERIFY(gguf && json);
        const auto text = wikitextProtocolText(dataDir() / "wikitext2_raw" / "wiki.test.raw");
        QVERIFY(text.ok());
        const auto tokens = gguf->encode(*text);
        QVERIFY(tokens.ok());
        QCOMPARE(tokens->size(), std::size_t { 304978 });
        QCOMPARE(splitWindows(*tokens, 2048).size(), std::size_t { 148 });
        QVERIFY(*tokens == *json->encode(*text));
        const std::string special = "<|im_start|>user\nTwo  12345 \u00e9\u4f60 <|im_end|>\n";
        QVERIFY(*gguf->encode(special) == *json->encode(special));
        QCOMPARE(gguf->vocabSize(), json->vocabSize());
        QCOMPARE(gguf->documentStart(), 0);
        QCOMPARE(gguf->eos().value_or(-1), 2);
        QCOMPARE(json->eos().value_or(-1), 2);
        const auto chat = renderChat(*gguf, { { "user", "Hi" } }, true);
        QVERIFY(chat.ok());
        QCOMPARE(QString::fromStdString(*chat),
                 QString("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained "
                         "by Hugging Face<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                         "<|im_start|>assistant\n"));
    }
};

QTEST_GUILESS_MAIN(TestTokenizerVectors)
#include "tst_tokenizer_vectors.moc"
