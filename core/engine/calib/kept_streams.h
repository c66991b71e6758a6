// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace batlab::calib {

/// Full-precision streams leaving the layers, of one set of calibration sequences: walked once and
/// read by every pass of a job. They are exact copies in an unlinked file, outside the program's
/// memory but for those in use. Where all of them would take more than a tenth of the free disk,
/// and without a folder, nothing is kept and each pass walks the layers itself.
class KeptStreams
{
public:
    /// Room for `layers` streams of this shape and type in a file in `folder`.
    KeptStreams(const std::filesystem::path &folder, std::vector<std::int64_t> shape,
                at::ScalarType type, std::int64_t layers);
    ~KeptStreams();
    KeptStreams(const KeptStreams &) = delete;
    KeptStreams &operator=(const KeptStreams &) = delete;

    /// The stream leaving layer l, undefined if it is not kept. The tensor may outlive this object;
    /// writing to it changes nothing here.
    [[nodiscard]] at::Tensor find(std::int64_t layer) const;
    /// Keeps a stream of the constructor's shape; on a full disk it is left out.
    /// checkpoint() is called between pieces of it.
    void keep(std::int64_t layer, const at::Tensor &stream,
              const std::function<void()> &checkpoint);

private:
    [[nodiscard]] std::int64_t offset(std::int64_t layer) const;
    std::vector<std::int64_t> m_shape;
    at::ScalarType m_type;
    std::int64_t m_bytes; ///< of one stream
    std::vector<bool> m_there;
    int m_file = -1; ///< -1: nothing is kept
};

} // namespace batlab::calib
