# SPDX-License-Identifier: Apache-2.0
# Language level, warnings, sanitizers and compiler cache for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# moc needs no built library: lint and the compiler need not wait for one.
set(CMAKE_AUTOGEN_ORIGIN_DEPENDS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
# -g1 keeps back traces and halves link time and size; -O2 as everywhere.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

option(BATLAB_WERROR "Treat warnings as errors" OFF)
set(BATLAB_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    # Precompiled headers are told from each other by their contents.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    # At -O3 these take strings of libstdc++ 12 and 13 for overruns (GCC bugs 105329, 105651): noise in a user's first build.
    add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-maybe-uninitialized)
endif()
if(BATLAB_WERROR)
    add_compile_options(-Werror)
endif()
if(BATLAB_SANITIZE)
    add_compile_options(-fsanitize=${BATLAB_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${BATLAB_SANITIZE})
endif()
