// SPDX-License-Identifier: Apache-2.0
#include "core/base/heap.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace batlab {

void keepFreedMemory()
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1); // other arenas end at 64 MB
    if (mallopt(M_MMAP_THRESHOLD, 1 << 30) == 0)
        mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most that some versions take
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

void keepLittleMemory()
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 128 << 10); // fixed: it would grow with the first large buffer
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

void returnFreedMemory()
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

} // namespace batlab
