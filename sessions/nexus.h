// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "sessions/h5_write.h"
#include "sessions/session.h"

#include <set>
#include <string>
#include <vector>

/// NeXus decoration: what makes silx, h5web and NeXus readers plot a group on opening it.
namespace batlab::h5 {

class Nexus
{
public:
    Nexus(Out &out, hid_t file) : m_out(out), m_file(file) { }

    /// Marks a group NXdata. `axes` name datasets of the group, one per dimension of the signal.
    void data(hid_t group, std::string_view signal, const std::vector<std::string> &axes,
              std::string_view title);
    /// An index axis 0..n-1 named `name`, shared by all groups with the same length.
    void indexAxis(hid_t group, const std::string &name, std::int64_t n, std::string_view longName);
    /// `edge`, the n+1 edges of n bins over [-limit, limit], and `bin`, their centres: silx 3.1
    /// refuses an axis of n+1 values, h5web takes both.
    void binAxes(hid_t group, std::int64_t bins, float limit);
    /// lod_max_k, lod_mean_k, lod_min_k for k = 1..: level k halves both sides of level k-1, and
    /// exists for k = 1 and while level k-1 is longer than 128 on a side.
    void pyramid(hid_t group, const std::vector<float> &map, std::int64_t rows, std::int64_t cols,
                 std::string_view units);

    /// Adds signal, axes and pyramids to the group of an artifact.
    void decorate(hid_t group, const Artifact &artifact);
    /// /entry/overview and /variants/<id>/maps: derived, not read back.
    void overview(const Session &session);
    void maps(const Session &session);

private:
    void shared(hid_t group, const std::string &name, const std::string &axis);
    Out &m_out;
    hid_t m_file;
    std::set<std::string> m_axes;
};

} // namespace batlab::h5
