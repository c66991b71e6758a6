# SPDX-License-Identifier: Apache-2.0
# Tests of views/models and views/panels on synthetic data.
batlab_test(tst_models SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_models.cpp
    LIBS batlab_models batlab_fake_engine LABELS views)
foreach(test IN ITEMS tst_core_text tst_core_texts)
    batlab_test(${test} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${test}.cpp LIBS batlab_models LABELS views)
    target_compile_definitions(${test} PRIVATE BATLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endforeach()
batlab_test(tst_panels SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_panels.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_table_copy SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_table_copy.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_what_if SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_what_if.cpp
    LIBS batlab_models batlab_fake_engine LABELS views)
batlab_test(tst_ablate_page SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_ablate_page.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_ablate_queue SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_ablate_queue.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_fallback SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_fallback.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
