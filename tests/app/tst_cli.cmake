# SPDX-License-Identifier: Apache-2.0
# They run batlab-cli as a user does.
if(BATLAB_ENGINE)
    foreach(name tst_cli_verbs tst_cli_run tst_cli_compare)
        batlab_test(${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp ${CMAKE_CURRENT_LIST_DIR}/cli_process.cpp
            LIBS batlab_sessions batlab_test_support TIMEOUT 600)
        add_dependencies(${name} batlab-cli)
    endforeach()
    # It makes a session of a newer version.
    target_sources(tst_cli_run PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/session_version.cpp)
    target_link_libraries(tst_cli_run PRIVATE PkgConfig::HDF5)
    target_compile_definitions(tst_cli_run PRIVATE H5_USE_110_API)
endif()
