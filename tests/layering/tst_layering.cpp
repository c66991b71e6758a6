// SPDX-License-Identifier: Apache-2.0
// Fails when a source file includes, or a CMake file links, what its room must not see.
#include "tests/layering/layering_rules.h"
#include "tests/layering/source_scan.h"

#include <QTest>

#include <algorithm>

using namespace batlab::layering;

namespace {

bool isCMake(std::string_view file) { return file.ends_with("CMakeLists.txt"); }

/// Every violation of one file's text, with its line.
QStringList violationsOf(const std::string &file, std::string_view text)
{
    QStringList found;
    for (const Reference &reference : isCMake(file) ? linksOf(text) : includesOf(text)) {
        const std::string what =
            isCMake(file) ? checkLink(file, reference.name) : checkInclude(file, reference.name);
        if (!what.empty())
            found +=
                QStringLiteral("line %1: %2").arg(reference.line).arg(QString::fromStdString(what));
    }
    return found;
}

} // namespace

class TstLayering : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tableHasNoCycle();
    void roomOfPath_data();
    void roomOfPath();
    void violationIsFound_data();
    void violationIsFound();
    void allowedIsSilent_data();
    void allowedIsSilent();
    void scannerReadsIncludes();
    void scannerReadsLinks();
    void tree_data();
    void tree();
};

void TstLayering::tableHasNoCycle()
{
    // a room sees only rooms listed above it, or groups of them
    for (std::size_t i = 0; i < rooms().size(); ++i) {
        if (rooms()[i].name.starts_with("tests/"))
            continue;
        for (const std::string_view name : rooms()[i].sees) {
            const auto seen = std::find_if(rooms().begin(), rooms().end(),
                                           [&](auto &room) { return room.name == name; });
            QVERIFY2(seen != rooms().end(), std::string { name }.c_str());
            QVERIFY2(seen - rooms().begin() < static_cast<std::ptrdiff_t>(i),
                     (std::string { rooms()[i].name } + " sees " + std::string { name }).c_str());
        }
    }
}

void TstLayering::roomOfPath_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("room");
    QTest::newRow("kernels, deep") << "kernels/cpu/v4/encode.cpp"
                                   << "kernels";
    QTest::newRow("core room") << "core/base/result.h"
                               << "core/base";
    QTest::newRow("core itself") << "core/CMakeLists.txt"
                                 << "core";
    QTest::newRow("run spec") << "core/spec/run_spec.h"
                              << "core/spec/run_spec";
    QTest::newRow("engine room") << "core/engine/nn/rope.h"
                                 << "core/engine/nn";
    QTest::newRow("engine, deep") << "core/engine/calib/gptq/solve.h"
                                  << "core/engine/calib";
    QTest::newRow("engine itself") << "core/engine/local_engine.h"
                                   << "core/engine";
    QTest::newRow("views") << "views/panels/jobs/dock.h"
                           << "views/panels";
    QTest::newRow("app") << "app/gui/main.cpp"
                         << "app/gui";
    QTest::newRow("tests") << "tests/core/tst_json.cpp"
                           << "tests/core";
    QTest::newRow("top") << "CMakeLists.txt"
                         << "";
    QTest::newRow("foreign") << "corelib/base.h"
                             << "";
}

void TstLayering::roomOfPath()
{
    QFETCH(QString, path);
    QFETCH(QString, room);
    QCOMPARE(QString::fromStdString(roomOf(path.toStdString())), room);
}

