// SPDX-License-Identifier: Apache-2.0
#include "sessions/part_file.h"

#include "sessions/file_commit.h"
#include "sessions/part_io.h"

#include <algorithm>

namespace batlab {

namespace fs = std::filesystem;

namespace h5 {

void writePartGroup(Out &out, hid_t group, const Part &part, std::string_view contentHash)
{
    out.text(group, "kind", part.kind);
    out.text(group, "content_hash", contentHash);
    out.integer(group, "tensor_count", static_cast<std::int64_t>(part.tensors.size()));
    out.document(group, "attributes", part.attributes.dump());
    const Group tensors = out.group(group, "tensors", "group");
    for (const NamedTensor &t : part.tensors) {
        const std::string name = linkName(t.name);
        out.array(tensors.get(), name, t.dtype, t.bytes.data(), t.shape);
        if (!out.ok())
            return;
        const Object set(H5Oopen(tensors.get(), name.c_str(), H5P_DEFAULT));
        out.text(set.get(), "dtype", t.dtype);
    }
}

Result<Part> readPartGroup(In &in, hid_t group, std::string_view expectedHash)
{
    Part part;
    part.kind = in.text(group, "kind");
    const std::string stated = in.text(group, "content_hash");
    const std::int64_t count = in.integer(group, "tensor_count");
    const std::string attributes = in.document(group, "attributes");
    const Object tensors = in.open(group, "tensors");
    if (!in.ok())
        return in.error();
    Result<Json> json = parseJson(attributes, in.file() + ": attributes");
    if (!json)
        return json.error();
    part.attributes = *std::move(json);
    for (const Child &child : children(tensors.get())) {
        if (child.link != H5L_TYPE_HARD)
            continue;
        NamedTensor t;
        t.name = fromLinkName(child.name);
        const Object set = in.open(tensors.get(), child.name);
        t.dtype = in.text(set.get(), "dtype");
        In::Array a = in.array(tensors.get(), child.name, t.dtype);
        if (!in.ok())
            return in.error();
        t.shape = std::move(a.dims);
        t.bytes = std::move(a.bytes);
        part.tensors.push_back(std::move(t));
    }
    std::sort(part.tensors.begin(), part.tensors.end(),
              [](const NamedTensor &a, const NamedTensor &b) { return a.name < b.name; });
    const std::string wanted(expectedHash.empty() ? std::string_view(stated) : expectedHash);
    if (count != static_cast<std::int64_t>(part.tensors.size()) || part.contentHash() != wanted)
        return Error { ErrorCode::badInput,
                       "the part's content is not the one its hash " + wanted
                           + " promises: it was damaged or changed",
                       in.file(),
                       "Delete this file; the step it belongs to is then computed again." };
    return part;
}

} // namespace h5

fs::path partFileName(std::string_view hash) { return std::string(hash) + ".h5"; }

bool isContentHash(std::string_view text)
{
    return text.size() == 32
        && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> writePart(const fs::path &folder, const Part &part)
{
    if (Result<void> good = checkPart(part); !good)
        return good.error();
    // Attributes are stored as JSON text: NaN or binary values would come back as something else.
    const Result<Json> again =
        parseJson(part.attributes.dump(-1, ' ', false, Json::error_handler_t::replace), "part");
    if (!again || *again != part.attributes)
        return Error { ErrorCode::internal,
                       "the attributes of a part hold NaN, binary values or broken UTF-8",
                       "part " + part.kind, "Store such values as tensors." };
    const std::string hash = part.contentHash();
    const fs::path path = folder / partFileName(hash);
    std::error_code ec;
    if (fs::exists(path, ec) && readPart(path, hash))
        return hash;
    const h5::Lock lock;
    Result<h5::File> file = h5::createInMemory(path.string());
    if (!file)
        return file.error();
    h5::Out out(path.string());
    out.text(file->get(), "format", "batlab-part");
    out.text(file->get(), "format_version", "1.0");
    out.text(file->get(), "encoding-type", h5::kPartEncoding);
    out.text(file->get(), "encoding-version", "1.0");
    h5::writePartGroup(out, file->get(), part, hash);
    if (!out.ok())
        return out.error();
    const auto bytes = h5::image(*file, path.string());
    if (!bytes)
        return bytes.error();
    const auto check = [&](const fs::path &temporary) -> Result<void> {
        const Result<Part> read = readPart(temporary, hash);
        return read ? Result<void>() : Result<void>(read.error());
    };
    if (Result<void> done = commitFile(path, *bytes, true, check); !done)
        return done.error();
    return hash;
}

Result<Part> readPart(const fs::path &path, std::string_view expectedHash)
{
    const h5::Lock lock;
    std::error_code ec;
    if (fs::exists(path, ec))
        if (const Result<Seal> seal = checkSeal(path); !seal)
            return seal.error();
    Result<h5::File> file = h5::openForReading(path);
    if (!file)
        return file.error();
    h5::In in(path.string());
    if (!in.has(file->get(), "format") || in.text(file->get(), "format") != "batlab-part")
        return Error { ErrorCode::badInput,
                       "this HDF5 file is not a part of a Batlab session",
                       path.string(),
                       {} };
    const std::string version = in.text(file->get(), "format_version");
    if (!version.starts_with("1."))
        return Error { ErrorCode::unsupported, "this part has the newer format version " + version,
                       path.string(), "Open it with a newer Batlab." };
    return h5::readPartGroup(in, file->get(), expectedHash);
}

} // namespace batlab
