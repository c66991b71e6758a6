// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/current_error.h"
#include "core/engine/device/device.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/device/gpu_load.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/service/local_engine.h"
#include "core/engine/service/random_source.h"

#include <c10/util/Exception.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace batlab;
using device::Driver;

namespace {

constexpr std::uint64_t kGigabyte = 1'000'000'000;

Driver oneGpu()
{
    Driver d;
    d.found = true;
    d.version = 13000;
    d.gpus = { { "Test GPU", 90, 80 * kGigabyte } };
    return d;
}

device::DeviceSearch searchFor(const Driver &driver, const char *plugin = FAKE_PLUGIN_GOOD,
                               const std::string &torchProblem = {})
{
    device::DeviceSearch s;
    s.driver = [driver] { return driver; };
    s.torchCuda = [torchProblem] { return torchProblem; };
    s.plugins = { plugin };
    return s;
}

RunSpec specOf(const std::string &yaml)
{
    return runSpecFromYaml("model: tiny\n" + yaml, PresetLibrary::builtIn().orThrow(), "test")
        .orThrow();
}

} // namespace

/// What a user is told when a GPU cannot be used, and what a GPU has to hold.
class DeviceOpenTest : public QObject
{
    Q_OBJECT

    static void refused(const Result<device::Device> &opened, const char *what, const char *hint,
                        ErrorCode code = ErrorCode::device)
    {
        QVERIFY2(!opened, what);
        QCOMPARE(opened.error().code, code);
        const auto holds = [](const std::string &text, const char *part) {
            return text.find(part) != std::string::npos;
        };
        QVERIFY2(holds(opened.error().what, what), opened.error().message().c_str());
        QVERIFY2(holds(opened.error().hint, hint), opened.error().message().c_str());
    }

private Q_SLOTS:
    void theCpuIsAlwaysThere()
    {
        const auto cpu = device::openDevice("cpu");
        QVERIFY(cpu);
        QCOMPARE(cpu->text(), std::string("cpu"));
        QVERIFY(cpu->place.is_cpu());
    }

    void otherTextsAreUsageErrors()
    {
        for (const char *text : { "", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "CPU" })
            refused(device::openDevice(text, searchFor(oneGpu())), "is no device", "cuda:N",
                    ErrorCode::usage);
    }

    void driversThatCannot()
    {
        refused(device::openDevice("cuda", searchFor(Driver {})), "no NVIDIA driver",
                "--device cpu");
        Driver old = oneGpu();
        old.version = 12040;
        refused(device::openDevice("cuda", searchFor(old)), "CUDA 12.4, but 13.0", "580");
        Driver none = oneGpu();
        none.gpus.clear();
        refused(device::openDevice("cuda", searchFor(none)), "sees no GPU", "CUDA_VISIBLE_DEVICES");
        Driver code = none;
        code.initCode = 100;
        refused(device::openDevice("cuda", searchFor(code)), "sees no GPU", "nvidia-smi");
        Driver mismatch = oneGpu();
        mismatch.initCode = 803;
        mismatch.initName = "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH";
        refused(device::openDevice("cuda", searchFor(mismatch)), "SYSTEM_DRIVER_MISMATCH",
                "restart");
    }

    void gpusThatCannot()
    {
        refused(device::openDevice("cuda:1", searchFor(oneGpu())), "there is no GPU 1", "cuda:0");
        Driver old = oneGpu();
        old.gpus[0].capability = 75;
        old.gpus.push_back({ "Another", 89, 24 * kGigabyte });
        refused(device::openDevice("cuda", searchFor(old)), "compute capability 7.5", "8.0");
        refused(device::openDevice("cuda:2", searchFor(old)), "there is no GPU 2",
                "cuda:0 to cuda:1");
    }

    void missingLibrariesAreNamedWithTheirWheel()
    {
        const auto problem = [](const char *library) {
            return std::string(library)
                + ": cannot open shared object file: No such file or directory";
        };
        const auto opened = [&](const std::string &message) {
            return device::openDevice("cuda", searchFor(oneGpu(), FAKE_PLUGIN_GOOD, message));
        };
        refused(opened(problem("libcudnn.so.9")), "libcudnn.so.9 is missing", "nvidia-cudnn-cu13");
        refused(opened(problem("libcusparseLt.so.0")), "libcusparseLt.so.0",
                "nvidia-cusparselt-cu13");
        refused(opened(problem("libcusparse.so.12")), "libcusparse.so.12", "nvidia-cusparse`");
        refused(opened(problem("libtorch_cuda.so")), "libtorch_cuda.so", "pip install torch");
        refused(opened(problem("/opt/x/libfancy.so.1")), "libfancy.so.1 is missing",
                "--device cpu");
        refused(opened("libtorch_cuda.so: undefined symbol: _ZN3c10"), "undefined symbol",
                "--force-reinstall");
    }

