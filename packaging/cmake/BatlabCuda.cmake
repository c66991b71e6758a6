# SPDX-License-Identifier: Apache-2.0
# nvcc and the CUDA runtime, without CMake's CUDA language (its checks want more of a toolkit than the PyPI wheels hold).
#   BATLAB_CUDA      AUTO (device code where nvcc is found) | ON (an error where not) | OFF
#   BATLAB_CUDA_DIR  a toolkit: folder with bin/nvcc, include/ and lib64/ or lib/; without it $CUDA_HOME, the PATH,
#                    .deps/nvidia/cu13 (packaging/setup cuda) and /usr/local/cuda
#   BATLAB_CUDA_ARCHITECTURES  e.g. 90a while developing
# Sets BATLAB_CUDA_FOUND; defines Batlab::CudaRuntime (libcudart) and batlab_cuda_library().
set(BATLAB_CUDA AUTO CACHE STRING "Compile the CUDA kernels: AUTO, ON or OFF")
set_property(CACHE BATLAB_CUDA PROPERTY STRINGS AUTO ON OFF)
set(BATLAB_CUDA_DIR "$ENV{BATLAB_CUDA_DIR}" CACHE PATH "CUDA 13 toolkit: folder with bin/nvcc")
set(BATLAB_CUDA_ARCHITECTURES "80;89;90a;100a;120a" CACHE STRING "GPU architectures to compile for")
# JIT for every newer or unlisted one.
set(BATLAB_CUDA_PTX 90 CACHE STRING "Virtual architecture kept as PTX; empty: none")

set(BATLAB_CUDA_FOUND FALSE)
if(BATLAB_CUDA)
    if(BATLAB_CUDA_DIR)
        set(_cuda_no_default NO_DEFAULT_PATH)
    endif()
    find_program(BATLAB_NVCC nvcc HINTS ${BATLAB_CUDA_DIR}/bin ${_cuda_no_default}
        PATHS $ENV{CUDA_HOME}/bin ${PROJECT_SOURCE_DIR}/.deps/nvidia/cu13/bin /usr/local/cuda/bin)
    if(BATLAB_NVCC)
        execute_process(COMMAND ${BATLAB_NVCC} --version OUTPUT_VARIABLE _cuda_text ERROR_QUIET)
        string(REGEX MATCH "release ([0-9]+\\.[0-9]+)" _cuda_match "${_cuda_text}")
        set(BATLAB_NVCC_VERSION "${CMAKE_MATCH_1}")
        get_filename_component(_cuda_bin ${BATLAB_NVCC} REALPATH)
        get_filename_component(_cuda_bin ${_cuda_bin} DIRECTORY)
        get_filename_component(_cuda_root ${_cuda_bin} DIRECTORY)
        find_path(BATLAB_CUDA_INCLUDE cuda_runtime.h HINTS ${_cuda_root}/include
            ${_cuda_root}/targets/x86_64-linux/include NO_DEFAULT_PATH)
        find_library(BATLAB_CUDART NAMES cudart libcudart.so.13 HINTS ${_cuda_root}/lib64 ${_cuda_root}/lib
            ${_cuda_root}/targets/x86_64-linux/lib NO_DEFAULT_PATH)
    endif()
    set(_cuda_missing "")
    if(NOT BATLAB_NVCC)
        set(_cuda_missing "no nvcc (packaging/setup cuda fetches one)")
    elseif(BATLAB_NVCC_VERSION VERSION_LESS 13.0)
        set(_cuda_missing "${BATLAB_NVCC} is release ${BATLAB_NVCC_VERSION}; 13.0 is needed")
    elseif(NOT BATLAB_CUDA_INCLUDE OR NOT BATLAB_CUDART)
        set(_cuda_missing "no cuda_runtime.h or no libcudart beside ${BATLAB_NVCC}")
    endif()
    if(_cuda_missing AND NOT BATLAB_CUDA STREQUAL AUTO)
        message(FATAL_ERROR "CUDA kernels: ${_cuda_missing}. Set BATLAB_CUDA_DIR, or BATLAB_CUDA=OFF.")
    elseif(_cuda_missing)
        message(STATUS "CUDA kernels: not built, ${_cuda_missing}")
    else()
        set(BATLAB_CUDA_FOUND TRUE)
        message(STATUS "CUDA kernels: ${BATLAB_NVCC} ${BATLAB_NVCC_VERSION} for ${BATLAB_CUDA_ARCHITECTURES}")
    endif()
endif()
add_feature_info(cuda-kernels BATLAB_CUDA_FOUND "device code compiled by nvcc")

if(BATLAB_CUDA_FOUND AND NOT TARGET Batlab::CudaRuntime)
    add_library(Batlab::CudaRuntime SHARED IMPORTED)
    set_target_properties(Batlab::CudaRuntime PROPERTIES IMPORTED_LOCATION ${BATLAB_CUDART}
        INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${BATLAB_CUDA_INCLUDE}
        INTERFACE_INCLUDE_DIRECTORIES ${BATLAB_CUDA_INCLUDE})
endif()

# batlab_cuda_flags(OUT): what every device source is compiled with. IEEE division and roots, subnormals kept, no
# contraction: codes must equal the CPU's. Kernels that want FMA say fma().
function(batlab_cuda_flags out)
    set(flags -std=c++20 -O3 -lineinfo -fmad=false -ftz=false -prec-div=true -prec-sqrt=true -Xcompiler=-fPIC
        "-Xcompiler=-Wall,-Wextra,-Wshadow,-ffp-contract=off" -I${PROJECT_SOURCE_DIR} --threads 2)
    if(BATLAB_WERROR)
        list(APPEND flags --Werror=all-warnings)
    endif()
    foreach(architecture ${BATLAB_CUDA_ARCHITECTURES})
        list(APPEND flags -gencode=arch=compute_${architecture},code=sm_${architecture})
    endforeach()
    if(BATLAB_CUDA_PTX)
        list(APPEND flags -gencode=arch=compute_${BATLAB_CUDA_PTX},code=compute_${BATLAB_CUDA_PTX})
    endif()
    set(${out} ${flags} PARENT_SCOPE)
endfunction()

# batlab_cuda_library(NAME SOURCES a.cu ... b.cpp ... [PUBLIC lib ...])
# A static library of device objects. For every a.cu the build also keeps ptxas's report (a.cu.ptxas: registers, spills).
function(batlab_cuda_library name)
    cmake_parse_arguments(A "" "" "SOURCES;PUBLIC" ${ARGN})
    batlab_cuda_flags(flags)
    set(objects "")
    set(plain "")
    foreach(source ${A_SOURCES})
        if(NOT source MATCHES "\\.cu$")
            list(APPEND plain ${source})
            continue()
        endif()
        set(object ${CMAKE_CURRENT_BINARY_DIR}/${source}.o)
        add_custom_command(OUTPUT ${object}
            COMMAND ${PROJECT_SOURCE_DIR}/packaging/cmake/with_report.sh ${CMAKE_CURRENT_BINARY_DIR}/${source}.ptxas
                ${BATLAB_NVCC} ${flags} -Xptxas=-v -MD -MF ${object}.d -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
            BYPRODUCTS ${CMAKE_CURRENT_BINARY_DIR}/${source}.ptxas
            MAIN_DEPENDENCY ${source} DEPFILE ${object}.d
            COMMENT "nvcc ${source}" VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    if(NOT plain)
        set(plain ${PROJECT_SOURCE_DIR}/kernels/cuda/status.h)
    endif()
    add_library(${name} STATIC ${plain} ${objects})
    set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${A_PUBLIC} Batlab::CudaRuntime)
endfunction()
