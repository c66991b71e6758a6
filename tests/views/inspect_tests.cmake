# SPDX-License-Identifier: Apache-2.0
# Inspect and its docks; how long they take on an 8B-size session.
foreach(name tst_inspect tst_inspect_speed tst_deltas tst_place_filter)
    batlab_test(${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp LIBS batlab_panels batlab_fake_engine LABELS views)
endforeach()
target_compile_definitions(tst_inspect PRIVATE BATLAB_LOOKS_DIR="${CMAKE_BINARY_DIR}/tests/looks")
batlab_test(tst_plots_inspect SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_plots_inspect.cpp LIBS batlab_plots LABELS views)
batlab_test(tst_tensors SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_tensors.cpp LIBS batlab_panels batlab_fake_engine LABELS views)
batlab_test(tst_roundings SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_roundings.cpp LIBS batlab_panels batlab_fake_engine LABELS views)
target_compile_definitions(tst_roundings PRIVATE BATLAB_LOOKS_DIR="${CMAKE_BINARY_DIR}/tests/looks")
