// SPDX-License-Identifier: Apache-2.0
// The rules of tokenizer.json and of GGUF vocabularies, one by one, on small made-up tokenizers.
#include "core/text/tokenizer.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace batlab;
using namespace batlab::test;

namespace {

using Ids = std::vector<TokenId>;

Json added(int id, const char *content, bool special = true)
{
    return {
        { "id", id },        { "content", content },  { "special", special },  { "lstrip", false },
        { "rstrip", false }, { "normalized", false }, { "single_word", false }
    };
}

/// A character-level vocabulary: a..z, space, digits, U+2581.
Json plainJson()
{
    Json vocab = Json::object();
    int id = 0;
    for (const char c : std::string("abcdefghijklmnopqrstuvwxyz 0123456789"))
        vocab[std::string(1, c)] = id++;
    vocab["\xE2\x96\x81"] = id++; // 37
    vocab["ab"] = id++; // 38
    vocab["abc"] = id++; // 39
    vocab["bc"] = id++; // 40
    return {
        { "added_tokens", Json::array() },
        { "normalizer", nullptr },
        { "pre_tokenizer", nullptr },
        { "decoder", { { "type", "Fuse" } } },
        { "model",
          { { "type", "BPE" }, { "vocab", vocab }, { "merges", { "b c", { "a", "b" }, "a bc" } } } }
    };
}

} // namespace

class TestTokenizerRules : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    std::filesystem::path file(const char *name) const
    {
        return std::filesystem::path(m_dir.path().toStdString()) / name;
    }
    Result<std::shared_ptr<const Tokenizer>> make(const Json &json) const
    {
        writeBytes(file("tokenizer.json"), json.dump());
        return Tokenizer::fromJsonFile(file("tokenizer.json"));
    }
    static Ids ids(const Tokenizer &t, const std::string &text, EncodeOptions options = {})
    {
        const auto out = t.encode(text, options);
        return out ? *out : Ids { -1 };
    }

