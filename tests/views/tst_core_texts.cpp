// SPDX-License-Identifier: Apache-2.0
// The list of what the core says is complete: every message of the checks, of files and sessions,
// of the engine and the connection to it stands in it, and so does what a job says it is doing; and
// nothing goes round it on the way to the window.
#include "tests/views/pseudo_core.h"
#include "views/models/core_text.h"

#include <QDir>
#include <QDirIterator>
#include <QHash>
#include <QRegularExpression>
#include <QTest>

using namespace batlab;
using namespace batlab::views;
using test::readSource;
using test::WithPseudo;

namespace {

/// Every string literal of a C++ source that no translation tool reads, those that stand behind
/// each other as one; {} where something is put between two of them ("a" + x + "b").
QStringList literals(QString source)
{
    const QString one = QStringLiteral(R"(\"((?:[^\"\\\n]|\\.)*)\")");
    static const QRegularExpression comments(QStringLiteral("^\\s*#.*$|(^|\\s)//.*$"),
                                             QRegularExpression::MultilineOption),
        translatable(QStringLiteral(R"(\b(?:tr|translate)\((?:[\s,]*%1)+)").arg(one)),
        quote(QStringLiteral(R"(\+\s*'\"'|'\"'\s*\+)")),
        character(QStringLiteral(R"(\+\s*'([^\"\\\n])')")), part(one),
        literal(QStringLiteral(R"(%1(?:\s*(?:\+\s*(?:[^\",;()]|\((?:[^\"()]|\([^\"()]*\))*\))*)"
                               R"(\+\s*)?%1)*)")
                    .arg(one));
    source.remove(comments);
    source.remove(translatable);
    source.replace(quote, QStringLiteral(R"(+ "\"" +)"));
    source.replace(character, QStringLiteral(R"(+ "\1")"));
    QStringList out;
    for (auto all = literal.globalMatch(source); all.hasNext();) {
        const QString found = all.next().captured();
        QString text;
        qsizetype end = 0;
        for (auto parts = part.globalMatch(found); parts.hasNext();) {
            const QRegularExpressionMatch piece = parts.next();
            if (found.mid(end, piece.capturedStart() - end).simplified().size() > 1)
                text += QStringLiteral("{}");
            text += piece.captured(1);
            end = piece.capturedEnd();
        }
        out.append(text.replace(QStringLiteral("\\\""), QStringLiteral("\"")));
    }
    return out;
}

/// Those that are more than a word.
QStringList sentences(const QString &source)
{
    static const QRegularExpression words(QStringLiteral("[A-Za-z]{2,},? [A-Za-z{]"));
    return literals(source).filter(words);
}

/// What such a literal becomes at run time: something stands where fmt or a sum puts it.
QString filled(QString text)
{
    text.replace(QRegularExpression(QStringLiteral("\\{\\d*(:[^{}]*)?\\}")), QStringLiteral("x"));
    if (text.endsWith(QStringLiteral("; ")))
        text.chop(2);
    if (text.startsWith(u' ') || text.startsWith(u':'))
        text.prepend(u'x');
    if (text.endsWith(u'\'') && text.count(u'\'') % 2 == 1)
        text += QStringLiteral("x'");
    else if (text.endsWith(u' '))
        text += u'x';
    return text;
}

} // namespace

class TstCoreTexts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void placesAreInOrder()
    {
        static const QRegularExpression place(QStringLiteral("%(\\d)"));
        QStringList seen;
        for (const char *source : coreTexts()) {
            const QString text = QString::fromUtf8(source);
            QVERIFY2(!seen.contains(text), source);
            seen.append(text);
            int expected = 0;
            for (auto all = place.globalMatch(text); all.hasNext();)
                QCOMPARE(all.next().captured(1).toInt(), ++expected);
        }
        QVERIFY(seen.size() > 150);
    }

