// SPDX-License-Identifier: Apache-2.0
// The second language: complete, installed by the setting, and, with a pseudo-language made of the
// English texts, nothing visible that went round tr().
#include "app/gui/translation.h"
#include "tests/app/window_fixture.h"
#include "views/models/parameter_text.h"
#include "views/plots/plot_widget.h"

#include <QAbstractButton>
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

using namespace batlab;
using batlab::test::fakeEngine;
using batlab::test::WindowFixture;

namespace {

struct Counted
{
    int messages = 0;
    QStringList unfinished, wrong;
};

/// Messages of a .ts file: those without a translation, and those whose placeholders differ.
Counted counted(const QString &path)
{
    Counted out;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return out;
    QXmlStreamReader xml(&file);
    QString source;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == QLatin1String("source")) {
            source = xml.readElementText();
            ++out.messages;
        } else if (xml.name() == QLatin1String("translation")) {
            const bool unfinished =
                xml.attributes().value(QLatin1String("type")) == QLatin1String("unfinished");
            const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            if (unfinished || text.trimmed().isEmpty())
                out.unfinished.append(source);
            for (const char *place : { "%1", "%2", "%3", "%4", "%n" })
                if (source.contains(QLatin1String(place)) != text.contains(QLatin1String(place)))
                    out.wrong.append(source + QStringLiteral(" -> ") + text);
        }
    }
    return out;
}

/// Every text in brackets, so that one without them was never translated.
class Pseudo : public QTranslator
{
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *,
                                    int) const override
    {
        return QByteArray(context).startsWith('Q')
            ? QString()
            : QStringLiteral("[") + QString::fromUtf8(source) + QStringLiteral("]");
    }
};

} // namespace

