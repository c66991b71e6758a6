// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/service/local_engine.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <new>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace batlab {

int defaultThreads()
{
#ifdef __linux__
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
#endif
    const unsigned cores = std::thread::hardware_concurrency();
    return cores > 0 ? static_cast<int>(cores) : 1;
}

void setEngineThreads(int threads) { at::set_num_threads(threads); }

Error currentError()
{
    const Error memory { ErrorCode::outOfMemory, "not enough memory", "engine",
                         "Use fewer calibration tokens or shorter windows, or close programs." };
    try {
        throw;
    } catch (const Exception &e) {
        return e.error;
    } catch (const std::bad_alloc &) {
        return memory;
    } catch (const c10::OutOfMemoryError &) {
        return { ErrorCode::outOfMemory, "the GPU has not enough memory", "engine",
                 "Use a smaller train.batch, fewer calibration sequences or shorter windows, close "
                 "other programs on the GPU, or use --device cpu. Finished layers are kept." };
    } catch (const c10::Error &e) {
        const std::string what = e.what_without_backtrace();
        for (const char *sign : { "CUDA error", "CUBLAS_STATUS", "cuDNN error", "cusolver error" })
            if (what.find(sign) != std::string::npos)
                return { ErrorCode::device, "the GPU failed: " + what.substr(0, what.find('\n')),
                         "libtorch",
                         "Finished layers are kept: run the same command again (in the window, "
                         "restart the engine); `nvidia-smi` and `dmesg` tell more." };
        if (what.find("can't allocate memory") != std::string::npos
            || what.find("not enough memory") != std::string::npos)
            return memory;
        return { ErrorCode::internal, what, "libtorch",
                 "This is a bug: please report it with the log." };
    } catch (const std::exception &e) {
        return { ErrorCode::internal, e.what(), "engine",
                 "This is a bug: please report it with the log." };
    } catch (...) {
        return { ErrorCode::internal, "an unknown exception", "engine",
                 "This is a bug: please report it with the log." };
    }
}

} // namespace batlab
