// SPDX-License-Identifier: Apache-2.0
// The report of a session holds what the pages show (SYNTHETIC data).
#include "core/base/hash.h"
#include "tests/support/fake_document.h"
#include "views/models/evaluation_model.h"
#include "views/models/guest_session.h"
#include "views/models/text.h"
#include "views/panels/report_html.h"
#include "views/panels/session_report.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QImage>
#include <QSet>
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

QString htmlOf(const WorkbenchDocument &document, const Selection &at = {})
{
    SessionReport report(&document, {}, at);
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
                html.contains(QStringLiteral("<tr><td>%1 (%2)</td>")
                                  .arg(row.title.toHtmlEscaped(), rowNotes(row).toHtmlEscaped())),
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
        // First wrong layer, paired differences, 4 sites x 2, and of the selected layer and site:
        // energy after transforms, its flow, training. Numbered without a gap.
        QCOMPARE(html.count(QStringLiteral("data:image/png;base64,")), 13);
        QVERIFY(html.contains(QStringLiteral("Figure 13.")));
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
        const QString calibration = QStringLiteral("Hash of the calibration tokens");
        QCOMPARE(valueOf(document, calibration), QString()); // of a session before format 1.3
        VariantInfo info = *document.artifacts().variant("bat");
        info.calibrationHash = hashHex("synthetic tokens");
        document.addArtifacts({ std::make_shared<const Artifact>(info) });
        QCOMPARE(valueOf(document, calibration), qs(hashHex("synthetic tokens")));
        QCOMPARE(valueOf(document, QStringLiteral("Hash of wikitext2")),
                 qs(hashHex("synthetic text")));
        QCOMPARE(valueOf(document, QStringLiteral("Build")),
                 QStringLiteral("0.1.0 GNU-12.2.0 00ff"));
        // The calibration in the words of the form.
        run.spec = { { "calibration",
                       { { "source", "self" }, { "length", 512 }, { "file", "" } } } };
        document.putRun(run);
        QCOMPARE(valueOf(document, QStringLiteral("Calibration")),
                 QStringLiteral("Length 512 tokens, Source self"));
        ModelSummary older = *document.artifacts().model();
        older.tokenizerHash.clear();
        document.addArtifacts({ std::make_shared<const Artifact>(older) });
        for (const auto &[line, value] : provenance(document, {}, {}, {}))
            QVERIFY(line != QLatin1String("Hash of the tokenizer"));
    }

    /// Pictures that compare variants are of the selected layer and site; a training of the whole
    /// model has its own.
    void picturesOfTheSelection()
    {
        WorkbenchDocument document;
        document.addArtifacts(test::demoArtifacts(4));
        Selection at;
        at.layer = 2;
        at.site = Site::t1;
        QString html = htmlOf(document, at);
        const auto figures = [&html](const char *title) {
            return html.count(QStringLiteral(". ") + QLatin1String(title));
        };
        QCOMPARE(figures("Paired differences to "), 1);
        QCOMPARE(figures("Energy entering the quantizer at T1"), 1);
        QCOMPARE(figures("Block energy flow of layer 2 at T1"), 1);
        QCOMPARE(figures("Training of layer 2"), 1);
        QCOMPARE(figures("Training of the whole model"), 0);
        // The maps were drawn, not left blank.
        const qsizetype end = html.indexOf(QStringLiteral(". Energy entering the quantizer at T1"));
        const QString last = html.left(end).section(QStringLiteral("base64,"), -1);
        const QImage maps = QImage::fromData(
            QByteArray::fromBase64(last.section(QLatin1Char('"'), 0, 0).toLatin1()));
        QVERIFY(maps.width() > 1000);
        QSet<QRgb> colours;
        for (int y = 0; y < maps.height(); y += 3)
            for (int x = 0; x < maps.width(); x += 3)
                colours.insert(maps.pixel(x, y));
        QVERIFY2(colours.size() > 60, qPrintable(QString::number(colours.size())));

        LossCurve curve;
        curve.variant = "bat";
        curve.layer = kWholeModel;
        curve.objective = "end-to-end-kl";
        curve.loss = { 2, 1 };
        curve.learningRate = { 0.1F, 0.1F };
        document.addArtifacts({ std::make_shared<const Artifact>(curve) });
        at.layer = 9; // of another session, say
        html = htmlOf(document, at);
        QCOMPARE(figures("Training of the whole model"), 1);
        QCOMPARE(figures("Training of layer"), 0);
        QCOMPARE(figures("Block energy flow"), 0);
        QCOMPARE(figures("Paired differences to "), 1);
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
