# SPDX-License-Identifier: Apache-2.0
# Tests of core/model and core/text.
batlab_test(tst_model_config SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_model_config.cpp LIBS batlab_core)
batlab_test(tst_model_storage SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_model_storage.cpp LIBS batlab_core)
batlab_test(tst_model_source SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_model_source.cpp LIBS batlab_core batlab_test_support)
batlab_test(tst_model_source_tokenizer SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_model_source_tokenizer.cpp LIBS batlab_core batlab_test_support)
batlab_test(tst_model_hostile SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_model_hostile.cpp LIBS batlab_core batlab_test_support)
batlab_test(tst_tokenizer_vectors SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_tokenizer_vectors.cpp LIBS batlab_core)
batlab_test(tst_tokenizer_rules SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_tokenizer_rules.cpp LIBS batlab_core batlab_test_support)
batlab_test(tst_dataset SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_dataset.cpp LIBS batlab_core)
