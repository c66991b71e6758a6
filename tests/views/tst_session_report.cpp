// SPDX-License-Identifier: Apache-2.0
// The report of a session holds what the pages show (SYNTHETIC data).
#include "core/base/hash.h"
#include "tests/support/fake_document.h"
#include "views/models/evaluation_table.h"
#include "views/models/guest_session.h"
#include "views/models/text.h"
#include "views/panels/report_html.h"
#include "views/panels/session_report.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QTest>
#include <QTextDocument>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

ImportedResults imported(const std::string &model, double accuracy)
{
    ImportedResults r;
    r.path = qs("/" + model);
    r.model = model;
    r.id = "lm-eval " + model;
    ImportedTask task;
    task.task = "piqa";
    task.metric = "acc";
    task.value = accuracy;
    task.standardError = 0.01;
    r.tasks.push_back(task);
    return r;
}

QString htmlOf(const WorkbenchDocument &document)
{
    SessionReport report(&document, {});
    while (report.step()) { }
    return report.html();
}

} // namespace

class TstSessionReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::dark); }

    void markdownBecomesTables()
    {
        const QString html = report::fromMarkdown(
            QStringLiteral("a < b\n| x | y\\|z |\n|:---|---:|\n| **1** n.s. | 2 |\n\nnote\n"));
        QVERIFY(html.contains(QStringLiteral("<p>a &lt; b</p>")));
        QVERIFY(html.contains(QStringLiteral("<tr><th>x</th><th>y|z</th></tr>")));
        QVERIFY(
            html.contains(QStringLiteral("<tr><td><b>1</b> n.s.</td><td>2</td></tr>\n</table>")));
        QVERIFY(html.endsWith(QStringLiteral("<p>note</p>\n")));
        QVERIFY(!html.contains(QStringLiteral("---")));
    }

    /// Every text, import and compared session of the recovery table; divergence of every text;
    /// findings, sweeps, specs, first wrong layer.
    void holdsWhatThePagesShow()
    {
        WorkbenchDocument document;
        std::vector<ArtifactPtr> artifacts = test::demoArtifacts(4);
        for (const ArtifactPtr &artifact : test::demoArtifacts(4)) {
            if (const auto *r = std::get_if<EvaluationResult>(artifact.get())) {
                EvaluationResult other = *r;
                other.task = "gsm8k";
                artifacts.push_back(std::make_shared<const Artifact>(std::move(other)));
            }
        }
        Sweep sweep;
        sweep.id = "sweep-1";
        sweep.base = "bat";
        sweep.mode = "grid";
        sweep.metric = "output SQNR";
        sweep.unit = "dB";
        sweep.axes = Json::array({ { { "path", "transform.g2" }, { "values", { 2, 4 } } } });
        sweep.cells =
            Json::array({ { { "at", { 0 } }, { "value", nullptr }, { "reason", "no such block" } },
                          { { "at", { 1 } }, { "value", 14.5 } } });
        artifacts.push_back(std::make_shared<const Artifact>(std::move(sweep)));
        VariantOutcome failed;
        failed.variant = "rtn";
        failed.state = "failed";
        failed.error = "a <singular> matrix";
        artifacts.push_back(std::make_shared<const Artifact>(std::move(failed)));
        document.addArtifacts(artifacts);
        document.addImport(imported("full", 0.8));
        document.addImport(imported("quant", 0.6));
        document.addGuest(
            makeGuest(QStringLiteral("e2"), QStringLiteral("/x"), document.snapshot()));

        const QString html = htmlOf(document);
        const EvaluationTable table = evaluationTable(evaluationInput(document));
        QVERIFY(table.rows.size() > 10 && table.columns.size() == 3);
        for (const EvaluationColumn &column : table.columns)
            QVERIFY2(html.contains(column.title), qPrintable(column.title));
        for (const EvaluationRow &row : table.rows)
            QVERIFY2(
                html.contains(QStringLiteral("<tr><td>%1</td>").arg(row.title.toHtmlEscaped())),
                qPrintable(row.title));
        QVERIFY(html.contains(QStringLiteral("<b>60.0</b> ±2.0 ▼ R 75.0 %")));
        const QString divergence = html.section(QStringLiteral("Divergence from"), 1);
        QVERIFY(divergence.contains(QStringLiteral("<td>gsm8k</td>"))
                && divergence.contains(QStringLiteral("<td>wikitext2</td>")));
        QVERIFY(html.contains(QStringLiteral("a &lt;singular&gt; matrix")));
        QVERIFY(html.contains(QStringLiteral("sweep-1: output SQNR in dB"))
                && html.contains(QStringLiteral("<td>14.50</td>"))
                && html.contains(QStringLiteral("[1] no such block")));
        QVERIFY(html.contains(QStringLiteral("First wrong layer")));
        QVERIFY(html.contains(QStringLiteral("What the specs differ in")));
        QVERIFY(html.contains(QStringLiteral("<h2>Findings</h2>")));
        // 4 sites x 2 and the first wrong layer; numbered without a gap.
        QCOMPARE(html.count(QStringLiteral("data:image/png;base64,")), 9);
        QVERIFY(html.contains(QStringLiteral("Figure 9.")));
        if (const QString keep = qEnvironmentVariable("BATLAB_KEEP_REPORT"); !keep.isEmpty()) {
            QFile file(keep);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(html.toUtf8());
        }
    }

    /// Tokenizer, texts and build stand beside the weights; what is not known has no line.
    void provenanceNamesDataAndBuild()
    {
        const auto valueOf = [](const WorkbenchDocument &document, const QString &name) {
            for (const auto &[line, value] : provenance(document, {}, {}, {}))
                if (line == name)
                    return value;
            return QString();
        };
        WorkbenchDocument document;
        document.addArtifacts(test::demoArtifacts(4));
        RunEntry run;
        run.id = QStringLiteral("r0001");
        run.where = { { "version", "0.1.0" }, { "build", "0.1.0 GNU-12.2.0 00ff" } };
        document.putRun(run);
        QCOMPARE(valueOf(document, QStringLiteral("Hash of the tokenizer")),
                 qs(hashHex("synthetic tokenizer")));
        QCOMPARE(valueOf(document, QStringLiteral("Hash of wikitext2")),
                 qs(hashHex("synthetic text")));
        QCOMPARE(valueOf(document, QStringLiteral("Build")),
                 QStringLiteral("0.1.0 GNU-12.2.0 00ff"));
        ModelSummary older = *document.artifacts().model();
        older.tokenizerHash.clear();
        document.addArtifacts({ std::make_shared<const Artifact>(older) });
        for (const auto &[line, value] : provenance(document, {}, {}, {}))
            QVERIFY(line != QLatin1String("Hash of the tokenizer"));
    }

    void emptySessionsSaySo()
    {
        const WorkbenchDocument document;
        const QString html = htmlOf(document);
        QVERIFY(html.contains(QStringLiteral("Nothing has been evaluated yet.")));
        for (const char *part : { "<h2>Findings", "<h2>Sweeps", "<img", "What the specs" })
            QVERIFY2(!html.contains(QLatin1String(part)), part);
    }
};

QTEST_MAIN(TstSessionReport)
#include "tst_session_report.moc"
