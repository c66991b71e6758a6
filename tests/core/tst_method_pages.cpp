// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/recipe/recipe.h"
#include "core/spec/embedded.h"

#include <QRegularExpression>

#include <set>

using namespace batlab;

/// Every preset has a page in resources/help/methods, and the page speaks of the preset as it is.
class TestMethodPages : public QObject
{
    Q_OBJECT

    const PresetLibrary m_presets = *PresetLibrary::builtIn();
    static QString page(const std::string &id)
    {
        const std::string_view text = embeddedText("help/methods/" + id + ".md");
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    }
    /// The text below the heading that holds a word, up to the next heading; "Sources and
    /// decisions" may be one.
    static QString section(const QString &page, const QString &word)
    {
        const QRegularExpression heading("^## [^\n]*" + word + "[^\n]*\n",
                                         QRegularExpression::MultilineOption
                                             | QRegularExpression::CaseInsensitiveOption);
        const QRegularExpressionMatch match = heading.match(page);
        if (!match.hasMatch())
            return {};
        const qsizetype begin = match.capturedEnd();
        return page.mid(begin, page.indexOf("\n## ", begin) - begin);
    }
    static bool says(const QString &text, const std::string &word)
    {
        return text.contains(QRegularExpression(
            "\\b" + QRegularExpression::escape(QString::fromStdString(word)) + "\\b"));
    }

private Q_SLOTS:
    void everyPresetHasAPage_data()
    {
        QTest::addColumn<QString>("id");
        for (const std::string &id : m_presets.ids())
            QTest::newRow(id.c_str()) << QString::fromStdString(id);
    }

    void everyPresetHasAPage()
    {
        QFETCH(QString, id);
        const QString text = page(id.toStdString());
        QVERIFY2(!text.isEmpty(), "write resources/help/methods/<id>.md");
        QVERIFY2(text.startsWith("# "), "a page begins with its title");
        for (const char *word :
             { "formula", "stages", "cost", "sources", "verified|measured", "decisions" })
            QVERIFY2(section(text, QString("(?:%1)").arg(word)).trimmed().size() > 10, word);
        const QString stages = section(text, "stages");
        for (const std::string &budget : m_presets.budgets(id.toStdString())) {
            const Recipe recipe = *m_presets.find(id.toStdString(), budget);
            for (const Pass &pass : recipe.passes)
                for (const Stage &stage : pass.stages) {
                    QVERIFY2(says(stages, stage.kind), stage.kind.c_str());
                    const std::string kind = stage.parameters.value("kind", "");
                    QVERIFY2(kind.empty() || says(stages, kind),
                             (stage.kind + ": " + kind).c_str());
                }
        }
    }

    void everyPageHasAPreset()
    {
        const std::vector<std::string> ids = m_presets.ids();
        const std::set<std::string> known(ids.begin(), ids.end());
        for (const EmbeddedFile &file : embeddedFiles("help/methods")) {
            const std::string name(file.name);
            const std::string id = name.substr(13, name.size() - 16);
            QVERIFY2(known.contains(id), name.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestMethodPages)
#include "tst_method_pages.moc"
