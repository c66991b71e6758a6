# SPDX-License-Identifier: Apache-2.0
# Tests of views/models and views/panels on synthetic data.
batlab_test(tst_models SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_models.cpp
    LIBS batlab_models batlab_fake_engine LABELS views)
batlab_test(tst_core_text SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_core_text.cpp LIBS batlab_models LABELS views)
target_compile_definitions(tst_core_text PRIVATE BATLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
batlab_test(tst_panels SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_panels.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_what_if SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_what_if.cpp
    LIBS batlab_models batlab_fake_engine LABELS views)
batlab_test(tst_ablate_page SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_ablate_page.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_fallback SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_fallback.cpp
    LIBS batlab_panels batlab_fake_engine LABELS views)
