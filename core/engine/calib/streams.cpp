// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/streams.h"

#include "core/base/hash.h"
#include "core/base/result.h"
#include "core/engine/device/device_kernels.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <numeric>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace batlab::calib {

namespace {

constexpr std::int64_t kStreamShare = 6; // streams that must fit the free memory of a device

Exception fileProblem(const std::filesystem::path &folder, int code)
{
    return Exception(
        { code == ENOSPC ? ErrorCode::diskFull : ErrorCode::readOnly,
          std::string("cannot make a scratch file for the activations: ") + std::strerror(code),
          folder.string(), "Free disk space, or use fewer or shorter calibration sequences." });
}

} // namespace

int unlinkedFile(const std::filesystem::path &folder)
{
    std::string name = (folder / ".stream-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    if (fd >= 0)
        ::unlink(name.c_str());
    return fd;
}

at::Tensor makeStream(at::IntArrayRef shape, at::ScalarType type,
                      const std::filesystem::path &folder, at::Device device,
                      std::int64_t memoryLimit)
{
    std::int64_t bytes = static_cast<std::int64_t>(c10::elementSize(type));
    for (const std::int64_t s : shape)
        bytes *= s;
    const auto options = at::TensorOptions().dtype(type);
    if (!device.is_cpu() && kStreamShare * bytes <= device::freeMemory(device))
        return at::empty(shape, options.device(device));
    if (bytes <= memoryLimit || folder.empty())
        return at::empty(shape, options.pinned_memory(device.is_cuda()));

    const int fd = unlinkedFile(folder);
    if (fd < 0)
        throw fileProblem(folder, errno);
    // Reserve the blocks now: a full disk must be an error here, not a SIGBUS later.
    if (const int code = ::posix_fallocate(fd, 0, bytes); code != 0) {
        ::close(fd);
        throw fileProblem(folder, code);
    }
    const auto size = static_cast<std::size_t>(bytes);
    void *memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    const int code = errno;
    ::close(fd);
    if (memory == MAP_FAILED)
        throw fileProblem(folder, code);
    return at::from_blob(
        memory, shape, [size](void *p) { ::munmap(p, size); }, options);
}

std::int64_t sequencesPerBatch(std::int64_t length)
{
    return std::max<std::int64_t>(1, 2048 / std::max<std::int64_t>(length, 1));
}

std::vector<std::int64_t> shuffledOrder(std::int64_t n, std::uint64_t seed)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(randomBits(seed, i) % i)]);
    return order;
}

at::Tensor takeSequences(const at::Tensor &stream, at::IntArrayRef rows, std::int64_t length,
                         c10::Device device)
{
    if (device.is_cpu())
        return stream.narrow(1, 0, length).index_select(0, at::tensor(rows, at::kLong));
    at::Tensor out = at::empty({ static_cast<std::int64_t>(rows.size()), length, stream.size(2) },
                               stream.options().device(device));
    takeSequences(stream, rows, length, out);
    return out;
}

void takeSequences(const at::Tensor &stream, at::IntArrayRef rows, std::int64_t length,
                   at::Tensor &out)
{
    for (std::size_t i = 0; i < rows.size(); ++i) // no indices to send: that would wait
        out.narrow(0, static_cast<std::int64_t>(i), 1)
            .copy_(stream.narrow(0, rows[i], 1).narrow(1, 0, length), true);
}

void forBatches(std::int64_t sequences, std::int64_t batch,
                const std::function<void(std::int64_t, std::int64_t)> &body)
{
    for (std::int64_t first = 0; first < sequences; first += batch)
        body(first, std::min(batch, sequences - first));
}

} // namespace batlab::calib
