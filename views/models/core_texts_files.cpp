// SPDX-License-Identifier: GPL-3.0-or-later
// What reading and writing sessions and other files says; see core_texts.cpp.
// clang-format off
#include "views/models/core_text.h"

#include <QtGlobal>

#include <iterator>

namespace batlab::views {

namespace {
const char *const kFileTexts[] = {
    // sessions: writing, reading and locking of any file
    QT_TRANSLATE_NOOP("core", "cannot read: %1"),
    QT_TRANSLATE_NOOP("core", "cannot write: %1"),
    QT_TRANSLATE_NOOP("core", "cannot replace: %1"),
    QT_TRANSLATE_NOOP("core", "cannot lock: %1"),
    QT_TRANSLATE_NOOP("core", "cannot use the folder: %1"),
    QT_TRANSLATE_NOOP("core", "cannot make the folder: %1"),
    QT_TRANSLATE_NOOP("core", "cannot make the change of the folder durable: %1"),
    QT_TRANSLATE_NOOP("core", "cannot write here: %1"),
    QT_TRANSLATE_NOOP("core", "Free some space or choose another folder; nothing was changed."),
    QT_TRANSLATE_NOOP("core", "Choose a folder and file you may use, or change the permissions; nothing was changed."),
    QT_TRANSLATE_NOOP("core", "Check that the folder exists."),
    QT_TRANSLATE_NOOP("core", "%1 kB are needed, %2 kB are free"),
    QT_TRANSLATE_NOOP("core", "reading was stopped"),
    QT_TRANSLATE_NOOP("core", "the file is damaged: its content differs from its checksum"),
    QT_TRANSLATE_NOOP("core", "Restore it from a backup or write it again."),
    QT_TRANSLATE_NOOP("core", "the file is larger than %1 bytes"),
    // of the system
    QT_TRANSLATE_NOOP("core", "No space left on device"),
    QT_TRANSLATE_NOOP("core", "Disk quota exceeded"),
    QT_TRANSLATE_NOOP("core", "File too large"),
    QT_TRANSLATE_NOOP("core", "Permission denied"),
    QT_TRANSLATE_NOOP("core", "Operation not permitted"),
    QT_TRANSLATE_NOOP("core", "Read-only file system"),
    QT_TRANSLATE_NOOP("core", "No such file or directory"),
    QT_TRANSLATE_NOOP("core", "Not a directory"),
    QT_TRANSLATE_NOOP("core", "Is a directory"),
    QT_TRANSLATE_NOOP("core", "File name too long"),
    QT_TRANSLATE_NOOP("core", "Input/output error"),
    QT_TRANSLATE_NOOP("core", "Too many open files"),
    QT_TRANSLATE_NOOP("core", "Cannot allocate memory"),
    QT_TRANSLATE_NOOP("core", "Resource temporarily unavailable"),
    // sessions/h5.cpp, h5_read.cpp, h5_write.cpp
    QT_TRANSLATE_NOOP("core", "cannot start an HDF5 file"),
    QT_TRANSLATE_NOOP("core", "cannot finish the HDF5 file"),
    QT_TRANSLATE_NOOP("core", "there is no such file"),
    QT_TRANSLATE_NOOP("core", "Check the path."),
    QT_TRANSLATE_NOOP("core", "this is a folder, not a file"),
    QT_TRANSLATE_NOOP("core", "this is not an HDF5 file"),
    QT_TRANSLATE_NOOP("core", "It may be damaged at its beginning, or be a file of another kind."),
    QT_TRANSLATE_NOOP("core", "the HDF5 file is damaged or truncated"),
    QT_TRANSLATE_NOOP("core", "Restore the file from a backup or write it again."),
    QT_TRANSLATE_NOOP("core", "The file is damaged or of another kind; restore it from a backup or write it again."),
    QT_TRANSLATE_NOOP("core", "cannot read %1"),
    QT_TRANSLATE_NOOP("core", "cannot write %1"),
    QT_TRANSLATE_NOOP("core", "the object"),
    QT_TRANSLATE_NOOP("core", "the group"),
    QT_TRANSLATE_NOOP("core", "the link"),
    QT_TRANSLATE_NOOP("core", "the attribute"),
    QT_TRANSLATE_NOOP("core", "the text attribute"),
    QT_TRANSLATE_NOOP("core", "the number attribute"),
    QT_TRANSLATE_NOOP("core", "the dataset"),
    QT_TRANSLATE_NOOP("core", "the shape of the dataset"),
    QT_TRANSLATE_NOOP("core", "the text"),
    QT_TRANSLATE_NOOP("core", "the texts"),
    QT_TRANSLATE_NOOP("core", "the table"),
    QT_TRANSLATE_NOOP("core", "a dataset claims an impossible size"),
    QT_TRANSLATE_NOOP("core", "a dataset claims more values than the file holds"),
    QT_TRANSLATE_NOOP("core", "a text claims more bytes than the file holds"),
    QT_TRANSLATE_NOOP("core", "unknown element type \"%1\""),
    QT_TRANSLATE_NOOP("core", "expected one text"),
    // sessions/artifact_io.cpp
    QT_TRANSLATE_NOOP("core", "the ends of the token pieces are out of order"),
    QT_TRANSLATE_NOOP("core", "unknown kind of artifact \"%1\""),
    QT_TRANSLATE_NOOP("core", "the content differs from its checksum: the file is damaged or was changed"),
    QT_TRANSLATE_NOOP("core", "a text is too long for a table"),
    QT_TRANSLATE_NOOP("core", "expected a table"),
    QT_TRANSLATE_NOOP("core", "the table has no column \"%1\""),
    QT_TRANSLATE_NOOP("core", "the column \"%1\" has another type"),
    // sessions/checkpoint_folder.cpp, part_file.cpp, session_parts.cpp
    QT_TRANSLATE_NOOP("core", "the list of checkpoints is damaged: %1"),
    QT_TRANSLATE_NOOP("core", "it is not an index of parts"),
    QT_TRANSLATE_NOOP("core", "no keys"),
    QT_TRANSLATE_NOOP("core", "the hash of \"%1\" is not one"),
    QT_TRANSLATE_NOOP("core", "not an object"),
    QT_TRANSLATE_NOOP("core", "Move the folder away to start without checkpoints."),
    QT_TRANSLATE_NOOP("core", "the checkpoints have a newer format version"),
    QT_TRANSLATE_NOOP("core", "Use a newer Batlab, or another folder."),
    QT_TRANSLATE_NOOP("core", "a checkpoint needs a key in UTF-8"),
    QT_TRANSLATE_NOOP("core", "the part of this checkpoint is gone"),
    QT_TRANSLATE_NOOP("core", "Delete this checkpoint; the step is then computed again."),
    QT_TRANSLATE_NOOP("core", "Wait for that job, or stop it, or choose another workspace."),
    QT_TRANSLATE_NOOP("core", "the part's content is not the one its hash %1 promises: it was damaged or changed"),
    QT_TRANSLATE_NOOP("core", "Delete this file; the step it belongs to is then computed again."),
    QT_TRANSLATE_NOOP("core", "the attributes of a part hold NaN, binary values or broken UTF-8"),
    QT_TRANSLATE_NOOP("core", "Store such values as tensors."),
    QT_TRANSLATE_NOOP("core", "this HDF5 file is not a part of a Batlab session"),
    QT_TRANSLATE_NOOP("core", "this part has the newer format version %1"),
    QT_TRANSLATE_NOOP("core", "Open it with a newer Batlab."),
    QT_TRANSLATE_NOOP("core", "the part %1 of this session is missing"),
    QT_TRANSLATE_NOOP("core", "Bring the .parts folder back beside the session, or run the job again."),
    QT_TRANSLATE_NOOP("core", "\"%1\" is not a content hash"),
    // sessions/session_writer.cpp; app/gui/session_store.cpp, session_bridge.cpp
    QT_TRANSLATE_NOOP("core", "the written file does not read back as it was written"),
    QT_TRANSLATE_NOOP("core", "The disk or file system may be failing; save somewhere else."),
    QT_TRANSLATE_NOOP("core", "opening was cancelled"),
    QT_TRANSLATE_NOOP("core", "view state of the session"),
    QT_TRANSLATE_NOOP("core", "spec of run %1"),
    QT_TRANSLATE_NOOP("core", "a session needs a file name"),
    QT_TRANSLATE_NOOP("core", "For example run.batlab.h5."),
};
} // namespace

std::vector<const char *> coreFileTexts()
{
    return { std::begin(kFileTexts), std::end(kFileTexts) };
}

} // namespace batlab::views
