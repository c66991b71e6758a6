// SPDX-License-Identifier: Apache-2.0
// The second language: complete, installed by the setting, and, with a pseudo-language made of the
// English texts, nothing visible that went round tr() but names of data.
#include "app/gui/translation.h"
#include "core/base/ids.h"
#include "tests/app/session_steps.h"
#include "views/models/parameter_text.h"
#include "views/models/preset_text.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/plots/plot_widget.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QRegularExpression>
#include <QTabBar>
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

/// Data of the document and of the recipes, which reads the same in every language: ids, paths,
/// choices and units ("down_proj", "transform.g1", "dB"), formats ("MXFP4", "W4A4"), shortcuts,
/// sites, tasks, the program's name, and whatever the made-up run says ("synthetic").
bool isData(const QString &text)
{
    static const QRegularExpression lowerWord(QStringLiteral("^[^A-Z\\s]*$")),
        capitals(QStringLiteral("^[^a-z]*$")),
        shortcut(QStringLiteral("^(Ctrl|Alt|Shift|Return|F\\d+)[+\\w,./]*$")),
        task(QStringLiteral("^(WikiText-2|GSM8K)( valid)?( ppl)?[^A-Za-z]*$")),
        figure(QStringLiteral("^[^A-Za-z]*([kKMGT]i?B?|dB|nat|bit|s|ms|min|h|x)?[^A-Za-z]*$"));
    for (const QRegularExpression &known : { lowerWord, capitals, shortcut, task, figure })
        if (known.match(text).hasMatch())
            return true;
    for (const Site site : kSites) {
        const QString name = views::qs(batlab::name(site)), title = views::qs(batlab::title(site));
        if (text == title || text == name + QLatin1Char(' ') + title)
            return true;
    }
    return text == QLatin1String("Batlab") || text.startsWith(u'/')
        || text.contains(QStringLiteral("synthetic"));
}

/// What a widget says: its own text, what can be chosen in it, the heads of its columns, tooltips.
QStringList textsOf(const QWidget &w)
{
    QStringList out { w.toolTip() };
    if (const auto *label = qobject_cast<const QLabel *>(&w))
        out << label->text();
    else if (const auto *button = qobject_cast<const QAbstractButton *>(&w))
        out << button->text();
    else if (const auto *box = qobject_cast<const QGroupBox *>(&w))
        out << box->title();
    else if (const auto *edit = qobject_cast<const QLineEdit *>(&w))
        out << edit->placeholderText();
    else if (const auto *plot = qobject_cast<const plots::PlotWidget *>(&w))
        out << plot->title() << plot->subtitle();
    if (const auto *combo = qobject_cast<const QComboBox *>(&w))
        for (int i = 0; i < combo->count(); ++i)
            out << combo->itemText(i) << combo->itemData(i, Qt::ToolTipRole).toString();
    if (const auto *tabs = qobject_cast<const QTabBar *>(&w))
        for (int i = 0; i < tabs->count(); ++i)
            out << tabs->tabText(i) << tabs->tabToolTip(i);
    if (const auto *header = qobject_cast<const QHeaderView *>(&w); header && header->model())
        for (int i = 0; i < header->count(); ++i)
            for (const int role : { int(Qt::DisplayRole), int(Qt::ToolTipRole) })
                if (!header->isSectionHidden(i))
                    out << header->model()->headerData(i, header->orientation(), role).toString();
    return out;
}

/// Compares a generated list with what it has to be, which is written beside the test if it
/// differs. Empty: it is the same.
QString staleList(const QString &name, const QString &source)
{
    QFile list(QStringLiteral(BATLAB_SOURCE_DIR "/views/models/") + name);
    if (list.open(QIODevice::ReadOnly) && QString::fromUtf8(list.readAll()) == source)
        return {};
    QFile fresh(name);
    if (fresh.open(QIODevice::WriteOnly))
        fresh.write(source.toUtf8());
    return QStringLiteral("other texts than %1 has: copy %2 to views/models, then "
                          "packaging/translate")
        .arg(name, QFileInfo(fresh).absoluteFilePath());
}

