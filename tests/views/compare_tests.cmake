# SPDX-License-Identifier: Apache-2.0
# The pages Compare and Evaluate on synthetic data; pictures in ${CMAKE_BINARY_DIR}/tests/looks.
foreach(name tst_compare tst_compare_views tst_evaluate tst_evaluate_tasks tst_session_report tst_training)
    batlab_test(${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp
        LIBS batlab_panels batlab_fake_engine LABELS views)
    target_compile_definitions(${name} PRIVATE BATLAB_LOOKS_DIR="${CMAKE_BINARY_DIR}/tests/looks")
endforeach()
