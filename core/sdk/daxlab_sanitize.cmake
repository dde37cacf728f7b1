# Plugins with sanitizers in a daxlab that has none: -DDAXLAB_SANITIZE=address,undefined or thread.
set(DAXLAB_SANITIZE "" CACHE STRING "Sanitizers to build plugins with: address,undefined or thread")

# Such a plugin needs the sanitizer's runtime to be in the process from its start: LD_PRELOAD does that. daxlab takes
# SIGSEGV for itself after it, and its simulated threads change stacks, which the runtime does not know of.
function(daxlab_sanitizer_environment variable)
  set(${variable} "" PARENT_SCOPE)
  if(NOT DAXLAB_SANITIZE)
    return()
  endif()
  set(runtime asan)
  if(DAXLAB_SANITIZE MATCHES "thread")
    set(runtime tsan)
  endif()
  # Clang's runtime of ThreadSanitizer cannot be preloaded, and GCC's does for both.
  set(library lib${runtime}.so)
  set(package lib${runtime})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND runtime STREQUAL "asan")
    set(library libclang_rt.${runtime}-${CMAKE_SYSTEM_PROCESSOR}.so)
    set(package libclang-rt-dev)
  endif()
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${library}
    OUTPUT_VARIABLE file OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} has no ${library}, which a plugin with -fsanitize=${DAXLAB_SANITIZE} needs "
      "(Debian: a package whose name begins with ${package})")
  endif()
  set(${variable} LD_PRELOAD=${file} ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0
    UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=ignore_noninstrumented_modules=1:report_signal_unsafe=0 PARENT_SCOPE)
endfunction()
