# SPDX-License-Identifier: Apache-2.0
# They run batlab-cli as a user does.
if(BATLAB_ENGINE)
    foreach(name tst_cli_verbs tst_cli_run tst_cli_compare)
        batlab_test(${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp ${CMAKE_CURRENT_LIST_DIR}/cli_process.cpp
            LIBS batlab_sessions batlab_test_support TIMEOUT 600)
        add_dependencies(${name} batlab-cli)
    endforeach()
endif()