void TstLayering::violationIsFound_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *file, const char *text) {
        QTest::addRow("%s | %s", file, text) << file << text;
    };
    row("kernels/cpu/encode.cpp", "#include \"core/base/result.h\"");
    row("kernels/cpu/encode.cpp", "#include <fmt/format.h>");
    row("kernels/backend.h", "  #  include <ATen/ATen.h>");
    row("core/base/log.cpp", "#include <QString>");
    row("core/base/log.cpp", "#include \"core/job/job.h\"");
    row("core/model/gguf_file.cpp", "#include <ATen/core/Tensor.h>");
    row("core/model/gguf_file.cpp", "#include \"core/text/tokenizer.h\"");
    row("core/stats/energy.cpp", "#include <hdf5.h>");
    row("core/stats/energy.cpp", "#include \"core/engine/nn/decoder.h\"");
    row("core/job/queue.cpp", "#include \"sessions/session.h\"");
    row("core/recipe/recipe.cpp", "#include \"core/spec/run_spec.h\"");
    row("core/spec/parameter.cpp", "#include \"core/recipe/recipe.h\"");
    row("core/artifact/map.cpp", "#include \"views/plots/heat_map.h\"");
    row("core/made_up/x.cpp", "#include \"core/base/result.h\"");
    row("core/engine/nn/rope.cpp", "#include \"core/engine/calib/pass.h\"");
    row("core/engine/nn/rope.cpp", "#include <torch/torch.h>");
    row("core/engine/nn/rope.cpp", "#include <QVector>");
    row("core/engine/eval/kld.cpp", "#include \"sessions/session.h\"");
    row("sessions/session.cpp", "#include \"core/engine/local_engine.h\"");
    row("sessions/session.cpp", "#include <c10/util/BFloat16.h>");
    row("sessions/session.cpp", "#include <QFile>");
    row("views/models/variants.h", "#include \"views/panels/compare.h\"");
    row("views/models/variants.h", "#include \"core/engine/local_engine.h\"");
    row("views/plots/heat_map.h", "#include <qcustomplot.h>");
    row("views/panels/inspect.cpp", "#include <QtCore/QString>\n#include \"qcustomplot.h\"");
    row("views/panels/inspect.cpp", "#include <H5Ipublic.h>");
    row("app/gui/main.cpp", "#include \"core/engine/service/local_engine.h\"");
    row("app/gui/main.cpp", "#include \"app/cli/serve.h\"");
    row("app/cli/main.cpp", "#include <QCoreApplication>");
    row("app/cli/main.cpp", "#include \"views/models/variants.h\"");
    row("app/cli/main.cpp", "#include <ATen/Parallel.h>");
    row("app/cli/main.cpp", "#include <hdf5.h>");
    row("core/spec/run_spec.cpp", "#include \"../base/json.h\"");
    row("tests/kernels/tst_codec.cpp", "#include <ATen/ATen.h>");
    row("kernels/CMakeLists.txt", "batlab_library(batlab_kernels SOURCES a.cpp PUBLIC fmt::fmt)");
    row("core/CMakeLists.txt", "batlab_library(batlab_core SOURCES a.cpp PUBLIC Qt6::Core)");
    row("core/CMakeLists.txt", "target_link_libraries(batlab_core PRIVATE ${HDF5_C_LIBRARIES})");
    row("core/model/CMakeLists.txt", "target_link_libraries(batlab_core PUBLIC Batlab::Torch)");
    row("sessions/CMakeLists.txt",
        "target_link_libraries(batlab_sessions PUBLIC\n    batlab_core batlab_engine)");
    row("views/CMakeLists.txt",
        "batlab_library(batlab_views SOURCES a.cpp PUBLIC batlab_engine QT)");
    row("app/gui/CMakeLists.txt",
        "target_link_libraries(batlab PRIVATE batlab_views batlab_engine)");
    row("app/gui/CMakeLists.txt", "target_link_libraries(batlab PRIVATE Batlab::Torch)");
    row("app/cli/CMakeLists.txt",
        "target_link_libraries(batlab-cli PRIVATE batlab_engine Qt6::Core)");
    row("app/cli/CMakeLists.txt", "target_link_libraries(batlab-cli PRIVATE batlab_views)");
}

void TstLayering::violationIsFound()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    QCOMPARE(violationsOf(file.toStdString(), text.toStdString()).size(), 1);
}