    void messagesAreListed_data()
    {
        QTest::addColumn<QStringList>("names"); // words that are no message
        const QHash<QString, QStringList> names {
            { "app/gui/application.cpp", // of the self-test
              { "self-test: saving failed\\n", "self-test: %s, first frame after %.2f s\\n" } },
            { "core/engine/calib/calibrate.cpp", // a setting of the variant
              { "its own text,", "its own text and {},", "{} {} x {} tokens, seed {}" } },
            { "core/engine/calib/site_transform.cpp", { "geometric means {} {} {}" } },
            { "core/engine/calib/trouble.cpp", { "Finished layers are kept" } }, // with its stop
            { "core/engine/device/driver.cpp", { ": cannot open shared object file" } },
            { "core/engine/service/run_job.cpp", { "Full precision" } },
            { "core/job/process.cpp", // endingsOfTheEngine
              { "a {} quote is not closed", "exited with status {}", "was stopped by {}",
                "was killed (SIGKILL); the system may have run out of memory" } },
            { "core/job/remote_engine.cpp", { "the engine " } },
            { "core/spec/format_names.cpp", { "scale rule", "tie mode" } },
            { "core/spec/parameter.cpp", { "expected a parameter", "unknown type of parameter" } },
            { "sessions/artifact_io.cpp",
              { "bytes of all pieces, one after the other", "where each piece ends" } },
            { "sessions/checkpoint_folder.cpp", { "make the folder" } }, // failuresOfTheSystem
            { "sessions/file_commit.cpp",
              { "make the change of the folder durable", "cannot {}: {}", "use the folder" } },
            { "sessions/file_lock.cpp", { "write here" } },
            { "sessions/session_parts.cpp", { "make the folder" } },
            { "sessions/session_writer.cpp", { "Batlab session" } },
        };
        // What stands in files, is only said on the command line, or names what is kept in memory.
        const QStringList silent {
            "sessions/field_table.cpp",          "sessions/nexus.cpp",
            "sessions/session_diff.cpp",         "sessions/session_extract.cpp",
            "sessions/session_info.cpp",         "sessions/tensor_file.cpp",
            "core/engine/proxy/layer_memo.cpp",  "core/engine/service/gemm_time.cpp",
            "core/engine/service/step_time.cpp", "core/engine/service/random_source.cpp",
        };
        QStringList files {
            "core/base/json.cpp",
            "core/engine/device/driver.cpp",
            "core/job/engine_messages.cpp",
            "core/job/engine_server.cpp",
            "core/job/frame.cpp",
            "core/job/process.cpp",
            "core/job/remote_engine.cpp",
            "core/recipe/check_recipe.cpp",
            "core/recipe/precision.cpp",
            "core/recipe/preset_library.cpp",
            "core/recipe/read_recipe.cpp",
            "core/spec/format_names.cpp",
            "core/spec/parameter.cpp",
            "core/spec/read_run_spec.cpp",
            "core/spec/yaml.cpp",
            "views/models/activation_source.cpp",
            "views/models/cost_model.cpp",
            "views/models/engine_questions.cpp",
            "views/models/what_if_answer.cpp",
            "views/models/what_if_model.cpp",
            "app/gui/application.cpp",
            "app/gui/engine_client.cpp",
            "app/gui/session_bridge.cpp",
            "app/gui/session_store.cpp",
        };
        for (const char *folder :
             { "sessions", "core/engine/calib", "core/engine/proxy", "core/engine/service" }) {
            const QDir here(QStringLiteral(BATLAB_SOURCE_DIR "/") + QLatin1String(folder));
            for (const QString &name : here.entryList({ QStringLiteral("*.cpp") }, QDir::Files)) {
                const QString path = QLatin1String(folder) + QLatin1Char('/') + name;
                if (!silent.contains(path) && !sentences(readSource(path)).isEmpty())
                    files.append(path);
            }
        }
        for (const QString &path : std::as_const(files))
            QTest::newRow(qPrintable(path)) << names.value(path);
    }

    void messagesAreListed()
    {
        QFETCH(QStringList, names);
        const WithPseudo pseudo;
        const QStringList found = sentences(readSource(QLatin1String(QTest::currentDataTag())));
        QVERIFY(!found.isEmpty());
        for (const QString &name : names)
            QVERIFY2(found.contains(name), qPrintable(name)); // no longer there
        QStringList missing;
        for (const QString &literal : found) {
            const QString text = coreText(filled(literal));
            if (!names.contains(literal) && !text.startsWith(u'[')
                && !text.contains(QStringLiteral("nötig")))
                missing.append(literal);
        }
        QVERIFY2(missing.isEmpty(),
                 qPrintable(QStringLiteral("to be added to views/models/core_texts*.cpp:\n")
                            + missing.join(QLatin1Char('\n'))));
    }

