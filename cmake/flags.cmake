# Compiler flags of every target, in one interface library.
add_library(postreeve_flags INTERFACE)
target_compile_features(postreeve_flags INTERFACE cxx_std_23)
target_compile_options(postreeve_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees uninitialized optionals inside variants that are not (PR 105562 and its kin).
  target_compile_options(postreeve_flags INTERFACE -Wduplicated-cond -Wlogical-op -Wno-maybe-uninitialized)
else()
  # libstdc++ 12's own stable_sort calls what it deprecates.
  target_compile_options(postreeve_flags INTERFACE -Wno-deprecated-declarations)
endif()
if(NOT POSTREEVE_TOGETHER)
  target_compile_options(postreeve_flags INTERFACE -Wshadow)  # together, a file sees its neighbours' own names
endif()
target_include_directories(postreeve_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)

set(POSTREEVE_SANITIZE "" CACHE STRING "Comma-separated sanitizers: address,undefined or thread")
# Apart from the other flags: under AddressSanitizer the code that is tested is instrumented and the tests are
# not, for they are half of the project. (ThreadSanitizer must see both sides.)
add_library(postreeve_sanitizer INTERFACE)
add_library(postreeve_test_flags INTERFACE)
if(POSTREEVE_SANITIZE)
  target_compile_options(postreeve_sanitizer INTERFACE
    -fsanitize=${POSTREEVE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(POSTREEVE_SANITIZE MATCHES "undefined")
    # A quarter of the time to compile, for what AddressSanitizer sees, too, when it matters.
    target_compile_options(postreeve_sanitizer INTERFACE
      -fno-sanitize=null,alignment,object-size,pointer-overflow,vptr)
  endif()
  target_link_options(postreeve_flags INTERFACE -fsanitize=${POSTREEVE_SANITIZE})
  if(POSTREEVE_FUZZ)
    target_compile_options(postreeve_sanitizer INTERFACE -fsanitize=fuzzer-no-link)
  endif()
  if(POSTREEVE_SANITIZE MATCHES "address")
    target_compile_options(postreeve_test_flags INTERFACE -O0)
  else()
    target_link_libraries(postreeve_test_flags INTERFACE postreeve_sanitizer)
  endif()
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    ${CCACHE_PROGRAM})
endif()
