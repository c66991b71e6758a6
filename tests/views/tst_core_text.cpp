// SPDX-License-Identifier: Apache-2.0
// What the core says reaches the window in its language: every message of the checks, of the
// preflight and of a session's reader is in the list, and so is what a job says it is doing.
#include "core/recipe/recipe.h"
#include "views/models/core_text.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QTranslator>

using namespace batlab;
using namespace batlab::views;

namespace {

/// The core's texts in brackets; one with its places turned round.
class Pseudo : public QTranslator
{
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *,
                                    int) const override
    {
        if (QByteArray(context) != "core")
            return {};
        if (QByteArray(source) == "about %1 GB are needed in %2 and %3 GB are free")
            return QStringLiteral("%3 frei, %1 in %2 nötig");
        return QLatin1Char('[') + QString::fromUtf8(source) + QLatin1Char(']');
    }
};

struct WithPseudo
{
    WithPseudo() { QCoreApplication::installTranslator(&translator); }
    ~WithPseudo() { QCoreApplication::removeTranslator(&translator); }
    Pseudo translator;
};

/// Every string literal of a C++ source, those that stand behind each other as one.
QStringList literals(QString source)
{
    source.remove(QRegularExpression(QStringLiteral("^\\s*#.*$|(^|\\s)//.*$"),
                                     QRegularExpression::MultilineOption));
    static const QRegularExpression literal(
        QStringLiteral("\"((?:[^\"\\\\\\n]|\\\\.)*)\"(?:\\s*\"(?:[^\"\\\\\\n]|\\\\.)*\")*"));
    static const QRegularExpression part(QStringLiteral("\"((?:[^\"\\\\\\n]|\\\\.)*)\""));
    QStringList out;
    for (auto all = literal.globalMatch(source); all.hasNext();) {
        QString text;
        for (auto parts = part.globalMatch(all.next().captured()); parts.hasNext();)
            text += parts.next().captured(1);
        out.append(text.replace(QStringLiteral("\\\""), QStringLiteral("\"")));
    }
    return out;
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

QString read(const QString &path)
{
    QFile file(QStringLiteral(BATLAB_SOURCE_DIR "/") + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

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
        const auto file = [](const char *path, const QStringList &names = {}) {
            QTest::newRow(path) << names;
        };
        file("core/recipe/check_recipe.cpp");
        file("core/recipe/precision.cpp");
        file("core/spec/parameter.cpp",
             { QStringLiteral("expected a parameter"),
               QStringLiteral("unknown type of parameter") });
        file("core/engine/service/preflight.cpp");
        file("core/engine/service/first_layer.cpp", { QStringLiteral("{}, layer {}") });
        file("core/engine/service/open_model.cpp");
        file("core/engine/service/device_memory.cpp");
        file("core/engine/calib/formats.cpp");
        file("core/engine/calib/kv_stage.cpp");
        file("core/engine/device/driver.cpp",
             { QStringLiteral(": cannot open shared object file") }); // of the loader
        file("sessions/session_reader.cpp",
             { QStringLiteral("the format version \""), QStringLiteral("\" makes no sense") });
    }

    void messagesAreListed()
    {
        QFETCH(QStringList, names);
        const WithPseudo pseudo;
        const QString source = read(QLatin1String(QTest::currentDataTag()));
        QVERIFY(!source.isEmpty());
        static const QRegularExpression words(QStringLiteral("[A-Za-z]{2,},? [A-Za-z{]"));
        QStringList missing;
        int found = 0;
        for (const QString &literal : literals(source)) {
            if (!literal.contains(words) || names.contains(literal))
                continue;
            ++found;
            const QString text = coreText(filled(literal));
            if (!text.startsWith(u'[') && !text.contains(QStringLiteral("nötig")))
                missing.append(literal);
        }
        QVERIFY(found > 2);
        QVERIFY2(missing.isEmpty(),
                 qPrintable(QStringLiteral("to be added to views/models/core_texts.cpp:\n")
                            + missing.join(QLatin1Char('\n'))));
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