/// The texts of `how` in German.
template<class How>
auto inGerman(How how)
{
    (void)app::installLanguage(*qApp, QStringLiteral("de"));
    const auto out = how();
    for (QTranslator *translator : qApp->findChildren<QTranslator *>())
        delete translator;
    QLocale::setDefault(QLocale::c());
    return out;
}

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

    /// A context that sources ask for and the list does not have: its texts are never German.
    void sourcesAskForKnownContexts()
    {
        QFile ts(QStringLiteral(BATLAB_SOURCE_DIR "/resources/i18n/batlab_de.ts"));
        QVERIFY(ts.open(QIODevice::ReadOnly));
        const QString list = QString::fromUtf8(ts.readAll());
        static const QRegularExpression asked(QStringLiteral("translate\\(\\s*\"([^\"]+)\""));
        QStringList unknown;
        int contexts = 0;
        for (const char *room : { "/views", "/app/gui" }) {
            QDirIterator files(QStringLiteral(BATLAB_SOURCE_DIR) + QLatin1String(room),
                               { QStringLiteral("*.cpp") }, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile source(files.next());
                QVERIFY(source.open(QIODevice::ReadOnly));
                const QString text = QString::fromUtf8(source.readAll());
                for (auto at = asked.globalMatch(text); at.hasNext(); ++contexts)
                    if (const QString context = at.next().captured(1);
                        !list.contains(QStringLiteral("<name>%1</name>").arg(context)))
                        unknown << source.fileName() + QStringLiteral(": ") + context;
            }
        }
        QVERIFY(contexts > 20);
        QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join(QLatin1Char('\n'))));
    }

    /// The texts of the parameter tables stand in a list that the translation tools read.
    void parameterTextsAreListed()
    {
        const QString stale =
            staleList(QStringLiteral("parameter_texts.cpp"), views::parameterTextsSource());
        QVERIFY2(stale.isEmpty(), qPrintable(stale));
        const Parameter *alpha = findParameter(stageParameters("fold"), "fold.alpha");
        const auto [help, group] = inGerman([alpha] {
            return std::pair(views::parameterHelp(*alpha),
                             views::parameterGroup(runParameters().front()));
        });
        QVERIFY2(help.contains(QStringLiteral("üblich")), qPrintable(help));
        QCOMPARE(group, QStringLiteral("Modell"));
        QCOMPARE(views::parameterGroup(runParameters().front()), QStringLiteral("Model"));
    }

    /// So do those of the shipped presets: one without an entry fails here.
    void presetTextsAreListed()
    {
        QVERIFY(views::presetTexts().size() >= 40);
        const QString stale =
            staleList(QStringLiteral("preset_texts.cpp"), views::presetTextsSource());
        QVERIFY2(stale.isEmpty(), qPrintable(stale));
        const QString title = QStringLiteral("GPTQ, asymmetric target");
        QVERIFY(views::presetTexts().contains(title));
        QCOMPARE(inGerman([&] { return views::presetText(title); }),
                 QStringLiteral("GPTQ, asymmetrisches Ziel"));
        QCOMPARE(views::presetText(title), title);
        QCOMPARE(inGerman([] { return views::presetText(QStringLiteral("My own")); }),
                 QStringLiteral("My own"));
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

    /// What a window refuses, and why, as badInputIsSaidWhereOneLooks has it in English.
    void badInputIsSaidInGerman()
    {
        QCOMPARE(app::installLanguage(*qApp, QStringLiteral("de")), QStringLiteral("de"));
        {
            WindowFixture f(fakeEngine(3));
            app::MainWindow &w = *f.window;
            test::runDemo(f);
            const auto refused = [&w](const QString &path, const QString &words) {
                w.banner()->hide();
                w.openPath(path);
                [&] { QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 20000); }();
                QVERIFY2(w.banner()->text().contains(words), qPrintable(w.banner()->text()));
            };
            const QString text = f.folder.filePath(QStringLiteral("paper.pdf"));
            test::put(text, "%PDF-1.7");
            refused(text, QStringLiteral("weder eine Sitzung"));
            // A session cut in half, and one that is none.
            const QString whole = f.folder.filePath(QStringLiteral("whole.batlab.h5"));
            QVERIFY(test::saveAndWait(w, whole));
            const QString half = f.folder.filePath(QStringLiteral("half.batlab.h5"));
            QVERIFY(QFile::copy(whole, half) && QFile::resize(half, QFileInfo(whole).size() / 2));
            refused(half, QStringLiteral("beschädigt"));
            const QString none = f.folder.filePath(QStringLiteral("none.batlab.h5"));
            test::put(none, "no session");
            refused(none, QStringLiteral("das ist keine HDF5-Datei"));
            const QString yaml = f.folder.filePath(QStringLiteral("wrong.yaml"));
            test::put(yaml, "model: demo\nvariants: 5\n");
            refused(yaml, QStringLiteral("variants ist eine Liste"));
            // A place below a file: the system's words are put into ours.
            f.workbench->document()->setNotes(QStringLiteral("x"));
            w.banner()->hide();
            QVERIFY(!test::saveAndWait(w, text + QStringLiteral("/inside/file.batlab.h5")));
            QVERIFY2(w.banner()->text().contains(QStringLiteral(" nicht ")),
                     qPrintable(w.banner()->text()));
        }
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
                for (const auto *widget : w.findChildren<QWidget *>()) {
                    if (!widget->isVisible())
                        continue;
                    for (const QString &text : textsOf(*widget))
                        if (!text.contains(u'[') && !isData(text))
                            plain.append(
                                QStringLiteral("page %1, %2: %3")
                                    .arg(page)
                                    .arg(QLatin1String(widget->metaObject()->className()), text));
                }
            }
        }
        QCoreApplication::removeTranslator(&pseudo);
        plain.removeDuplicates();
        QVERIFY2(plain.isEmpty(), qPrintable(plain.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TstTranslation)
#include "tst_translation.moc"
