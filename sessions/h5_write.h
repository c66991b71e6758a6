// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sessions/h5.h"

namespace batlab::h5 {

using Dims = std::vector<std::int64_t>;

/// Writes groups, attributes and datasets. The first failure sticks: later calls do nothing and
/// error() tells it.
class Out
{
public:
    explicit Out(std::string file);
    [[nodiscard]] bool ok() const { return !m_error; }
    [[nodiscard]] const Error &error() const { return *m_error; }
    void fail(Error e)
    {
        if (!m_error)
            m_error = std::move(e);
    }
    void fail(ErrorCode code, std::string what, const std::string &where);

    /// Makes the group, and those above it, or opens it if it exists.
    Group group(hid_t parent, const std::string &path, std::string_view encoding = {});
    void text(hid_t object, const char *name, std::string_view value); ///< attribute, UTF-8
    /// The same of variable length: what other programs read (h5py turns it into a str).
    void variableText(hid_t object, const char *name, std::string_view value);
    void texts(hid_t object, const char *name,
               const std::vector<std::string> &values); ///< attribute, 1-D
    void integer(hid_t object, const char *name, std::int64_t value);
    void real(hid_t object, const char *name, double value);

    /// Dataset of one of elementType()'s kinds with attributes units and long_name where not empty.
    /// Up to 8 kB: stored in the object header (which HDF5 checksums); above: chunked with
    /// fletcher32, integers with shuffle and deflate 1.
    void array(hid_t parent, const std::string &name, std::string_view element, const void *data,
               const Dims &dims, std::string_view units = {}, std::string_view longName = {});
    /// Scalar dataset of a fixed-length UTF-8 string (JSON, logs: lengths attributes cannot take).
    void document(hid_t parent, const std::string &name, std::string_view value);
    /// 1-D dataset of fixed-length UTF-8 strings.
    void strings(hid_t parent, const std::string &name, const std::vector<std::string> &values);
    /// 1-D dataset of a compound type; `type` describes a row in memory and in the file.
    void table(hid_t parent, const std::string &name, hid_t type, const void *rows,
               std::int64_t count);
    /// A second name for an object of the same file.
    void hardLink(hid_t file, const std::string &target, hid_t parent, const std::string &name);
    void externalLink(hid_t parent, const std::string &name, const std::string &file);
    [[nodiscard]] bool exists(hid_t parent, const std::string &name) const;

private:
    Dataset create(hid_t parent, const std::string &name, hid_t fileType, std::size_t elementBytes,
                   const Dims &dims, bool compress);
    void check(bool good, const char *what, const std::string &where);
    std::string m_file;
    std::optional<Error> m_error;
    // Made once: creating property lists costs more than writing a small dataset.
    Plist m_link, m_group, m_compact;
    Type m_variableString;
    Space m_scalar;
};

/// A fixed-length, null-padded UTF-8 string type (at least one byte).
[[nodiscard]] Type stringType(std::size_t bytes);

} // namespace batlab::h5
