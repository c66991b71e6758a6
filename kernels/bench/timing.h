// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace batlab::kernels::bench {

/// Zeroed memory in huge pages where the system has them, touched once.
class Buffer
{
public:
    explicit Buffer(std::size_t bytes);
    ~Buffer();
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    template<class T>
    [[nodiscard]] T *as() const
    {
        return static_cast<T *>(m_data);
    }
    [[nodiscard]] std::size_t size() const { return m_bytes; }
    void poison() const; ///< fills with 0xff

private:
    void *m_data = nullptr;
    std::size_t m_bytes = 0;
};

struct Ratio
{
    double median = 0.0, p10 = 0.0, p90 = 0.0;
    double seconds = 0.0; ///< median time of the candidate
};
/// Times baseline and candidate in turn until `seconds` have passed (at least 5 rounds after a
/// warm-up).
[[nodiscard]] Ratio alternate(const std::function<void()> &baseline,
                              const std::function<void()> &candidate, bool cpuTime, double seconds);

/// Reads n bytes and returns something that depends on all of them.
[[nodiscard]] std::uint64_t readAll(const void *data, std::size_t bytes);

} // namespace batlab::kernels::bench
