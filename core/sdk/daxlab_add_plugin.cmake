# daxlab_add_plugin(NAME KIND SOURCES...): target plugin_NAME, which builds BUILD/plugins/KIND/NAME.so, so that
# `daxlab run --plugin-path BUILD/plugins` finds it. KIND is fault, write or alloc; hazards is for what is wrong on
# purpose. Other sources and libraries: as for any target.
function(daxlab_add_plugin name kind)
  set(call "daxlab_add_plugin(${name} ${kind} ...)")
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "${call}: \"${name}\" is no plugin's name; names are of a-z, 0-9 and _, and begin with a letter")
  endif()
  set(kinds fault write alloc hazards)
  if(NOT kind IN_LIST kinds)
    message(FATAL_ERROR "${call}: \"${kind}\" is no kind of plugin; the kinds are fault, write and alloc, and hazards")
  endif()
  if(NOT ARGN)
    message(FATAL_ERROR "${call}: no sources; name at least the one with DAXLAB_..._PLUGIN(${name}, ...)")
  endif()
  foreach(source ${ARGN})
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE file)
    get_source_file_property(generated ${source} GENERATED)
    if(NOT EXISTS ${file} AND NOT generated)
      message(FATAL_ERROR "${call}: there is no source ${file}")
    endif()
  endforeach()

  add_library(plugin_${name} MODULE ${ARGN})
  target_link_libraries(plugin_${name} PRIVATE daxlab::sdk)
  target_compile_options(plugin_${name} PRIVATE -ftls-model=initial-exec)
  if(DAXLAB_SANITIZE)
    target_compile_options(plugin_${name} PRIVATE
      -fsanitize=${DAXLAB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(plugin_${name} PRIVATE -fsanitize=${DAXLAB_SANITIZE})
  endif()
  set_target_properties(plugin_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name} DAXLAB_KIND ${kind} CXX_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY $<1:${PROJECT_BINARY_DIR}/plugins/${kind}>)
endfunction()