private Q_SLOTS:
    void init() { std::filesystem::remove(file("tokenizer_config.json")); }

    void mergesByRank()
    {
        const auto t = make(plainJson()).orThrow();
        QCOMPARE(ids(*t, "abc"), (Ids { 39 })); // bc (rank 0) before ab, then a + bc
        QCOMPARE(ids(*t, "ab"), (Ids { 38 }));
        QCOMPARE(ids(*t, "bcbc"), (Ids { 40, 40 }));
        QCOMPARE(ids(*t, ""), Ids {});
        QCOMPARE(ids(*t, "a\xC3\xA9"), (Ids { 0 })); // no unknown token: it vanishes
        QCOMPARE(QString::fromStdString(t->decode({ 39, 26, 38 })), QString("abc ab"));
        QCOMPARE(t->tokenId("abc").value_or(-1), 39);
        QVERIFY(!t->tokenId("zz"));
        QCOMPARE(QString::fromStdString(t->piece(9999)), QString());
        QCOMPARE(QString::fromStdString(t->piece(-1)), QString());
    }

    void ignoreMergesTakesWholePieces()
    {
        Json json = plainJson();
        json["model"]["vocab"]["abcd"] = 41;
        QCOMPARE(ids(*make(json).orThrow(), "abcd"), (Ids { 39, 3 }));
        json["model"]["ignore_merges"] = true;
        QCOMPARE(ids(*make(json).orThrow(), "abcd"), (Ids { 41 }));
    }

    void unknownAndByteFallback()
    {
        Json json = plainJson();
        json["model"]["vocab"]["<unk>"] = 41;
        json["model"]["unk_token"] = "<unk>";
        QCOMPARE(ids(*make(json).orThrow(), "a\xC3\xA9\xC3\xA9z"), (Ids { 0, 41, 41, 25 }));
        json["model"]["fuse_unk"] = true;
        QCOMPARE(ids(*make(json).orThrow(), "a\xC3\xA9\xC3\xA9z"), (Ids { 0, 41, 25 }));
        char name[8];
        for (int b = 0; b < 256; ++b) {
            std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(b));
            json["model"]["vocab"][name] = 100 + b;
        }
        json["model"]["byte_fallback"] = true;
        json["decoder"] = { { "type", "ByteFallback" } };
        const auto t = make(json).orThrow();
        QCOMPARE(ids(*t, "a\xC3\xA9z"), (Ids { 0, 100 + 0xC3, 100 + 0xA9, 25 }));
        QCOMPARE(QString::fromStdString(t->decode({ 0, 100 + 0xC3, 100 + 0xA9 })),
                 QString("a\u00e9"));
        QCOMPARE(t->decode({ 100 + 0xC3 }), std::string("\xC3")); // half a character stays
        QCOMPARE(t->tokenId("\xC3").value_or(-1), 100 + 0xC3);
    }

    void addedTokensLongestFirst()
    {
        Json json = plainJson();
        json["added_tokens"] = { added(50, "<a>"), added(51, "<a><b>"), added(52, "xy", false) };
        const auto t = make(json).orThrow();
        QCOMPARE(ids(*t, "a<a>b"), (Ids { 0, 50, 1 }));
        QCOMPARE(ids(*t, "<a><b><a>"), (Ids { 51, 50 }));
        QCOMPARE(ids(*t, "zxyz"), (Ids { 25, 52, 25 }));
        EncodeOptions plain;
        plain.parseSpecial = false;
        QCOMPARE(ids(*t, "<a>xy", plain), (Ids { 0, 52 })); // < and > are not in the vocabulary
        QCOMPARE(QString::fromStdString(t->decode({ 50, 0, 52 }, true)), QString("axy"));
        QCOMPARE(QString::fromStdString(t->decode({ 50, 0 })), QString("<a>a"));
        QCOMPARE(t->vocabSize(), 53);
        QCOMPARE(t->tokenId("<a><b>").value_or(-1), 51);
    }

    void addedTokenFlags()
    {
        Json json = plainJson();
        Json left = added(50, "<l>");
        left["lstrip"] = true;
        Json right = added(51, "<r>");
        right["rstrip"] = true;
        Json word = added(52, "wo", false);
        word["single_word"] = true;
        json["added_tokens"] = { left, right, word };
        const auto t = make(json).orThrow();
        QCOMPARE(ids(*t, "a  <l> b"), (Ids { 0, 50, 26, 1 }));
        QCOMPARE(ids(*t, "a <r>\t\n b"), (Ids { 0, 26, 51, 1 }));
        QCOMPARE(ids(*t, "<r> <l>"), (Ids { 51, 50 })); // a space is eaten once
        QCOMPARE(ids(*t, "wo"), (Ids { 52 }));
        QCOMPARE(ids(*t, "a wo b"), (Ids { 0, 26, 52, 26, 1 }));
        QCOMPARE(ids(*t, "won"), (Ids { 22, 14, 13 }));
        QCOMPARE(ids(*t, "two"), (Ids { 19, 22, 14 }));
    }

    void normalizedTokensSeeNormalizedText()
    {
        Json json = plainJson();
        json["normalizer"] = { { "type", "Lowercase" } };
        Json token = added(50, "Key", false);
        token["normalized"] = true;
        json["added_tokens"] = { token };
        const auto t = make(json).orThrow();
        QCOMPARE(ids(*t, "aKEYb"), (Ids { 0, 50, 1 }));
        QCOMPARE(ids(*t, "KE"), (Ids { 10, 4 }));
    }

    void normalizers()
    {
        Json json = byteTokenizerJson();
        json["normalizer"] = { { "type", "NFC" } };
        const auto t = make(json).orThrow();
        QCOMPARE(ids(*t, "e\xCC\x81"), ids(*t, "\xC3\xA9"));
        QCOMPARE(ids(*t, "e\xCC\x81").size(), std::size_t { 2 });
        json["normalizer"] = { { "type", "Sequence" },
                               { "normalizers",
                                 { { { "type", "NFKD" } },
                                   { { "type", "Strip" } },
                                   { { "type", "Replace" },
                                     { "pattern", { { "Regex", "\\d+" } } },
                                     { "content", "#" } } } } };
        const auto sequence = make(json).orThrow();
        QCOMPARE(QString::fromStdString(sequence->decode(ids(*sequence, " \xEF\xAC\x81 12 3 "))),
                 QString("fi # #"));
    }

    void metaspaceSchemes()
    {
        Json json = plainJson();
        json["added_tokens"] = { added(50, "<s>") };
        const auto with = [&](const char *scheme, bool split) {
            json["pre_tokenizer"] = { { "type", "Metaspace" },
                                      { "replacement", "\xE2\x96\x81" },
                                      { "prepend_scheme", scheme },
                                      { "split", split } };
            json["decoder"] = { { "type", "Metaspace" },
                                { "replacement", "\xE2\x96\x81" },
                                { "prepend_scheme", scheme } };
            return make(json).orThrow();
        };
        QCOMPARE(ids(*with("always", true), "a<s>b c"), (Ids { 37, 0, 50, 37, 1, 37, 2 }));
        QCOMPARE(ids(*with("first", true), "a<s>b c"), (Ids { 37, 0, 50, 1, 37, 2 }));
        QCOMPARE(ids(*with("first", true), "<s>b"), (Ids { 50, 1 }));
        QCOMPARE(ids(*with("never", false), "a b"), (Ids { 0, 37, 1 }));
        QCOMPARE(ids(*with("always", false), " a"), (Ids { 37, 0 })); // no second mark
        QCOMPARE(QString::fromStdString(with("always", true)->decode({ 37, 0, 37, 1 })),
                 QString("a b"));
        QCOMPARE(QString::fromStdString(with("never", true)->decode({ 37, 0 })), QString(" a"));
    }

    void splitBehaviours()
    {
        // The pieces show in what may merge: "ab" is a token, but not across pieces.
        Json json = plainJson();
        json["model"]["merges"] = { "a b", "b c" };
        json["model"]["vocab"].erase("abc");
        json["model"]["vocab"]["xx"] = 39;
        const auto with = [&](const char *behavior, const char *regex, bool invert = false) {
            json["pre_tokenizer"] = { { "type", "Split" },
                                      { "pattern", { { "Regex", regex } } },
                                      { "behavior", behavior },
                                      { "invert", invert } };
            return ids(*make(json).orThrow(), "abcab");
        };
        QCOMPARE(with("Isolated", "b"), (Ids { 0, 1, 2, 0, 1 }));
        QCOMPARE(with("Removed", "b"), (Ids { 0, 2, 0 }));
        QCOMPARE(with("Removed", "b", true), (Ids { 1, 1 }));
        QCOMPARE(with("MergedWithPrevious", "b"), (Ids { 38, 2, 38 }));
        // Pieces a | bca | b: "bc" merges inside the second.
        QCOMPARE(with("MergedWithNext", "b"), (Ids { 0, 40, 0, 1 }));
    }

    void spacesAreUnicodeWhiteSpace()
    {
        Json json = byteTokenizerJson();
        json["model"]["merges"] = Json::array();
        json["pre_tokenizer"] = { { "type", "Sequence" },
                                  { "pretokenizers",
                                    { { { "type", "Split" },
                                        { "pattern", { { "Regex", "\\s" } } },
                                        { "behavior", "Removed" } },
                                      { { "type", "ByteLevel" },
                                        { "add_prefix_space", false },
                                        { "use_regex", false } } } } };
        const auto t = make(json).orThrow();
        for (const char *space : { " ", "\t", "\n", "\v", "\xC2\x85", "\xC2\xA0", "\xE2\x80\x83",
                                   "\xE3\x80\x80", "\xE2\x80\xA8" })
            QCOMPARE(ids(*t, std::string("a") + space + "b"), (Ids { 'a', 'b' }));
        // U+180E, U+200B and U+FEFF are none.
        for (const char *none : { "\xE1\xA0\x8E", "\xE2\x80\x8B", "\xEF\xBB\xBF" })
            QCOMPARE(ids(*t, std::string("a") + none + "b").size(), std::size_t { 5 });
    }

    void endsFromThePostProcessor()
    {
        Json json = plainJson();
        json["added_tokens"] = { added(50, "<s>"), added(51, "</s>") };
        json["post_processor"] = {
            { "type", "TemplateProcessing" },
            { "single",
              { { { "SpecialToken", { { "id", "<s>" }, { "type_id", 0 } } } },
                { { "Sequence", { { "id", "A" }, { "type_id", 0 } } } },
                { { "SpecialToken", { { "id", "</s>" }, { "type_id", 0 } } } } } },
            { "special_tokens",
              { { "<s>", { { "id", "<s>" }, { "ids", { 50 } } } },
                { "</s>", { { "id", "</s>" }, { "ids", { 51 } } } } } }
        };
        EncodeOptions ends;
        ends.addSpecial = true;
        const auto t = make(json).orThrow();
        QCOMPARE(ids(*t, "a"), (Ids { 0 }));
        QCOMPARE(ids(*t, "a", ends), (Ids { 50, 0, 51 }));
        QCOMPARE(t->bos().value_or(-1), 50); // guessed: there is no tokenizer_config.json
        QCOMPARE(t->documentStart(), 50);
        json["post_processor"] = nullptr;
        writeBytes(file("tokenizer_config.json"),
                   Json { { "bos_token", { { "content", "<s>" } } },
                          { "eos_token", "</s>" },
                          { "add_bos_token", true },
                          { "chat_template", "hello" } }
                       .dump());
        const auto configured = make(json).orThrow();
        QCOMPARE(ids(*configured, "a", ends), (Ids { 50, 0 }));
        QCOMPARE(configured->eos().value_or(-1), 51);
        QCOMPARE(configured->chatTemplate(), std::string("hello"));
    }

    void sentencePieceGguf()
    {
        GgufWriter w;
        w.addText("tokenizer.ggml.model", "llama");
        std::vector<std::string> tokens { "<unk>",
                                          "<s>",
                                          "</s>",
                                          "\xE2\x96\x81",
                                          "a",
                                          "b",
                                          "\xE2\x96\x81"
                                          "a",
                                          "ab",
                                          "\xE2\x96\x81"
                                          "ab",
                                          "<user>" };
        std::vector<float> scores { 0, 0, 0, -4, -5, -6, -1, -2, -3, 0 };
        std::vector<std::int32_t> types { 2, 3, 3, 1, 1, 1, 1, 1, 1, 4 };
        char name[8];
        for (int b = 0; b < 256; ++b) {
            std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(b));
            tokens.emplace_back(name);
            scores.push_back(0);
            types.push_back(6);
        }
        w.addTexts("tokenizer.ggml.tokens", tokens);
        w.addF32s("tokenizer.ggml.scores", scores);
        w.addI32s("tokenizer.ggml.token_type", types);
        w.write(file("spm.gguf"));
        const auto t = Tokenizer::open(file("spm.gguf")).orThrow();
        QCOMPARE(ids(*t, "ab"), (Ids { 8 })); // the best score first: _a, then _a + b
        QCOMPARE(ids(*t, "aab"), (Ids { 6, 7 }));
        QCOMPARE(ids(*t, "a\xC3\xA9"), (Ids { 6, 10 + 0xC3, 10 + 0xA9 }));
        QCOMPARE(ids(*t, "a</s>a<user>"), (Ids { 6, 2, 6, 9 }));
        EncodeOptions plain;
        plain.parseSpecial = false;
        plain.addSpecial = true;
        QCOMPARE(ids(*t, "<user>a", plain), (Ids { 1, 9, 6 })); // user-defined tokens always count
        QCOMPARE(ids(*t, "<s>", plain).size(), std::size_t { 5 });
        QCOMPARE(QString::fromStdString(t->decode({ 6, 5, 3, 4 })), QString("ab a"));
        QCOMPARE(QString::fromStdString(t->piece(6)), QString(" a"));
        QCOMPARE(t->tokenId(" a").value_or(-1), 6);
        QCOMPARE(t->eos().value_or(-1), 2);
    }

    void longWordsAreFast()
    {
        const auto t = make(plainJson()).orThrow();
        std::string word;
        for (int i = 0; i < 200000; ++i)
            word += "abc"[i % 3];
        QElapsedTimer timer;
        timer.start();
        const auto out = ids(*t, word);
        QVERIFY(out.size() == 66667);
        QVERIFY2(timer.elapsed() < 20000, "quadratic time on a long word");
    }

    void invalidTextIsRefused()
    {
        const auto t = make(plainJson()).orThrow();
        for (const char *text : { "a\xff", "\xC3", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xC0\x80" })
            QCOMPARE(t->encode(text).error().code, ErrorCode::badInput);
        QVERIFY(t->encode("a\xff").error().where.find("byte 1") != std::string::npos);
    }

    void chatTemplates()
    {
        const auto render = [&](const std::string &source, const std::vector<ChatMessage> &messages,
                                bool prompt) {
            Json config = { { "chat_template", source }, { "bos_token", "<|endoftext|>" } };
            writeBytes(file("tokenizer_config.json"), config.dump());
            const auto t = make(byteTokenizerJson()).orThrow();
            return renderChat(*t, messages, prompt);
        };
        const std::string chatMl =
            "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
            "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}\n"
            "{%- if add_generation_prompt -%} {{ '<|im_start|>assistant\\n' }}{% endif %}";
        const std::vector<ChatMessage> talk { { "user", " Hi " }, { "assistant", "Yo" } };
        QCOMPARE(
            render(chatMl, talk, true).orThrow(),
            std::string("<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nYo<|im_end|>\n"
                        "<|im_start|>assistant\n"));
        const std::string qwen =
            "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
            "{{ '<|im_start|>system\\nIt\\'s me.<|im_end|>\\n' }}{% endif %}"
            "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + "
            "'\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
            "{% endif %}";
        QCOMPARE(
            render(qwen, { { "user", "x" } }, false).orThrow(),
            std::string("<|im_start|>system\nIt's me.<|im_end|>\n<|im_start|>user\nx<|im_end|>\n"));
        QCOMPARE(render(qwen, { { "system", "s" } }, false).orThrow(),
                 std::string("<|im_start|>system\ns<|im_end|>\n"));
        const std::string llama3 =
            "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = "
            "'<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ "
            "message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = "
            "bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if "
            "add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
            "{% endif %}";
        QCOMPARE(render(llama3, talk, true).orThrow(),
                 std::string("<|endoftext|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                             "<|start_header_id|>assistant<|end_header_id|>\n\nYo<|eot_id|>"
                             "<|start_header_id|>assistant<|end_header_id|>\n\n"));
        QCOMPARE(render("{{ messages }}", talk, true).error().code, ErrorCode::unsupported);
        QCOMPARE(render("", talk, true).error().code, ErrorCode::unsupported);
        QCOMPARE(render(chatMl + "!", talk, true).error().code, ErrorCode::unsupported);
    }

    void badFiles_data()
    {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("unsupported");
        QTest::newRow("model kind")
            << QByteArray("/model/type") << QByteArray("\"Unigram\"") << true;
        QTest::newRow("no vocabulary") << QByteArray("/model/vocab") << QByteArray("{}") << false;
        QTest::newRow("huge id") << QByteArray("/model/vocab/a") << QByteArray("9000000000")
                                 << false;
        QTest::newRow("sparse id")
            << QByteArray("/model/vocab/a") << QByteArray("16000000") << false;
        QTest::newRow("negative id") << QByteArray("/model/vocab/a") << QByteArray("-1") << false;
        QTest::newRow("same id") << QByteArray("/model/vocab/a") << QByteArray("1") << false;
        QTest::newRow("merge text")
            << QByteArray("/model/merges/0") << QByteArray("\"bc\"") << false;
        QTest::newRow("merge unknown")
            << QByteArray("/model/merges/0") << QByteArray("\"q q\"") << false;
        QTest::newRow("merge kind") << QByteArray("/model/merges/0") << QByteArray("7") << false;
        QTest::newRow("empty merge")
            << QByteArray("/model/merges/0") << QByteArray("\"\"") << false;
        QTest::newRow("unk") << QByteArray("/model/unk_token") << QByteArray("\"<no>\"") << false;
        QTest::newRow("suffix") << QByteArray("/model/end_of_word_suffix") << QByteArray("\"</w>\"")
                                << true;
        QTest::newRow("normalizer")
            << QByteArray("/normalizer") << QByteArray("{\"type\": \"Precompiled\"}") << true;
        QTest::newRow("pattern") << QByteArray("/pre_tokenizer")
                                 << QByteArray("{\"type\": \"Split\", \"pattern\": {\"Regex\": "
                                               "\"(a\"}, \"behavior\": \"Isolated\"}")
                                 << false;
        QTest::newRow("pre-tokenizer") << QByteArray("/pre_tokenizer")
                                       << QByteArray("{\"type\": \"BertPreTokenizer\"}") << true;
        QTest::newRow("decoder") << QByteArray("/decoder") << QByteArray("{\"type\": \"CTC\"}")
                                 << true;
        QTest::newRow("added") << QByteArray("/added_tokens") << QByteArray("[{}]") << false;
        QTest::newRow("added id") << QByteArray("/added_tokens")
                                  << QByteArray("[{\"id\": 1e18, \"content\": \"x\"}]") << false;
        QTest::newRow("processor") << QByteArray("/post_processor")
                                   << QByteArray("{\"type\": \"BertProcessing\"}") << true;
    }

    void badFiles()
    {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(bool, unsupported);
        Json json = plainJson();
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto t = make(json);
        QVERIFY(!t.ok());
        QCOMPARE(t.error().code == ErrorCode::unsupported, unsupported);
        QVERIFY2(t.error().where.find("tokenizer.json") != std::string::npos,
                 t.error().message().c_str());
        QVERIFY(!t.error().hint.empty());
    }

    void truncatedFiles()
    {
        const std::string whole = plainJson().dump();
        for (std::size_t n = 0; n < whole.size(); n += 7) {
            writeBytes(file("tokenizer.json"), whole.substr(0, n));
            QVERIFY(!Tokenizer::fromJsonFile(file("tokenizer.json")).ok());
        }
        QCOMPARE(Tokenizer::open(file("none")).error().code, ErrorCode::notFound);
    }

    void endlessPatternsGiveUp()
    {
        Json json = plainJson();
        json["pre_tokenizer"] = { { "type", "Split" },
                                  { "pattern", { { "Regex", "(a+)+$" } } },
                                  { "behavior", "Isolated" } };
        const auto t = make(json).orThrow();
        const auto out = t->encode(std::string(5000, 'a') + "b");
        QVERIFY(!out.ok() || !out->empty()); // an error or an answer, in finite time
    }
};

QTEST_GUILESS_MAIN(TestTokenizerRules)
#include "tst_tokenizer_rules.moc"
