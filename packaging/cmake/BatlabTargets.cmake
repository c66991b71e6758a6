# SPDX-License-Identifier: Apache-2.0

# moc of Qt 6.4 stumbles over <concepts> of libstdc++ 12 and <compare> of libstdc++ 13 before a Qt header; it needs nothing
# of them.
set(CMAKE_AUTOMOC_MOC_OPTIONS -D_GLIBCXX_CONCEPTS=1 -D_COMPARE=1)

# batlab_library(NAME SOURCES a.cpp ... [PUBLIC lib ...] [PRIVATE lib ...] [QT])
# A static library whose headers are included from the repository root ("core/base/result.h").
# QT: the target uses Qt (moc on, keywords off).
function(batlab_library name)
    cmake_parse_arguments(A "QT" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${A_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${A_PUBLIC} PRIVATE ${A_PRIVATE})
    if(A_QT)
        batlab_use_qt(${name})
    endif()
endfunction()

function(batlab_use_qt name)
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS QT_NO_FOREACH QT_USE_QSTRINGBUILDER
        QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_ASCII QT_DISABLE_DEPRECATED_BEFORE=0x060400)
endfunction()

# batlab_benchmark(NAME SOURCES a.cpp ... LIBS lib ...)
# One Google Benchmark executable, beside the programs; only with BATLAB_BENCH.
function(batlab_benchmark name)
    cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
    find_package(benchmark REQUIRED)
    add_executable(${name} ${A_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${A_LIBS} benchmark::benchmark)
endfunction()

# batlab_test(NAME SOURCES a.cpp ... LIBS lib ... [LABELS l ...] [TIMEOUT s])
# One Qt Test executable, run offscreen with its own XDG folders.
function(batlab_test name)
    cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
    add_executable(${name} ${A_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${A_LIBS} Qt6::Test)
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT A_TIMEOUT)
        set(A_TIMEOUT 300)
    endif()
    if(NOT A_LABELS)
        set(A_LABELS unit)
    endif()
    set(home ${CMAKE_BINARY_DIR}/tests/home/${name})
    # Waiting threads that spin turn seconds into minutes where tests share two cores.
    set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}"
        ENVIRONMENT "OMP_WAIT_POLICY=PASSIVE;QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;XDG_CONFIG_HOME=${home}/config;XDG_CACHE_HOME=${home}/cache;XDG_DATA_HOME=${home}/data;XDG_STATE_HOME=${home}/state;BATLAB_BIN_DIR=${CMAKE_BINARY_DIR}/bin;BATLAB_SHARED_DIR=${PROJECT_SOURCE_DIR}/../shared")
endfunction()