    void pluginsThatDoNotFit()
    {
        refused(device::openDevice("cuda", searchFor(oneGpu(), "/nowhere/libbatlab_cuda.so")),
                "/nowhere/libbatlab_cuda.so", "BATLAB_CUDA_PLUGIN");
        refused(device::openDevice("cuda", searchFor(oneGpu(), FAKE_PLUGIN_OLD)), "another build",
                "together");
        refused(device::openDevice("cuda", searchFor(oneGpu(), FAKE_PLUGIN_EMPTY)), "another build",
                "together");
        refused(device::openDevice("cuda", searchFor(oneGpu(), FAKE_PLUGIN_TORCH)),
                "built for libtorch 1.0.0", "pip install torch==1.0.0");
        QVERIFY(device::cudaPlugin() == nullptr);
    }

    void doctorSaysAll()
    {
        const auto named = [](const std::vector<device::Finding> &all, const char *name) {
            for (const device::Finding &f : all)
                if (f.name == name)
                    return f;
            return device::Finding {};
        };
        const auto nothing = device::findDevices(searchFor(Driver {}, "/nowhere/x.so"));
        QVERIFY(!named(nothing, "gpu-driver").ok);
        QVERIFY(!named(nothing, "gpu-driver").hint.empty());
        QVERIFY(!named(nothing, "gpu-plugin").ok);
        const auto idle = device::findDevices(searchFor(Driver {}));
        QVERIFY(named(idle, "gpu-plugin").ok);
        QVERIFY(named(idle, "gpu-plugin").value.find("not loaded") != std::string::npos);
        QVERIFY(device::cudaPlugin() == nullptr);
    }

