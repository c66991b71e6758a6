# SPDX-License-Identifier: Apache-2.0
batlab_test(tst_transforms SOURCES tst_transforms.cpp LIBS batlab_engine)
batlab_test(tst_gradients SOURCES tst_gradients.cpp LIBS batlab_engine)
batlab_test(tst_rounding SOURCES tst_rounding.cpp LIBS batlab_engine)
batlab_test(tst_calibrate SOURCES tst_calibrate.cpp LIBS batlab_engine batlab_test_support TIMEOUT 600)
