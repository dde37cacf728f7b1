# find_package(daxlab): targets daxlab::sdk (the headers of plugins) and daxlab::daxlab (the program), and the functions
# daxlab_add_plugin and daxlab_test_plugin.
include(${CMAKE_CURRENT_LIST_DIR}/daxlabTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/daxlab_add_plugin.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/daxlab_sanitize.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/daxlab_test_plugin.cmake)