    /// The last of the cases: what is loaded stays for the process.
    void theRightOneIsOpenedOnce()
    {
        Driver two = oneGpu();
        two.gpus.push_back(two.gpus.front());
        const auto opened = device::openDevice("cuda", searchFor(two));
        QVERIFY2(opened.ok(), opened ? "" : opened.error().message().c_str());
        QCOMPARE(opened->text(), std::string("cuda:0"));
        QCOMPARE(opened->name, std::string("Test GPU"));
        QCOMPARE(std::string(device::kernelsOf(c10::DeviceType::CUDA).table->name),
                 std::string("fake"));
        QCOMPARE(device::freeMemory(opened->place), std::int64_t { 1'000'000'000 });
        QCOMPARE(device::kernelsOf(c10::DeviceType::CUDA).takeError(),
                 std::string("a failure from before"));
        QCOMPARE(device::kernelsOf(c10::DeviceType::CUDA).takeError(), std::string());
        // A GPU that fails later is told apart; the first goes on.
        refused(device::openDevice("cuda:1", searchFor(two)), "GPU 1 (Test GPU) does not answer",
                "nvidia-smi");
        QVERIFY(device::openDevice("cuda:0", searchFor(two)));
        const auto found = device::findDevices(searchFor(two));
        QCOMPARE(found.size(), std::size_t { 4 });
        QVERIFY(found.back().ok);
        QVERIFY(found.back().value.find("80 90a") != std::string::npos);
    }

    /// performance.md 2.5: about 7 GB for a block of Qwen3-8B in training, streams beside.
    void memoryFollowsFromShapes()
    {
        const ModelConfig c = qwen3Shape();
        RunSpec spec = specOf("variants: [{preset: bat-paper, budget: paper}]\n"
                              "calibration: {source: file, file: x, sequences: 128, length: 2048}\n"
                              "protocol: {dtype: bf16}\n");
        const DeviceNeed need = deviceNeed(spec, c);
        QCOMPARE(need.stream, std::uint64_t { 128 } * 2048 * 4096 * 4);
        QCOMPARE(need.batch, std::int64_t { 4 });
        QCOMPARE(need.sampling, std::uint64_t { 0 });
        QVERIFY(need.total() > 5 * kGigabyte && need.total() < 20 * kGigabyte);
        // Half the sequence, half the graph; another source samples with all layers at once.
        RunSpec shorter = spec;
        shorter.calibration.length = 1024;
        QVERIFY(deviceNeed(shorter, c).training < need.training);
        spec.calibration.source = "self";
        QVERIFY(deviceNeed(spec, c).sampling
                > 2 * static_cast<std::uint64_t>(c.linearParameters()));
        // A pass over the whole model: learned codes stay on the device with their moments.
        QCOMPARE(need.passes, std::uint64_t { 0 });
        const auto tuned = [&](const char *codes) {
            RunSpec s =
                specOf(std::string("variants: [{preset: bat-plus, set: {tune.codes: ") + codes
                       + "}}]\ncalibration: {source: file, file: x, sequences: 128, "
                         "length: 2048}\nprotocol: {dtype: bf16}\n");
            return deviceNeed(s, c);
        };
        QVERIFY(tuned("frozen").passes > static_cast<std::uint64_t>(c.linearParameters()) / 2);
        QVERIFY(tuned("learned").passes
                > tuned("frozen").passes + 6 * static_cast<std::uint64_t>(c.linearParameters()));
        QVERIFY(tuned("learned").total() >= tuned("learned").passes);
        // Shapes of no model overflow nothing.
        ModelConfig tiny = c;
        tiny.hidden = tiny.intermediate = 64;
        tiny.heads = tiny.kvHeads = 1;
        tiny.headDim = 64;
        tiny.layers = 1;
        QVERIFY(deviceNeed(spec, tiny).total() < 4 * kGigabyte);
    }

    void whatDoesNotFitNamesItsLevers()
    {
        const ModelConfig c = qwen3Shape();
        const RunSpec spec = specOf("variants: [{preset: bat-paper, budget: paper}]\n"
                                    "calibration: {source: self, sequences: 128, length: 2048}\n"
                                    "protocol: {dtype: bf16}\n");
        const DeviceNeed need = deviceNeed(spec, c);
        QVERIFY(checkDeviceMemory(need, need.total()));
        const auto refusedThere = checkDeviceMemory(need, 6 * kGigabyte);
        QVERIFY(!refusedThere);
        QCOMPARE(refusedThere.error().code, ErrorCode::outOfMemory);
        for (const char *part : { "calibration.sequences", "--device cpu" })
            QVERIFY2(refusedThere.error().hint.find(part) != std::string::npos,
                     refusedThere.error().message().c_str());
        QVERIFY(refusedThere.error().what.find("6.0 GB are free") != std::string::npos);
    }

    void errorsOfTheDeviceAreToldApart()
    {
        const auto meaning = [](const auto &fail) {
            try {
                fail();
            } catch (...) {
                return currentError();
            }
            return Error {};
        };
        const Error memory =
            meaning([] { C10_THROW_ERROR(OutOfMemoryError, "CUDA out of memory. Tried"); });
        QCOMPARE(memory.code, ErrorCode::outOfMemory);
        QVERIFY(memory.hint.find("train.batch") != std::string::npos);
        const Error lost = meaning([] {
            TORCH_CHECK(false, "CUDA error: an illegal memory access was encountered\nmore");
        });
        QCOMPARE(lost.code, ErrorCode::device);
        QCOMPARE(lost.what,
                 std::string("the GPU failed: CUDA error: an illegal memory access was "
                             "encountered"));
        QVERIFY(lost.hint.find("kept") != std::string::npos);
        QCOMPARE(meaning([] { TORCH_CHECK(false, "something else"); }).code, ErrorCode::internal);
    }

    void loadIsOfTheGpuAtThisPlace()
    {
        const auto load = [](const char *bus, const char *library) {
            return device::GpuLoad(bus, library).percent();
        };
        QVERIFY(load("0000:3B:00.0", FAKE_NVML) == 37);
        QVERIFY(!load("0000:5E:00.0", FAKE_NVML)); // not counted there
        QVERIFY(!load("0000:FF:00.0", FAKE_NVML));
        QVERIFY(!load("0000:3B:00.0", FAKE_PLUGIN_GOOD)); // a library without NVML's entries
        QVERIFY(!load("0000:3B:00.0", "/no/such/library.so"));
        QVERIFY(!device::loadOf("cpu"));
        QVERIFY(device::loadOf("cuda:99") && !device::loadOf("cuda:99")());
    }

    void engineTellsTheLoad()
    {
        const auto answer = [](const std::function<std::optional<int>()> &load) {
            LocalEngine::Options options;
            options.threads = 1;
            options.deviceLoad = load;
            return LocalEngine(std::move(options))
                .ask({ { "ask", "resources" }, { "workspace", "." } })
                .orThrow();
        };
        QCOMPARE(answer([] { return 42; }).at("deviceLoad").get<int>(), 42);
        QVERIFY(!answer([] { return std::optional<int>(); }).contains("deviceLoad"));
        QVERIFY(!answer({}).contains("deviceLoad")); // the CPU
    }

    /// Kernels of tensors go through quant::run: kernels::cpu() would read device memory.
    void noTensorGoesToTheCpusTable()
    {
        const QString root = QStringLiteral(BATLAB_SOURCE_DIR "/core/engine");
        // What computes on host memory only: questions of the window, this machine's description.
        const QStringList host { QStringLiteral("service/preflight.cpp"),
                                 QStringLiteral("service/question_answers.cpp"),
                                 QStringLiteral("device/device.cpp"),
                                 QStringLiteral("device/device_kernels.cpp") };
        int seen = 0;
        QDir dir(root);
        for (const QString &room : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            for (const QString &name :
                 QDir(root + QLatin1Char('/') + room)
                     .entryList({ QStringLiteral("*.cpp"), QStringLiteral("*.h") })) {
                const QString path = room + QLatin1Char('/') + name;
                QFile file(root + QLatin1Char('/') + path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                ++seen;
                if (!host.contains(path))
                    QVERIFY2(!file.readAll().contains("kernels::cpu()"), qPrintable(path));
            }
        QVERIFY(seen > 100);
    }
};

QTEST_GUILESS_MAIN(DeviceOpenTest)
#include "tst_device_open.moc"
