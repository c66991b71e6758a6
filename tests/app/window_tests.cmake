# SPDX-License-Identifier: Apache-2.0
# The real window: journeys with a scripted engine and, where it is built, with batlab-cli.
if(TARGET batlab_app AND TARGET batlab_fake_engine)
    batlab_test(tst_engine_client SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_engine_client.cpp LIBS batlab_app)
    batlab_test(tst_engine_endings SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_engine_endings.cpp LIBS batlab_app)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Network) # as in app/gui, whose targets are not seen here
    batlab_test(tst_single_instance SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_single_instance.cpp
        LIBS batlab_app batlab_fake_engine Qt6::Network LABELS gui)
    target_compile_definitions(tst_single_instance PRIVATE BATLAB_PROGRAM="$<TARGET_FILE:batlab>")
    add_dependencies(tst_single_instance batlab)
    batlab_test(tst_window SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_window_ablate SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window_ablate.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 300)
    batlab_test(tst_window_files SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window_files.cpp
        LIBS batlab_app batlab_fake_engine Qt6::DBus LABELS gui TIMEOUT 600)
    batlab_test(tst_shell SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_window_looks SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window_looks.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    batlab_test(tst_window_tour SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window_tour.cpp ${CMAKE_CURRENT_LIST_DIR}/clipped_text.cpp
        LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_window_compare SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window_compare.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    batlab_test(tst_window_demo SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_window_demo.cpp LIBS batlab_app batlab_fake_engine LABELS gui slow TIMEOUT 4000)
    batlab_test(tst_journey SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_journey.cpp ${CMAKE_CURRENT_LIST_DIR}/user_hands.cpp
        LIBS batlab_app batlab_fake_engine batlab_test_support LABELS gui slow TIMEOUT 3600)
    # The same on a real screen, with a window manager.
    add_test(NAME tst_journey_x11 COMMAND ${PROJECT_SOURCE_DIR}/tests/support/under_x11 $<TARGET_FILE:tst_journey>)
    get_test_property(tst_journey ENVIRONMENT journey_environment)
    set_tests_properties(tst_journey_x11 PROPERTIES TIMEOUT 3600 LABELS "gui;slow" SKIP_RETURN_CODE 77
        ENVIRONMENT "${journey_environment}")
    # Writes a session of some 0.7 GB.
    batlab_test(tst_big_session SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_big_session.cpp ${CMAKE_CURRENT_LIST_DIR}/user_hands.cpp
        LIBS batlab_app batlab_fake_engine LABELS gui slow TIMEOUT 1500)
    batlab_test(tst_shell_actions SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_actions.cpp
        LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_queue SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_queue.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_sessions SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_sessions.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_endings SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_endings.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_copies SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_copies.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_saving SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_saving.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_banners SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_banners.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_shell_recovery
        SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_recovery.cpp ${PROJECT_SOURCE_DIR}/tests/support/session_version.cpp
        LIBS batlab_app batlab_fake_engine PkgConfig::HDF5 LABELS gui TIMEOUT 600)
    target_compile_definitions(tst_shell_recovery PRIVATE H5_USE_110_API)
    batlab_test(tst_view_state SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_view_state.cpp LIBS batlab_app batlab_fake_engine LABELS gui TIMEOUT 600)
    batlab_test(tst_windows SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_windows.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    batlab_test(tst_run_form SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_run_form.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    batlab_test(tst_about SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_about.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    batlab_test(tst_shell_models SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_shell_models.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    batlab_test(tst_translation SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_translation.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    target_compile_definitions(tst_translation PRIVATE BATLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        BATLAB_LUPDATE="$<TARGET_FILE:Qt6::lupdate>")
    batlab_test(tst_remote SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_remote.cpp LIBS batlab_app batlab_fake_engine LABELS gui)
    target_compile_definitions(tst_remote PRIVATE BATLAB_FAKE_SERVER="$<TARGET_FILE:fake_server>"
        BATLAB_DELAY_PIPE="$<TARGET_FILE:delay_pipe>")
    add_dependencies(tst_remote fake_server delay_pipe)
    batlab_test(tst_desktop SOURCES ${CMAKE_CURRENT_LIST_DIR}/tst_desktop.cpp LIBS Qt6::Core)
    target_compile_definitions(tst_desktop PRIVATE BATLAB_DESKTOP_DIR="${PROJECT_SOURCE_DIR}/packaging/desktop"
        BATLAB_VERSION="${PROJECT_VERSION}")
    foreach(test tst_window tst_window_files tst_window_looks tst_window_tour tst_window_ablate tst_shell)
        target_compile_definitions(${test} PRIVATE BATLAB_LOOKS_DIR="${CMAKE_BINARY_DIR}/tests/looks"
            BATLAB_FAKE_SERVER="$<TARGET_FILE:fake_server>")
        add_dependencies(${test} fake_server)
    endforeach()
    # Every place in the second language, whose words are longer.
    add_test(NAME tst_window_tour_de COMMAND tst_window_tour)
    get_test_property(tst_window_tour ENVIRONMENT tour_environment)
    set_tests_properties(tst_window_tour_de PROPERTIES TIMEOUT 600 LABELS gui
        ENVIRONMENT "${tour_environment};BATLAB_TEST_TOUR_LANGUAGE=de")
    # Every place in the dark, at twice the pixels.
    add_test(NAME tst_window_tour_dark_2x COMMAND tst_window_tour)
    set_tests_properties(tst_window_tour_dark_2x PROPERTIES TIMEOUT 600 LABELS gui
        ENVIRONMENT "${tour_environment};BATLAB_TEST_TOUR_LOOKS=dark;BATLAB_TEST_TOUR_SIZES=1280x800;QT_SCALE_FACTOR=2")
    # Every place where a pixel is no whole number of device pixels.
    add_test(NAME tst_window_tour_1.5x COMMAND tst_window_tour)
    set_tests_properties(tst_window_tour_1.5x PROPERTIES TIMEOUT 600 LABELS gui
        ENVIRONMENT "${tour_environment};BATLAB_TEST_TOUR_SIZES=1280x800;QT_SCALE_FACTOR=1.5")
    # The same pictures at twice the pixels.
    add_test(NAME tst_window_looks_2x COMMAND tst_window_looks)
    get_test_property(tst_window_looks ENVIRONMENT looks_environment)
    set_tests_properties(tst_window_looks_2x PROPERTIES TIMEOUT 300 LABELS gui
        ENVIRONMENT "${looks_environment};QT_SCALE_FACTOR=2")
endif()
