# SPDX-License-Identifier: GPL-3.0-or-later
# Tests of views/plots: numbers first, then pictures (written to ${CMAKE_BINARY_DIR}/tests/looks).
foreach(name tst_plots_theme tst_plots_heatmap tst_plots_widget tst_plots_look tst_plots_kept tst_plots_keys
    tst_plots_ticks)
    batlab_test(${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp LIBS batlab_plots LABELS views)
    target_compile_definitions(${name} PRIVATE BATLAB_LOOKS_DIR="${CMAKE_BINARY_DIR}/tests/looks")
    # 20 seconds and 330 MB: one for all, which are compiled alike.
    if(name STREQUAL tst_plots_theme)
        target_precompile_headers(${name} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${PROJECT_SOURCE_DIR}/views/plots/qcp.h>")
    else()
        target_precompile_headers(${name} REUSE_FROM tst_plots_theme)
    endif()
endforeach()
# The same pictures at twice the pixels.
add_test(NAME tst_plots_look_2x COMMAND tst_plots_look)
get_test_property(tst_plots_look ENVIRONMENT look_environment)
set_tests_properties(tst_plots_look_2x PROPERTIES TIMEOUT 300 LABELS views
    ENVIRONMENT "${look_environment};QT_SCALE_FACTOR=2")