    /// "cannot write: ...": every such verb of the sessions, and what the system says about it.
    void failuresOfTheSystem()
    {
        const WithPseudo pseudo;
        static const QRegularExpression call(QStringLiteral("systemFailure\\([^\";]*\"([^\"]+)\""));
        QStringList missing;
        int found = 0;
        QDirIterator files(QStringLiteral(BATLAB_SOURCE_DIR "/sessions"),
                           { QStringLiteral("*.cpp") }, QDir::Files);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            for (auto all = call.globalMatch(QString::fromUtf8(file.readAll())); all.hasNext();) {
                const QString said = QStringLiteral("cannot %1: x").arg(all.next().captured(1));
                ++found;
                if (coreText(said) != QLatin1Char('[') + said + QLatin1Char(']'))
                    missing.append(said);
            }
        }
        QVERIFY2(found >= 12, qPrintable(QString::number(found)));
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QLatin1Char('\n'))));
    }

    void whatAJobDoesIsListed()
    {
        const WithPseudo pseudo;
        // The stage of a job: setStage and what calls it, and the names of the training passes.
        static const QRegularExpression calls(
            QStringLiteral("\\bset(?:Stage|Share)\\(([^;]*);|runSteps\\(\\{[^\"]*(\"[^\"]+\")"));
        static const QRegularExpression word(QStringLiteral("[a-z]{2,}"));
        QStringList missing;
        int found = 0;
        QDirIterator files(QStringLiteral(BATLAB_SOURCE_DIR "/core/engine"),
                           { QStringLiteral("*.cpp") }, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString source = QString::fromUtf8(file.readAll());
            for (auto all = calls.globalMatch(source); all.hasNext();) {
                const QRegularExpressionMatch call = all.next();
                const bool training = call.captured(1).isEmpty();
                for (const QString &literal : literals(call.captured(training ? 2 : 1))) {
                    if (!literal.contains(word))
                        continue;
                    ++found;
                    const QString said = training ? QStringLiteral("x: ") + literal : literal;
                    if (!coreText(filled(said)).startsWith(u'['))
                        missing.append(literal);
                }
            }
        }
        QVERIFY2(found >= 12, qPrintable(QString::number(found)));
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QLatin1Char('\n'))));
        QCOMPARE(coreText(QStringLiteral("bat: layer 12 of 30")),
                 QStringLiteral("[bat: layer 12 of 30]"));
    }

    /// Views translate an Error, or hand it to a panel or a model that does.
    void errorsAreNotShownAsTheyCome()
    {
        const QHash<QString, QString> later {
            // where, and what of it
            { "app/gui/main_window_work.cpp", "answer.error().message()" }, // PreflightPanel
            { "views/models/core_text.cpp", "error.hint" },
            { "views/models/what_if_sweep.cpp", "answer.error().what" }, // SweepMatrix
            { "views/panels/spec_difference_dialog.cpp", "answer.error().message()" }, // as above
        };
        static const QRegularExpression plain(
            QStringLiteral("(?<!coreText\\()\\bqs\\(([^;,\"]*?(?:[eE]rror(?:\\(\\))?|refused|\\be)"
                           "(?:\\.|->)(?:what|hint|message\\(\\)))"));
        QStringList found;
        for (const char *folder : { "views", "app/gui" }) {
            QDirIterator files(QStringLiteral(BATLAB_SOURCE_DIR "/") + QLatin1String(folder),
                               { QStringLiteral("*.cpp") }, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path =
                    QDir(QStringLiteral(BATLAB_SOURCE_DIR)).relativeFilePath(files.next());
                const QString source = readSource(path);
                QVERIFY2(!source.isEmpty(), qPrintable(path));
                for (auto all = plain.globalMatch(source); all.hasNext();)
                    if (const QString text = all.next().captured(1); text != later.value(path))
                        found.append(path + QStringLiteral(": ") + text);
            }
        }
        QVERIFY2(found.isEmpty(),
                 qPrintable(QStringLiteral("views::coreText(error) says it:\n")
                            + found.join(QLatin1Char('\n'))));
        QVERIFY(plain.match(QStringLiteral("setError(qs(error->what));")).hasMatch());
        QVERIFY(!plain.match(QStringLiteral("setError(coreText(qs(error->what)));")).hasMatch());
    }
};

QTEST_GUILESS_MAIN(TstCoreTexts)
#include "tst_core_texts.moc"
