# SPDX-License-Identifier: Apache-2.0
if(BATLAB_ENGINE AND NOT BATLAB_SANITIZE)
    add_test(NAME tst_bundle COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_bundle.sh ${PROJECT_SOURCE_DIR} ${CMAKE_BINARY_DIR}
        ${BATLAB_TORCH_DIR})
    set_tests_properties(tst_bundle PROPERTIES LABELS app TIMEOUT 300)
endif()