class TstTranslation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void germanIsComplete()
    {
        const Counted c = counted(QStringLiteral(BATLAB_SOURCE_DIR "/resources/i18n/batlab_de.ts"));
        QVERIFY(c.messages > 500);
        QVERIFY2(c.unfinished.isEmpty(), qPrintable(c.unfinished.join(QLatin1Char('\n'))));
        QVERIFY2(c.wrong.isEmpty(), qPrintable(c.wrong.join(QLatin1Char('\n'))));
    }

    void sourcesHaveNoNewTexts()
    {
        const QString lupdate = QStringLiteral(BATLAB_LUPDATE);
        if (!QFile::exists(lupdate))
            QSKIP("no lupdate: whether the sources have new texts was not looked at");
        QTemporaryDir folder;
        const QString ts = folder.filePath(QStringLiteral("batlab_de.ts"));
        QVERIFY(QFile::copy(QStringLiteral(BATLAB_SOURCE_DIR "/resources/i18n/batlab_de.ts"), ts));
        QProcess process;
        process.setWorkingDirectory(QStringLiteral(BATLAB_SOURCE_DIR));
        process.start(lupdate,
                      { QStringLiteral("-silent"), QStringLiteral("-no-obsolete"),
                        QStringLiteral("-locations"), QStringLiteral("none"), QStringLiteral("-I"),
                        QStringLiteral("."), QStringLiteral("views"), QStringLiteral("app/gui"),
                        QStringLiteral("-ts"), ts });
        QVERIFY(process.waitForFinished(120000));
        const Counted c = counted(ts);
        QVERIFY2(c.unfinished.isEmpty(),
                 qPrintable(QStringLiteral("packaging/translate, then translate:\n")
                            + c.unfinished.join(QLatin1Char('\n'))));
    }

    /// The texts of the parameter tables stand in a list that the translation tools read.
    void parameterTextsAreListed()
    {
        QFile list(QStringLiteral(BATLAB_SOURCE_DIR "/views/models/parameter_texts.cpp"));
        QVERIFY(list.open(QIODevice::ReadOnly));
        const QString source = views::parameterTextsSource();
        if (QString::fromUtf8(list.readAll()) != source) {
            QFile fresh(QStringLiteral("parameter_texts.cpp"));
            QVERIFY(fresh.open(QIODevice::WriteOnly));
            fresh.write(source.toUtf8());
            QFAIL(qPrintable(QStringLiteral("the parameter tables have other texts: copy %1 to "
                                            "views/models, then packaging/translate")
                                 .arg(QFileInfo(fresh).absoluteFilePath())));
        }
        (void)app::installLanguage(*qApp, QStringLiteral("de"));
        const Parameter *alpha = findParameter(stageParameters("fold"), "fold.alpha");
        const QString help = views::parameterHelp(*alpha);
        const QString group = views::parameterGroup(runParameters().front());
        for (QTranslator *translator : qApp->findChildren<QTranslator *>())
            delete translator;
        QLocale::setDefault(QLocale::c());
        QVERIFY2(help.contains(QStringLiteral("üblich")), qPrintable(help));
        QCOMPARE(group, QStringLiteral("Modell"));
        QCOMPARE(views::parameterGroup(runParameters().front()), QStringLiteral("Model"));
    }

    void germanIsShown()
    {
        QStringList ids;
        for (const app::Language &l : app::languages())
            ids.append(l.id);
        QVERIFY(ids.contains(QStringLiteral("de")));
        QVERIFY(
            app::installLanguage(*qApp, QStringLiteral("de_AT")).startsWith(QStringLiteral("de")));
        {
            WindowFixture f(fakeEngine(2));
            QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
            QStringList menus;
            for (const QAction *action : f.window->menuBar()->actions())
                menus.append(action->text().remove(QLatin1Char('&')));
            QVERIFY2(menus.contains(QStringLiteral("Datei")), qPrintable(menus.join(u' ')));
            QCOMPARE(f.workbench->actions()->action(QStringLiteral("run.new"))->text(),
                     QStringLiteral("Neuer Lauf…"));
        }
        for (QTranslator *translator : qApp->findChildren<QTranslator *>())
            delete translator;
        QLocale::setDefault(QLocale::c());
        QCOMPARE(app::installLanguage(*qApp, QStringLiteral("xx")), QStringLiteral("en"));
        QCOMPARE(QCoreApplication::translate("batlab::views::RunDialog", "%n parameter(s) changed",
                                             nullptr, 1),
                 QStringLiteral("1 parameter changed"));
        for (QTranslator *translator : qApp->findChildren<QTranslator *>())
            delete translator;
        QLocale::setDefault(QLocale::c());
    }

    void everyVisibleTextGoesThroughTr()
    {
        Pseudo pseudo;
        QCoreApplication::installTranslator(&pseudo);
        QStringList plain;
        {
            WindowFixture f(fakeEngine(3));
            app::MainWindow &w = *f.window;
            QTRY_VERIFY(w.firstFrameSeconds() > 0);
            w.startDemo();
            QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
            for (const QAction *action : f.workbench->actions()->actions())
                if (!action->text().contains(u'['))
                    plain.append(action->text());
            for (int page = app::MainWindow::Inspect; page < app::MainWindow::PageCount; ++page) {
                w.setPage(static_cast<app::MainWindow::Page>(page));
                QTest::qWait(50);
                for (const auto *button : w.findChildren<QAbstractButton *>()) {
                    const QString text = button->text();
                    // Names of sites, formats, choices of a run spec and variants are data.
                    if (button->isVisible() && text.size() > 3 && !text.contains(u'[')
                        && text != text.toLower() && !text.contains(QStringLiteral("synthetic")))
                        plain.append(QStringLiteral("page %1: %2").arg(page).arg(text));
                }
                for (const auto *plot : w.findChildren<plots::PlotWidget *>())
                    if (!plot->title().isEmpty() && !plot->title().contains(u'['))
                        plain.append(QStringLiteral("page %1: %2").arg(page).arg(plot->title()));
            }
        }
        QCoreApplication::removeTranslator(&pseudo);
        plain.removeDuplicates();
        QVERIFY2(plain.isEmpty(), qPrintable(plain.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TstTranslation)
#include "tst_translation.moc"
