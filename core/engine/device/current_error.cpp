// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/current_error.h"

#include <c10/util/Exception.h>

#include <new>

namespace batlab {

namespace {

constexpr const char *kReport = "This is a bug: please report it with the log.";

Error outOfMemory()
{
    return { ErrorCode::outOfMemory,
             "not enough memory",
             {},
             "Use a smaller train.batch (or tune.batch), a shorter calibration.length, fewer "
             "calibration.sequences or a shorter protocol.windowLength, or close programs. "
             "Finished layers are kept: the same command goes on after them." };
}

} // namespace

Error currentError()
{
    try {
        throw;
    } catch (const Exception &e) {
        return e.error;
    } catch (const std::bad_alloc &) {
        return outOfMemory();
    } catch (const c10::OutOfMemoryError &) {
        return { ErrorCode::outOfMemory, "the GPU has not enough memory", "engine",
                 "Use a smaller train.batch, fewer calibration sequences or shorter windows, close "
                 "other programs on the GPU, or use --device cpu. Finished layers are kept." };
    } catch (const c10::LinAlgError &e) {
        const std::string what = e.what_without_backtrace();
        return { ErrorCode::badInput,
                 "a matrix is singular or holds NaN or Inf: " + what.substr(0, what.find('\n')),
                 {},
                 "Use more calibration text, a larger damping (transform.damping, round.damp), "
                 "transform.conditionCap, or a lower train.learningRate." };
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
            return outOfMemory();
        return { ErrorCode::internal, what, "libtorch", kReport };
    } catch (const std::exception &e) {
        return { ErrorCode::internal, e.what(), "engine", kReport };
    } catch (...) {
        return { ErrorCode::internal, "an unknown exception", "engine", kReport };
    }
}

} // namespace batlab
