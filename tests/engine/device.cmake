# SPDX-License-Identifier: Apache-2.0
# A device without a GPU: its memory is out of the host's reach.
add_library(batlab_spy_device STATIC spy_device.cpp spy_graph.cpp spy_memory.cpp spy_ops.cpp)
target_include_directories(batlab_spy_device PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(batlab_spy_device PUBLIC batlab_engine)
# Each also on a GPU; skipped where there is none.
foreach(part device device_fusion device_graphs device_numbers device_passes)
    foreach(place spy engine)
        set(open device_is_spy.cpp)
        if(place STREQUAL engine)
            set(open device_is_cuda.cpp)
        endif()
        batlab_test(tst_${part}_${place} SOURCES tst_${part}.cpp ${open}
            LIBS batlab_spy_device batlab_test_support TIMEOUT 600)
        if(place STREQUAL engine AND TARGET batlab_cuda) # the plug-in lies beside the programs, not the tests
            get_test_property(tst_${part}_engine ENVIRONMENT device_environment)
            set_tests_properties(tst_${part}_engine PROPERTIES
                ENVIRONMENT "${device_environment};BATLAB_CUDA_PLUGIN=$<TARGET_FILE:batlab_cuda>")
        endif()
    endforeach()
endforeach()

# An engine whose device fails for good; a GPU cannot be made to.
batlab_test(tst_device_lost SOURCES tst_device_lost.cpp LIBS batlab_spy_device batlab_test_support TIMEOUT 300)

# Of the plug-in, what needs no GPU.
batlab_test(tst_bench_rows SOURCES tst_bench_rows.cpp
    ${PROJECT_SOURCE_DIR}/core/engine/cuda/bench_chains.cpp ${PROJECT_SOURCE_DIR}/core/engine/cuda/bench_row.cpp
    LIBS batlab_engine batlab_test_support)

# Plug-ins that fit the engine and plug-ins that do not.
batlab_test(tst_device_open SOURCES tst_device_open.cpp LIBS batlab_engine)
target_compile_definitions(tst_device_open PRIVATE BATLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
function(batlab_fake_plugin name)
    add_library(batlab_fake_plugin_${name} MODULE fake_cuda_plugin.cpp)
    target_include_directories(batlab_fake_plugin_${name} PRIVATE ${PROJECT_SOURCE_DIR}
        $<TARGET_PROPERTY:Batlab::Torch,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_definitions(batlab_fake_plugin_${name} PRIVATE ${ARGN})
    add_dependencies(tst_device_open batlab_fake_plugin_${name})
    string(TOUPPER ${name} upper)
    target_compile_definitions(tst_device_open PRIVATE
        FAKE_PLUGIN_${upper}="$<TARGET_FILE:batlab_fake_plugin_${name}>")
endfunction()
add_library(batlab_fake_nvml MODULE fake_nvml.cpp)
add_dependencies(tst_device_open batlab_fake_nvml)
target_compile_definitions(tst_device_open PRIVATE FAKE_NVML="$<TARGET_FILE:batlab_fake_nvml>")
set(abi FAKE_ABI=batlab::device::kCudaPluginAbi)
set(entry FAKE_ENTRY=batlabCudaPlugin)
batlab_fake_plugin(good ${abi} ${entry} FAKE_TORCH=TORCH_VERSION)
batlab_fake_plugin(old FAKE_ABI=0 ${entry} FAKE_TORCH=TORCH_VERSION)
batlab_fake_plugin(torch ${abi} ${entry} "FAKE_TORCH=\"1.0.0\"")
batlab_fake_plugin(empty ${abi} FAKE_ENTRY=another FAKE_TORCH=TORCH_VERSION)
