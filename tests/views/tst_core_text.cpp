// SPDX-License-Identifier: Apache-2.0
// What the core says reaches the window in its language, whole or as the engine sends it (that
// every message is in the list is tst_core_texts' matter). What the window reads by itself, links
// and files of results, is told in its language too.
#include "core/job/process.h"
#include "core/recipe/recipe.h"
#include "tests/views/pseudo_core.h"
#include "views/models/core_text.h"
#include "views/models/cost_model.h"
#include "views/models/deep_link.h"
#include "views/models/imported_results.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace batlab;
using namespace batlab::views;
using test::readSource;
using test::WithPseudo;

namespace {

QString bracketed(const char *text)
{
    return QLatin1Char('[') + QLatin1String(text) + QLatin1Char(']');
}

} // namespace

class TstCoreText : public QObject
{
    Q_OBJECT

    /// A preset with some parameters of its stages set, unchecked.
    static Error refused(const char *stage, const Json &values)
    {
        Recipe recipe = PresetLibrary::builtIn().orThrow().find("bat").orThrow();
        for (Pass &pass : recipe.passes)
            for (Stage &s : pass.stages)
                if (s.kind == stage)
                    s.parameters.update(values);
        const Result<void> checked = checkRecipe(recipe, "here");
        return checked ? Error {} : checked.error();
    }

private Q_SLOTS:
    void failuresOfTheSystem()
    {
        const WithPseudo pseudo;
        QCOMPARE(coreText(QStringLiteral("cannot write: No space left on device")),
                 QStringLiteral("[cannot write: [No space left on device]]"));
        const Error dataset { ErrorCode::badInput, "cannot read the dataset", "/a.h5: /x",
                              "The file is damaged or of another kind; restore it from a backup or "
                              "write it again." };
        QCOMPARE(coreText(dataset),
                 QStringLiteral("[cannot read [the dataset]] (/a.h5: /x). [The file is damaged or "
                                "of another kind; restore it from a backup or write it again.]"));
    }

    void endingsOfTheEngine()
    {
        const WithPseudo pseudo;
        const char *const kept = "Its checkpoints are kept: start the engine again to go on.";
        for (const ExitStatus &status :
             { ExitStatus { 0, 0 }, ExitStatus { 3, 0 }, ExitStatus { 0, SIGKILL },
               ExitStatus { 0, SIGSEGV }, ExitStatus { 0, SIGTERM } }) {
            const std::string what = "the engine " + status.inWords();
            QCOMPARE(coreText(Error { ErrorCode::device, what, "engine", kept }),
                     bracketed(what.c_str()) + QStringLiteral(" (engine). ") + bracketed(kept));
            // With the last line it wrote.
            const QString said = coreText(qs(what + ": bad thing"));
            QVERIFY2(said.startsWith(QStringLiteral("[the engine ")), qPrintable(said));
        }
        for (const char *text : { "a 'b", "a \"b" }) {
            const auto split = splitCommandLine(text);
            QVERIFY(!split.ok() && coreText(qs(split.error().what)).startsWith(u'['));
        }
    }

    /// A hint that another one was put behind.
    void sentencesOneByOne()
    {
        const WithPseudo pseudo;
        QCOMPARE(coreText(QStringLiteral("Lower round.learnRate. Finished layers are kept.")),
                 QStringLiteral("[Lower round.learnRate.] [Finished layers are kept.]"));
        QCOMPARE(coreText(QStringLiteral("Unknown to all. Finished layers are kept.")),
                 QStringLiteral("Unknown to all. Finished layers are kept."));
    }

    void costsToCompareWith()
    {
        const WithPseudo pseudo;
        CostModel costs;
        const Json mine { { "id", "v" }, { "title", "H32 rotation" } };
        Json references = Json::array();
        const QString engine =
            readSource(QStringLiteral("core/engine/service/question_answers.cpp"));
        for (const char *name : { "H32 rotation", "Dense 32x32" }) {
            QVERIFY(engine.contains(QLatin1Char('"') + QLatin1String(name) + QLatin1Char('"')));
            references.push_back({ { "name", name } });
        }
        QVERIFY(costs
                    .setAnswer(Json { { "variants", Json::array({ mine }) },
                                      { "references", references } })
                    .ok());
        const auto title = [&](int row) { return costs.index(row, 0).data().toString(); };
        QCOMPARE(title(0), QStringLiteral("H32 rotation")); // somebody's own
        QCOMPARE(title(1), QStringLiteral("[H32 rotation]"));
        QCOMPARE(title(2), QStringLiteral("[Dense 32x32]"));
    }

