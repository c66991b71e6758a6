// SPDX-License-Identifier: Apache-2.0
#include "core/base/build_id.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <link.h>

namespace batlab {

namespace {

std::size_t padded(std::size_t bytes) { return (bytes + 3) / 4 * 4; }

/// The build ID among the notes of a segment: header, name, content, each padded to 4 bytes.
std::string idIn(const std::uint8_t *notes, std::size_t bytes)
{
    while (bytes >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note {};
        std::memcpy(&note, notes, sizeof note);
        const std::size_t content = sizeof note + padded(note.n_namesz);
        const std::size_t end = content + padded(note.n_descsz);
        if (end > bytes)
            break;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4
            && std::memcmp(notes + sizeof note, "GNU", 4) == 0) {
            std::string hex;
            for (std::size_t i = 0; i < note.n_descsz; ++i)
                hex += fmt::format("{:02x}", notes[content + i]);
            return hex;
        }
        notes += end;
        bytes -= end;
    }
    return {};
}

} // namespace

std::string buildId()
{
    std::string id;
    const auto look = [](dl_phdr_info *object, std::size_t, void *out) {
        for (int i = 0; i < object->dlpi_phnum; ++i) {
            const ElfW(Phdr) &segment = object->dlpi_phdr[i];
            auto &found = *static_cast<std::string *>(out);
            if (segment.p_type != PT_NOTE || !found.empty())
                continue;
            const ElfW(Addr) address = object->dlpi_addr + segment.p_vaddr;
            // The loader gives addresses as numbers.
            // NOLINTNEXTLINE(performance-no-int-to-ptr)
            found = idIn(reinterpret_cast<const std::uint8_t *>(address), segment.p_memsz);
        }
        return 1; // the program itself comes first
    };
    dl_iterate_phdr(look, &id);
    return id;
}

} // namespace batlab