void TstLayering::allowedIsSilent_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *file, const char *text) {
        QTest::addRow("%s | %s", file, text) << file << text;
    };
    row("kernels/cpu/encode.cpp",
        "#include \"kernels/backend.h\"\n#include <immintrin.h>\n#include <unistd.h>");
    row("core/text/bpe.cpp", "#include \"core/model/model_config.h\"\n#include <pcre2.h>");
    row("core/stats/energy.cpp",
        "#include \"kernels/backend.h\"\n#include \"core/artifact/artifact.h\"");
    row("core/engine/calib/pass.cpp",
        "#include \"core/engine/variant/variant.h\"\n#include <ATen/ATen.h>");
    row("core/engine/local_engine.cpp", "#include \"core/engine/calib/pass.h\"");
    row("sessions/session.cpp", "#include <hdf5.h>\n#include \"core/artifact/artifact.h\"");
    row("views/plots/qcp.h", "#include <qcustomplot.h>");
    row("views/panels/inspect.cpp", "#include \"views/plots/qcp.h\"\n#include <QWidget>");
    row("app/cli/run.cpp",
        "#include \"core/engine/local_engine.h\"\n#include <CLI/CLI.hpp>\n#include "
        "\"sessions/s.h\"");
    row("app/gui/main.cpp",
        "/* once:\n#include \"core/engine/local_engine.h\"\n*/\n#include <QApplication>");
    row("tests/engine/tst_nn.cpp", "#include <ATen/ATen.h>\n#include \"core/engine/nn/decoder.h\"");
    row("resources/example.cpp", "#include <torch/torch.h>");
    row("core/CMakeLists.txt",
        "# Qt6::Core is not here\nbatlab_library(batlab_core SOURCES a.cpp PUBLIC fmt::fmt "
        "batlab_kernels)");
    row("core/engine/CMakeLists.txt",
        "batlab_library(batlab_engine SOURCES a.cpp PUBLIC batlab_core Batlab::Torch)");
    row("sessions/CMakeLists.txt",
        "batlab_library(batlab_sessions SOURCES a.cpp PUBLIC batlab_core PRIVATE "
        "${HDF5_C_LIBRARIES})");
    row("app/cli/CMakeLists.txt",
        "target_link_libraries(batlab-cli PRIVATE batlab_engine batlab_sessions CLI11::CLI11)");
    row("app/gui/CMakeLists.txt",
        "target_link_libraries(batlab PRIVATE batlab_views Qt6::Widgets)");
}

void TstLayering::allowedIsSilent()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    const QStringList found = violationsOf(file.toStdString(), text.toStdString());
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
}

void TstLayering::scannerReadsIncludes()
{
    const auto found =
        includesOf("#include <a>\n  # include \"b/c.h\" // why\n/* #include <d>\n#include <e> */\n"
                   "// #include <f>\n#includes <g>\n#include <h.h>");
    const std::vector<Reference> expected { { 1, "a" }, { 2, "b/c.h" }, { 7, "h.h" } };
    QVERIFY(found == expected);
}

void TstLayering::scannerReadsLinks()
{
    const auto found = linksOf(
        "add_executable(x x.cpp)\n# target_link_libraries(x never)\n"
        "target_link_libraries(x\n    PRIVATE a::b ${C})\nbatlab_test(tst_y SOURCES y.cpp LIBS z)");
    const std::vector<Reference> expected { { 4, "a::b" }, { 4, "${C}" }, { 5, "z" } };
    QVERIFY(found == expected);
}

void TstLayering::tree_data()
{
    QTest::addColumn<QString>("file");
    const std::vector<std::string> files = sourceFiles(BATLAB_SOURCE_DIR);
    QVERIFY2(files.size() > 20, "the source tree was not found at " BATLAB_SOURCE_DIR);
    for (const std::string &file : files)
        QTest::newRow(file.c_str()) << QString::fromStdString(file);
}

void TstLayering::tree()
{
    QFETCH(QString, file);
    const std::string path = file.toStdString();
    const QStringList found =
        violationsOf(path, readFile(std::filesystem::path { BATLAB_SOURCE_DIR } / path));
    QVERIFY2(found.isEmpty(), qPrintable(QLatin1Char('\n') + found.join(QLatin1Char('\n'))));
}

QTEST_APPLESS_MAIN(TstLayering)
#include "tst_layering.moc"