    void linksAndResults()
    {
        const WithPseudo pseudo;
        const auto translated = [](const auto &result) {
            const auto said = [](const std::string &text) { return text.starts_with('['); };
            return !result.ok() && said(result.error().what)
                && (result.error().hint.empty() || said(result.error().hint));
        };
        for (const char *link : { "20/T9", "many", "1/T1/2/3/4", "batlab://shut" })
            QVERIFY2(translated(parseDeepLink(QString::fromLatin1(link))), link);

        QTemporaryDir folder;
        const auto importing = [&folder](const char *results, const char *samples) {
            const auto write = [&folder](const char *name, const char *text) {
                QFile file(folder.filePath(QString::fromLatin1(name)));
                return file.open(QIODevice::WriteOnly) && file.write(text) >= 0;
            };
            if (!write("results_x.json", results) || !write("samples_piqa_x.jsonl", samples))
                qFatal("cannot write");
            return importResults(
                std::filesystem::path(ss(folder.filePath(QStringLiteral("results_x.json")))));
        };
        QVERIFY(translated(importResults(std::filesystem::path(ss(folder.path())))));
        for (const char *results : { "{\"results\": 3}", "{\"results\": {\"piqa\": 3}}",
                                     "{\"results\": {\"piqa\": {\"acc,none\": \"x\"}}}",
                                     "{\"results\": {\"piqa\": {\"own,none\": 1}}}" })
            QVERIFY2(translated(importing(results, "")), results);
        const char *const good = "{\"results\": {\"piqa\": {\"acc,none\": 1}}}";
        QVERIFY(importing(good, "{\"doc_id\": 0, \"acc\": 1}\n").ok());
        const auto nameless = importing(good, "{\"acc\": 1}\n");
        QVERIFY(translated(nameless));
        QVERIFY2(nameless.error().where.starts_with('['), nameless.error().where.c_str());
    }

    /// Errors as checkRecipe makes them, whole and as the engine sends them.
    void errorsOfARecipe()
    {
        const WithPseudo pseudo;
        const Error dense = refused("transform", { { "kind", "dense" }, { "size", "full" } });
        QCOMPARE(coreText(dense),
                 bracketed("a dense transform over the whole width costs a GEMM")
                     + QStringLiteral(" (here, transform.size). ")
                     + bracketed("Use size: 16, 32, 64 or 128, or kind: kronecker."));
        QCOMPARE(coreText(qs(dense.message())), coreText(dense));
        // What is put in is a text of the core as well.
        const Error sites = refused("transform", { { "sites", Json::array() } });
        QCOMPARE(coreText(sites),
                 bracketed("names no site") + QStringLiteral(" (here, transform.sites). ")
                     + bracketed("Name at least one of T1, T2, T3, T4, or [set kind: none]."));
        QCOMPARE(coreText(qs(sites.message())), coreText(sites));
    }

    void argumentsFindTheirPlaces()
    {
        const WithPseudo pseudo;
        QCOMPARE(coreText(QStringLiteral("about 1.20 GB are needed in /a b and 0.50 GB are free")),
                 QStringLiteral("0.50 frei, 1.20 in /a b nötig"));
        // %1 in what is put in is no place.
        QCOMPARE(coreText(QStringLiteral("unknown format '%2'")),
                 QStringLiteral("[unknown format '%2']"));
        QCOMPARE(coreText(QStringLiteral("'T4:x': unknown side 'x' (variant v, "
                                         "precision.overrides). Did you mean 'cache'? Allowed: "
                                         "weights, cache.")),
                 QStringLiteral("['T4:x': [unknown side 'x']] ([variant v, precision.overrides]). "
                                "[Did you mean 'cache'? Allowed: weights, cache.]"));
        QCOMPARE(coreText(QStringLiteral("the run needs about 9.0 GB of memory and 2.0 GB are "
                                         "free. Use train.batch below 4, or a shorter "
                                         "train.length; a shorter protocol.windowLength; fewer "
                                         "calibration tokens, or close programs.")),
                 QStringLiteral("[the run needs about 9.0 GB of memory and 2.0 GB are free]. "
                                "[Use [train.batch below 4, or a shorter train.length]; [a shorter "
                                "protocol.windowLength]; fewer calibration tokens, or close "
                                "programs.]"));
        // A variant may be called what the core says.
        QCOMPARE(coreText(QStringLiteral("done: layer 1 of 2")),
                 QStringLiteral("[done: layer 1 of 2]"));
    }

    void otherTextStays()
    {
        for (const char *source : coreTexts()) {
            QString text = QString::fromUtf8(source);
            text.replace(QRegularExpression(QStringLiteral("%\\d")), QStringLiteral("x"));
            QCOMPARE(coreText(text), text); // English
        }
        const WithPseudo pseudo;
        for (const char *text : { "", "no such text", "no such text (here). Nor this." })
            QCOMPARE(coreText(QString::fromLatin1(text)), QString::fromLatin1(text));
    }
};

QTEST_GUILESS_MAIN(TstCoreText)
#include "tst_core_text.moc"
