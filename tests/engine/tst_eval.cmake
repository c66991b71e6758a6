# SPDX-License-Identifier: Apache-2.0
batlab_test(tst_eval_rows SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_eval_rows.cpp LIBS batlab_engine)
batlab_test(tst_eval_model SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_eval_model.cpp LIBS batlab_engine batlab_test_support)
