# SPDX-License-Identifier: Apache-2.0
# Install script of the component "bundle" (BatlabBundle.cmake sets BUNDLE_*).
cmake_minimum_required(VERSION 3.25)
set(prefix "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")

# What every machine with libtorch has, and what must be that machine's own.
set(foreign "^ld-linux" "^lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\\+\\+)\\.so"
    "^lib(torch|c10|gomp|cuda|cudart|cupti|cublas|cudnn|nccl|nv)")
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${BUNDLE_PROGRAM}
    DIRECTORIES ${BUNDLE_TORCH}/lib
    PRE_EXCLUDE_REGEXES ${foreign}
    RESOLVED_DEPENDENCIES_VAR libraries UNRESOLVED_DEPENDENCIES_VAR missing)
if(missing)
    message(FATAL_ERROR "bundle: not found: ${missing}")
endif()

file(MAKE_DIRECTORY ${prefix}/bin ${prefix}/lib ${prefix}/libexec)
function(put file folder rpath)
    get_filename_component(name ${file} NAME)
    get_filename_component(real ${file} REALPATH)
    configure_file(${real} ${prefix}/${folder}/${name} COPYONLY)
    execute_process(COMMAND ${BUNDLE_STRIP} --strip-unneeded ${prefix}/${folder}/${name} COMMAND_ERROR_IS_FATAL ANY)
    if(rpath STREQUAL "none")
        file(RPATH_REMOVE FILE ${prefix}/${folder}/${name})
    elseif(rpath)
        file(RPATH_SET FILE ${prefix}/${folder}/${name} NEW_RPATH ${rpath})
    endif()
    message(STATUS "Installing: ${prefix}/${folder}/${name}")
endfunction()

put(${BUNDLE_PROGRAM} libexec "$ORIGIN/../lib")
foreach(library ${libraries})
    put(${library} lib "")
endforeach()
if(BUNDLE_PLUGIN AND EXISTS ${BUNDLE_PLUGIN})
    put(${BUNDLE_PLUGIN} lib none)
endif()
file(INSTALL ${BUNDLE_SOURCE}/packaging/bundle_launcher DESTINATION ${prefix}/bin USE_SOURCE_PERMISSIONS
    RENAME batlab-cli)
file(INSTALL ${BUNDLE_SOURCE}/LICENSE ${BUNDLE_SOURCE}/README.md DESTINATION ${prefix})
