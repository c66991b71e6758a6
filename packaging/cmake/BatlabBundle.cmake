# SPDX-License-Identifier: Apache-2.0
# Install component "bundle": batlab-cli with its libraries except libtorch's, CUDA's and the C and C++ runtimes, to be
# unpacked anywhere (packaging/bundle makes the archive).
#   bin/batlab-cli      finds libtorch, then starts
#   libexec/batlab-cli  the program; looks for its libraries in ../lib first
#   lib/                its libraries, and libbatlab_cuda.so where it was built
function(batlab_bundle)
    # Read by packaging/cmake/install_bundle.cmake at install time.
    install(CODE "
        set(BUNDLE_PROGRAM \"$<TARGET_FILE:batlab-cli>\")
        set(BUNDLE_PLUGIN \"$<$<TARGET_EXISTS:batlab_cuda>:$<TARGET_FILE:$<IF:$<TARGET_EXISTS:batlab_cuda>,batlab_cuda,batlab-cli>>>\")
        set(BUNDLE_TORCH \"${BATLAB_TORCH_DIR}\")
        set(BUNDLE_SOURCE \"${PROJECT_SOURCE_DIR}\")
        set(BUNDLE_STRIP \"${CMAKE_STRIP}\")" COMPONENT bundle EXCLUDE_FROM_ALL)
    install(SCRIPT ${PROJECT_SOURCE_DIR}/packaging/cmake/install_bundle.cmake COMPONENT bundle EXCLUDE_FROM_ALL)
endfunction()
