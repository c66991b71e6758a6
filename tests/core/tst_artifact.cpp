// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/artifact/artifact.h"
#include "tests/support/fake_run.h"

#include <limits>
#include <set>

using namespace batlab;

class TestArtifact : public QObject
{
    Q_OBJECT

    static Json throughCbor(const Json &value) { return Json::from_cbor(Json::to_cbor(value)); }
    static SiteStats stats()
    {
        SiteStats s;
        s.variant = "bat";
        s.layer = { Branch::text, 3 };
        s.site = Site::t4;
        s.stage = StatStage::after;
        s.tokens = 7;
        s.blocks = 2;
        s.energy = { 1.5F, std::numeric_limits<float>::quiet_NaN() };
        s.bins = 3;
        s.histogramLimit = 8;
        s.histogram = { 1, 2, 3, 4, 5, 4000000000U };
        s.codeUse.assign(32, 9);
        return s;
    }
    static Part part()
    {
        Part p;
        p.kind = "layer-solution";
        p.attributes = { { "layer", 3 }, { "name", "x" } };
        p.tensors = { { "a", "f32", { 2, 1 }, { 1, 2, 3, 4, 5, 6, 7, 8 } },
                      { "b", "u8", { 3 }, { 1, 2, 3 } },
                      { "c", "bf16", {}, { 1, 2 } } };
        return p;
    }

private Q_SLOTS:
    void everyKindSurvivesCbor()
    {
        const PresetLibrary presets = *PresetLibrary::builtIn();
        const RunSpec spec = *runSpecFromYaml("variants: [rtn, bat]\n", presets, "x");
        std::set<std::string> kinds, keys;
        for (const FakeStep &step : fakeRun(spec, 2)) {
            const Json json = toJson(step.artifact);
            const Result<Artifact> again = artifactFromJson(throughCbor(json));
            QVERIFY2(again.ok(), again ? "" : again.error().message().c_str());
            QVERIFY(Json::to_cbor(toJson(*again)) == Json::to_cbor(json));
            QCOMPARE(artifactKey(*again), artifactKey(step.artifact));
            kinds.insert(std::string(kindName(step.artifact)));
            // variant-info comes again when its calibration is done
            QVERIFY2(keys.insert(artifactKey(step.artifact)).second
                         || kindName(step.artifact) == "variant-info",
                     artifactKey(step.artifact).c_str());
        }
        QCOMPARE(kinds.size(), std::variant_size_v<Artifact>);
    }

    void keys()
    {
        QCOMPARE(artifactKey(Artifact(stats())), std::string("site-stats/bat/text.3/T4/after"));
        QCOMPARE(artifactKey(Artifact(ModelSummary {})), std::string("model-summary"));
        EvaluationResult r;
        r.variant = "bat";
        r.task = "wikitext2";
        r.metric = "perplexity";
        QCOMPARE(artifactKey(Artifact(r)),
                 std::string("evaluation-result/bat/wikitext2/perplexity"));
    }

    void numbersAreExact()
    {
        const Result<Artifact> again = artifactFromJson(throughCbor(toJson(Artifact(stats()))));
        const auto &s = std::get<SiteStats>(*again);
        QVERIFY(std::isnan(s.energy[1]));
        QCOMPARE(s.histogram[5], 4000000000U);
        QVERIFY(s.kurtosis.empty());
        LinearScore score;
        score.outputSqnrDb = 0.1;
        score.weightSqnrDb = std::numeric_limits<double>::infinity();
        const Result<Artifact> scored = artifactFromJson(throughCbor(toJson(Artifact(score))));
        QVERIFY(std::get<LinearScore>(*scored).outputSqnrDb == 0.1);
        QVERIFY(std::isinf(std::get<LinearScore>(*scored).weightSqnrDb));
        // A piece may be half of a UTF-8 sequence.
        const Result<Artifact> pieces =
            artifactFromJson(throughCbor(toJson(Artifact(SampleTokens { { 1 }, { "\xf0\x9f" } }))));
        QCOMPARE(std::get<SampleTokens>(*pieces).pieces[0], std::string("\xf0\x9f"));
    }

    /// Engines and sessions of earlier versions do not send them.
    void laterFieldsMayBeMissing()
    {
        ModelSummary model;
        model.tokenizerHash = "00ff";
        EvaluationResult result;
        result.textHash = "ff00";
        Json older = toJson(Artifact(model));
        QCOMPARE(std::get<ModelSummary>(*artifactFromJson(older)).tokenizerHash,
                 std::string("00ff"));
        older.erase("tokenizer_hash");
        QVERIFY(std::get<ModelSummary>(*artifactFromJson(older)).tokenizerHash.empty());
        older = toJson(Artifact(result));
        QCOMPARE(std::get<EvaluationResult>(*artifactFromJson(older)).textHash,
                 std::string("ff00"));
        older.erase("text_hash");
        QVERIFY(std::get<EvaluationResult>(*artifactFromJson(older)).textHash.empty());
        VariantInfo info;
        info.calibrationHash = "0ff0";
        older = toJson(Artifact(info));
        QCOMPARE(std::get<VariantInfo>(*artifactFromJson(older)).calibrationHash,
                 std::string("0ff0"));
        older.erase("calibration_hash");
        QVERIFY(std::get<VariantInfo>(*artifactFromJson(older)).calibrationHash.empty());
    }

