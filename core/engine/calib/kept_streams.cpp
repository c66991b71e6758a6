// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/kept_streams.h"

#include "core/base/free_disk.h"
#include "core/base/result.h"
#include "core/engine/calib/streams.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace batlab::calib {

namespace {

constexpr double kShareOfDisk = 0.1;
constexpr std::int64_t kAlignment = 1 << 16; // of a stream in the file: any page size divides it
constexpr std::int64_t kPiece = std::int64_t { 64 } << 20; // written between two checkpoints

} // namespace

KeptStreams::KeptStreams(const std::filesystem::path &folder, std::vector<std::int64_t> shape,
                         at::ScalarType type, std::int64_t layers)
    : m_shape(std::move(shape))
    , m_type(type)
    , m_bytes(static_cast<std::int64_t>(c10::elementSize(type)) * c10::multiply_integers(m_shape))
    , m_there(static_cast<std::size_t>(layers), false)
{
    if (fitsFreeDisk(static_cast<std::uint64_t>(offset(layers)), folder, kShareOfDisk))
        m_file = unlinkedFile(folder);
}

KeptStreams::~KeptStreams()
{
    if (m_file >= 0)
        ::close(m_file);
}

std::int64_t KeptStreams::offset(std::int64_t layer) const
{
    return layer * ((m_bytes + kAlignment - 1) / kAlignment * kAlignment);
}

at::Tensor KeptStreams::find(std::int64_t layer) const
{
    if (!m_there.at(static_cast<std::size_t>(layer)))
        return {};
    const auto size = static_cast<std::size_t>(m_bytes);
    void *memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, m_file, offset(layer));
    if (memory == MAP_FAILED)
        return {};
    return at::from_blob(
        memory, m_shape, [size](void *p) { ::munmap(p, size); }, at::TensorOptions().dtype(m_type));
}

void KeptStreams::keep(std::int64_t layer, const at::Tensor &stream,
                       const std::function<void()> &checkpoint)
{
    if (m_file < 0 || m_there.at(static_cast<std::size_t>(layer)))
        return;
    if (stream.sizes() != at::IntArrayRef(m_shape) || stream.scalar_type() != m_type
        || !stream.is_contiguous())
        throw Exception({ ErrorCode::internal, "a stream of another shape", "KeptStreams", {} });
    const at::Tensor host = stream.cpu();
    const char *data = static_cast<const char *>(host.const_data_ptr());
    for (std::int64_t done = 0; done < m_bytes;) {
        checkpoint();
        const auto count = static_cast<std::size_t>(std::min(kPiece, m_bytes - done));
        const ssize_t written = ::pwrite(m_file, data + done, count, offset(layer) + done);
        if (written <= 0)
            return; // what is there stays; this one is walked again
        done += written;
    }
    m_there[static_cast<std::size_t>(layer)] = true;
}

} // namespace batlab::calib
