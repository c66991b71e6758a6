// SPDX-License-Identifier: Apache-2.0
// The files that make Batlab an application of the desktop: they agree with each other and with the
// program, and pass the validators that are installed.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>
#include <QXmlStreamReader>

class TstDesktop : public QObject
{
    Q_OBJECT

private:
    static QString path(const char *name)
    {
        return QStringLiteral(BATLAB_DESKTOP_DIR "/") + QLatin1String(name);
    }
    static QString text(const char *name)
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }
    static void validate(const QString &program, const QStringList &arguments)
    {
        const QString found = QStandardPaths::findExecutable(program);
        if (found.isEmpty())
            QSKIP(qPrintable(program + QStringLiteral(" is not installed: not validated")));
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(found, arguments);
        QVERIFY(process.waitForFinished(60000));
        QVERIFY2(process.exitCode() == 0, process.readAll().constData());
    }

private Q_SLOTS:
    void filesAgree()
    {
        const QString entry = text("org.batlab.Workbench.desktop"),
                      meta = text("org.batlab.Workbench.metainfo.xml"),
                      mime = text("org.batlab.Workbench.mime.xml");
        for (const char *line :
             { "Type=Application", "Exec=batlab %U", "Icon=org.batlab.Workbench",
               "MimeType=application/x-batlab-session;x-scheme-handler/batlab;", "Name=Batlab" })
            QVERIFY2(entry.contains(QLatin1String(line)), line);
        QVERIFY(meta.contains(QStringLiteral("<id>org.batlab.Workbench</id>")));
        QVERIFY(meta.contains(QStringLiteral(">org.batlab.Workbench.desktop</launchable>")));
        QVERIFY(meta.contains(QStringLiteral("<mediatype>application/x-batlab-session<")));
        QVERIFY(meta.contains(QStringLiteral("version=\"" BATLAB_VERSION "\"")));
        QVERIFY(mime.contains(QStringLiteral("*.batlab.h5")));
        QVERIFY(
            QFile::exists(QStringLiteral(BATLAB_DESKTOP_DIR "/../../resources/icons/batlab.svg")));
    }

    void xmlIsWellFormed()
    {
        for (const char *name :
             { "org.batlab.Workbench.metainfo.xml", "org.batlab.Workbench.mime.xml" }) {
            QXmlStreamReader reader(text(name));
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        }
    }

    void desktopFileValidates()
    {
        validate(QStringLiteral("desktop-file-validate"), { path("org.batlab.Workbench.desktop") });
    }
    void metainfoValidates()
    {
        QStringList arguments { QStringLiteral("validate"), QStringLiteral("--no-net"),
                                path("org.batlab.Workbench.metainfo.xml") };
        // AppStream 1 asks for a homepage, and there is none yet; older ones do not know the tag.
        QProcess version;
        version.start(QStringLiteral("appstreamcli"), { QStringLiteral("--version") });
        version.waitForFinished(60000);
        if (QString::fromUtf8(version.readAll())
                .contains(QRegularExpression(QStringLiteral(":\\s*1\\."))))
            arguments.insert(1, QStringLiteral("--override=url-homepage-missing=info"));
        validate(QStringLiteral("appstreamcli"), arguments);
    }
    void mimeValidates()
    {
        validate(QStringLiteral("xmllint"),
                 { QStringLiteral("--noout"), path("org.batlab.Workbench.mime.xml") });
    }
};

QTEST_GUILESS_MAIN(TstDesktop)
#include "tst_desktop.moc"