    void hostileArtifacts_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");
        QTest::newRow("no kind") << "kind"
                                 << "null";
        QTest::newRow("unknown kind") << "kind"
                                      << "\"new-thing\"";
        QTest::newRow("blocks too many") << "blocks"
                                         << "3";
        QTest::newRow("blocks negative") << "blocks"
                                         << "-1";
        QTest::newRow("blocks huge") << "blocks"
                                     << "18446744073709551615";
        QTest::newRow("bins overflow") << "bins"
                                       << "2147483648";
        QTest::newRow("bins real") << "bins"
                                   << "3.0";
        QTest::newRow("site") << "site"
                              << "\"T9\"";
        QTest::newRow("layer") << "layer"
                               << "\"text.-1\"";
        QTest::newRow("stage") << "stage"
                               << "\"later\"";
        QTest::newRow("energy list") << "energy"
                                     << "[1, 2]";
        QTest::newRow("variant") << "variant"
                                 << "3";
        QTest::newRow("limit") << "histogram_limit"
                               << "\"8\"";
    }
    void hostileArtifacts()
    {
        QFETCH(QString, key);
        QFETCH(QString, json);
        Json value = toJson(Artifact(stats()));
        QVERIFY(artifactFromJson(value).ok());
        value[key.toStdString()] = Json::parse(json.toStdString());
        const Result<Artifact> refused = artifactFromJson(value);
        QVERIFY(!refused.ok());
        QVERIFY(!refused.error().what.empty());
        value.erase(key.toStdString());
        QVERIFY(!artifactFromJson(value).ok());
    }

    void wrongSizes()
    {
        for (const char *key : { "energy", "histogram", "code_use" }) {
            Json value = toJson(Artifact(stats()));
            value[key].get_binary().resize(value[key].get_binary().size() - 4);
            QVERIFY2(!artifactFromJson(value).ok(), key);
            value[key].get_binary().resize(value[key].get_binary().size() - 1);
            QVERIFY2(!artifactFromJson(value).ok(), key);
        }
        for (const char *text : { "null", "3", "[]", "\"x\"", "{}" })
            QVERIFY(!artifactFromJson(Json::parse(text)).ok());
        Json tokens = toJson(Artifact(SampleTokens { { 1, 2 }, { "a", "b" } }));
        tokens["pieces"].erase(0);
        QVERIFY(!artifactFromJson(tokens).ok());
    }

    void partRoundTripAndHash()
    {
        const Part p = part();
        const Result<Part> again = partFromJson(throughCbor(toJson(p)));
        QVERIFY2(again.ok(), again ? "" : again.error().message().c_str());
        QCOMPARE(again->contentHash(), p.contentHash());
        QCOMPARE(p.contentHash().size(), std::size_t(32));
        QCOMPARE(p.find("b")->bytes[2], std::uint8_t(3));
        QVERIFY(!p.find("bb") && !p.find(""));
        // Everything that is part of it changes the hash.
        const auto differs = [&](auto change) {
            Part other = part();
            change(other);
            return other.contentHash() != p.contentHash();
        };
        QVERIFY(differs([](Part &x) { x.kind = "train-state"; }));
        QVERIFY(differs([](Part &x) { x.attributes["layer"] = 4; }));
        QVERIFY(differs([](Part &x) { x.tensors[0].name = "A"; }));
        QVERIFY(differs([](Part &x) { x.tensors[0].dtype = "i32"; }));
        QVERIFY(differs([](Part &x) { x.tensors[0].shape = { 1, 2 }; }));
        QVERIFY(differs([](Part &x) { x.tensors[0].bytes[7] = 0; }));
        QVERIFY(differs([](Part &x) { x.tensors.pop_back(); }));
    }

    void hostileParts()
    {
        const auto refused = [](auto change) {
            Part p = part();
            change(p);
            return !checkPart(p).ok() && !partFromJson(toJson(p)).ok();
        };
        QVERIFY(checkPart(part()).ok());
        QVERIFY(refused([](Part &x) { x.tensors[0].bytes.pop_back(); }));
        QVERIFY(refused([](Part &x) { x.tensors[0].dtype = "f33"; }));
        QVERIFY(refused([](Part &x) { x.tensors[0].shape = { -2, -1 }; }));
        QVERIFY(refused([](Part &x) { x.tensors[0].shape = { 1LL << 31, 1LL << 31, 1LL << 31 }; }));
        QVERIFY(refused([](Part &x) { std::swap(x.tensors[0], x.tensors[1]); }));
        QVERIFY(refused([](Part &x) { x.tensors[1].name = "a"; }));
        QVERIFY(refused([](Part &x) { x.tensors[0].name = ""; }));
        Json value = toJson(part());
        value["tensors"][0]["shape"] = "wide";
        QVERIFY(!partFromJson(value).ok());
        value["tensors"] = 3;
        QVERIFY(!partFromJson(value).ok());
        QVERIFY(!partFromJson(Json()).ok());
    }
};

QTEST_GUILESS_MAIN(TestArtifact)
#include "tst_artifact.moc"
