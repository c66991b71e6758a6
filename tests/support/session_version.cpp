// SPDX-License-Identifier: Apache-2.0
#include "tests/support/session_version.h"

#include <hdf5.h>

namespace batlab::test {

namespace {

void writeText(hid_t object, const char *name, const std::string &value)
{
    if (H5Aexists(object, name) > 0)
        H5Adelete(object, name);
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, value.size());
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, value.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/// Takes the attribute that `data` names from every group.
herr_t takeAttribute(hid_t root, const char *name, const H5O_info_t *info, void *data)
{
    const auto *attribute = static_cast<const char *>(data);
    if (info->type == H5O_TYPE_GROUP && H5Aexists_by_name(root, name, attribute, H5P_DEFAULT) > 0)
        H5Adelete_by_name(root, name, attribute, H5P_DEFAULT);
    return 0;
}

} // namespace

void makeOlder(const std::filesystem::path &session, int minor)
{
    const hid_t file = H5Fopen(session.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    writeText(file, "format_version", "1." + std::to_string(minor));
    for (std::string attribute : { "full_hash", "calibration_hash", "tokenizer_hash", "text_hash" })
        if (minor < (attribute == "full_hash" || attribute == "calibration_hash" ? 3 : 2))
            H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, &takeAttribute, attribute.data(),
                      H5O_INFO_BASIC);
    H5Fclose(file);
}

void setFormatVersion(const std::filesystem::path &session, const std::string &version)
{
    const hid_t file = H5Fopen(session.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    writeText(file, "format_version", version);
    const hid_t group =
        H5Gcreate2(file, "/variants/from_the_future", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    writeText(group, "encoding-type", "hologram");
    H5Gclose(group);
    H5Fclose(file);
}

} // namespace batlab::test
