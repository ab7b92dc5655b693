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
# Together, a file sees its neighbours' own names.
target_compile_options(postreeve_flags INTERFACE $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)
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
    # Time to compile, for what AddressSanitizer or the processor tells anyway (null, object-size), and for types
    # that SOCI exports without what this check reads (vptr).
    target_compile_options(postreeve_sanitizer INTERFACE -fno-sanitize=null,object-size,vptr)
  endif()
  target_link_options(postreeve_flags INTERFACE -fsanitize=${POSTREEVE_SANITIZE})
  if(POSTREEVE_SANITIZE MATCHES "address")
    target_compile_options(postreeve_test_flags INTERFACE -O0)
  else()
    target_link_libraries(postreeve_test_flags INTERFACE postreeve_sanitizer)
  endif()
endif()
if(POSTREEVE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "POSTREEVE_FUZZ takes clang's libFuzzer: use the preset dev")
  endif()
  target_compile_options(postreeve_sanitizer INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    ${CCACHE_PROGRAM})
endif()
