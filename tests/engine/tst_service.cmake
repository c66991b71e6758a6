# SPDX-License-Identifier: Apache-2.0
# The engine's service: questions that newer ones end, what preflight looks at.
batlab_test(tst_questions_streams SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_questions_streams.cpp LIBS batlab_engine batlab_test_support)
batlab_test(tst_first_layer SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_first_layer.cpp LIBS batlab_engine batlab_test_support)
