// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/step_graphs.h"

#include "kernels/cuda/status.h"

#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace batlab::cuda {

namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;
using c10::cuda::CUDAStream;

/// One stream a device: cuBLAS keeps a workspace for each that it has seen.
CUDAStream recordedStream(c10::DeviceIndex index)
{
    static std::mutex mutex;
    static std::map<c10::DeviceIndex, CUDAStream> streams;
    const std::lock_guard lock(mutex);
    const auto at = streams.find(index);
    return at != streams.end()
        ? at->second
        : streams.emplace(index, c10::cuda::getStreamFromPool(false, index)).first->second;
}

/// What `later` is given from here on waits for what `earlier` was given so far.
void chain(const CUDAStream &earlier, const CUDAStream &later)
{
    at::cuda::CUDAEvent event;
    event.record(earlier);
    event.block(later);
}

class Recorder
{
public:
    explicit Recorder(c10::DeviceIndex index)
        : m_index(index)
        , m_outer(c10::cuda::getCurrentCUDAStream(index))
        , m_stream(recordedStream(index))
        , m_pool(at::cuda::graph_pool_handle())
        , m_guard(m_stream)
    {
        chain(m_outer, m_stream);
    }
    ~Recorder()
    {
        try {
            abandon();
            chain(m_stream, m_outer);
            if (!m_graphs.empty())
                c10::cuda::device_synchronize(); // graphs at work must not lose their memory
            m_graphs.clear();
            allocator::emptyCache(); // the pool of the graphs stays with nobody
        } catch (const std::exception &) {
            // A lost device: the job has been told.
        }
    }
    Recorder(const Recorder &) = delete;
    Recorder &operator=(const Recorder &) = delete;

    void begin()
    {
        // No memory can be asked back from the cache while recording.
        c10::cuda::device_synchronize();
        allocator::emptyCache();
        m_current = std::make_unique<at::cuda::CUDAGraph>();
        try {
            // Other threads (questions) may use the device meanwhile; libtorch's backward thread
            // only gives work to this stream.
            m_current->capture_begin(m_pool, cudaStreamCaptureModeThreadLocal);
        } catch (...) {
            abandon();
            throw;
        }
    }

    int end()
    {
        try {
            m_current->capture_end();
        } catch (...) {
            abandon();
            throw;
        }
        m_graphs.push_back(std::move(m_current));
        return static_cast<int>(m_graphs.size()) - 1;
    }

    /// Ends a recording that failed or is not wanted: the stream leaves capture mode, the memory of
    /// the step goes back to the pool, and the pool to the allocator if no graph has a share in it.
    ///
    /// Read in libtorch 2.11 (CUDAGraph, CUDACachingAllocator, CachingHostAllocator): capture_end()
    /// alone tells the allocators of the device and of pinned memory, whose filters refer to the
    /// graph, and the random generator that it is over, and all after cudaStreamEndCapture(), which
    /// fails for an invalid capture; ~CUDAGraph gives back a share of the pools only where
    /// capture_end() got past that (then pool() answers).
    void abandon()
    {
        if (m_current == nullptr)
            return;
        if (!quietly([this] { (void)m_current->pool(); }) && !quietly([this] { endCapture(); }))
            leaveCapture(m_stream.stream());
        // What is left if even that failed. Where it did not, the pool is closed already.
        quietly([this] { allocator::endAllocateToPool(m_index, m_pool); });
        m_current.reset();
        quietly([this] { // its share of the pool, unless it gave that back itself
            if (allocator::getPoolUseCount(m_index, m_pool) > static_cast<int>(m_graphs.size()))
                allocator::releasePool(m_index, m_pool);
        });
        (void)cudaGetLastError(); // told already
        kernels::cuda::clearError();
    }

    void replay(int graph) { m_graphs.at(static_cast<std::size_t>(graph))->replay(); }

private:
    /// Whatever the stream was capturing is dropped; nothing if it was not.
    static void leaveCapture(cudaStream_t stream)
    {
        cudaGraph_t graph = nullptr; // of an invalid capture there is an error and no graph
        if (cudaStreamEndCapture(stream, &graph) == cudaSuccess && graph != nullptr)
            (void)cudaGraphDestroy(graph);
        (void)cudaGetLastError();
    }

    /// capture_end(), which must find a capture that is valid: one that is not, or is over, is
    /// followed by one of nothing.
    void endCapture()
    {
        cudaStream_t stream = m_stream.stream();
        cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
        (void)cudaStreamIsCapturing(stream, &status);
        if (status != cudaStreamCaptureStatusActive) {
            leaveCapture(stream);
            C10_CUDA_CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
            // libtorch warns of a graph without a node; this one is never run.
            C10_CUDA_CHECK(cudaLaunchHostFunc(
                stream, [](void *) {}, nullptr));
        }
        m_current->capture_end();
    }

    /// Whether it went through.
    template<class Call>
    static bool quietly(const Call &call)
    {
        try {
            call();
            return true;
        } catch (const std::exception &) {
            return false; // expected here: the state that the call would end may have ended before
        }
    }

    c10::DeviceIndex m_index;
    CUDAStream m_outer, m_stream;
    c10::MempoolId_t m_pool; ///< of all graphs: their steps run one after the other
    std::vector<std::unique_ptr<at::cuda::CUDAGraph>> m_graphs;
    std::unique_ptr<at::cuda::CUDAGraph> m_current;
    c10::cuda::CUDAStreamGuard m_guard; // last: the stream stays until the graphs are gone
};

/// call() with what it throws as text; false or what it returns.
template<class Call>
auto guarded(const Call &call, decltype(call()) otherwise, char *error, std::size_t capacity)
{
    try {
        return call();
    } catch (const c10::Error &e) {
        std::snprintf(error, capacity, "%s", e.what_without_backtrace());
    } catch (const std::exception &e) {
        std::snprintf(error, capacity, "%s", e.what());
    }
    return otherwise;
}

Recorder &recorderOf(void *recorder) { return *static_cast<Recorder *>(recorder); }

void *open(int index, char *error, std::size_t capacity)
{
    return guarded([&]() -> void * { return new Recorder(static_cast<c10::DeviceIndex>(index)); },
                   nullptr, error, capacity);
}

bool begin(void *recorder, char *error, std::size_t capacity)
{
    return guarded(
        [&] {
            recorderOf(recorder).begin();
            return true;
        },
        false, error, capacity);
}

int end(void *recorder, bool keep, char *error, std::size_t capacity)
{
    return guarded(
        [&] {
            if (keep)
                return recorderOf(recorder).end();
            recorderOf(recorder).abandon();
            return -1;
        },
        -1, error, capacity);
}

bool replay(void *recorder, int graph, char *error, std::size_t capacity)
{
    return guarded(
        [&] {
            recorderOf(recorder).replay(graph);
            return true;
        },
        false, error, capacity);
}

void close(void *recorder) { delete static_cast<Recorder *>(recorder); }

} // namespace

const device::GraphOps &stepGraphs()
{
    static const device::GraphOps all { &open, &begin, &end, &replay, &close };
    return all;
}

} // namespace batlab::cuda
