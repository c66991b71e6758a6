# SPDX-License-Identifier: Apache-2.0
# Finds libtorch (>= 2.6) without the wheel's TorchConfig, which demands a CUDA toolkit.
#   BATLAB_TORCH_DIR  folder holding include/ and lib/ (for the PyPI wheel: .../torch);
#                     without it, .deps/torch, where packaging/setup puts one
# Defines the imported target Batlab::Torch (CPU operators; no CUDA library is linked).
set(BATLAB_TORCH_DIR "$ENV{BATLAB_TORCH_DIR}" CACHE PATH "libtorch: folder with include/ and lib/")
if(NOT BATLAB_TORCH_DIR AND EXISTS ${PROJECT_SOURCE_DIR}/.deps/torch/include)
    set(BATLAB_TORCH_DIR ${PROJECT_SOURCE_DIR}/.deps/torch)
endif()

find_path(BatlabTorch_INCLUDE_DIR ATen/ATen.h HINTS ${BATLAB_TORCH_DIR}/include NO_DEFAULT_PATH)
find_library(BatlabTorch_C10 c10 HINTS ${BATLAB_TORCH_DIR}/lib NO_DEFAULT_PATH)
find_library(BatlabTorch_CPU torch_cpu HINTS ${BATLAB_TORCH_DIR}/lib NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(BatlabTorch
    REQUIRED_VARS BatlabTorch_INCLUDE_DIR BatlabTorch_C10 BatlabTorch_CPU
    REASON_FAILURE_MESSAGE "Set BATLAB_TORCH_DIR to a libtorch >= 2.6 (packaging/setup fetches one)")

if(BatlabTorch_FOUND AND NOT TARGET Batlab::Torch)
    add_library(Batlab::Torch INTERFACE IMPORTED)
    # The wheel ships its own fmt headers, newer than the system's library; a folder of links leaves them out.
    set(_torch_links ${CMAKE_BINARY_DIR}/torch-include)
    file(MAKE_DIRECTORY ${_torch_links})
    file(GLOB _torch_entries RELATIVE ${BatlabTorch_INCLUDE_DIR} ${BatlabTorch_INCLUDE_DIR}/*)
    list(REMOVE_ITEM _torch_entries fmt)
    foreach(_entry ${_torch_entries})
        file(CREATE_LINK ${BatlabTorch_INCLUDE_DIR}/${_entry} ${_torch_links}/${_entry} SYMBOLIC)
    endforeach()
    target_include_directories(Batlab::Torch SYSTEM INTERFACE ${_torch_links}
        ${_torch_links}/torch/csrc/api/include)
    # libtorch_cpu of the cu130 wheel needs libcudart and libcupti; they lie beside it (wheels of their own).
    file(GLOB _torch_nvidia ${BATLAB_TORCH_DIR}/../nvidia/cu*/lib)
    get_filename_component(_torch_lib ${BatlabTorch_CPU} DIRECTORY)
    target_link_libraries(Batlab::Torch INTERFACE ${BatlabTorch_CPU} ${BatlabTorch_C10})
    set(_rpaths ${_torch_lib} ${_torch_nvidia})
    foreach(_dir ${_rpaths})
        target_link_options(Batlab::Torch INTERFACE "LINKER:-rpath,${_dir}" "LINKER:-rpath-link,${_dir}")
    endforeach()
    # Only what is used is needed at run time: no libtorch_cuda.
    target_link_options(Batlab::Torch INTERFACE "LINKER:--as-needed" "LINKER:--disable-new-dtags")
endif()
