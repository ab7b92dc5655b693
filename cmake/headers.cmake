# Headers that nearly every file includes, compiled once: they are most of the time a file takes. A file includes
# what it uses all the same (tests/lint --deep compiles without them). Not in the builds that compile several files
# together: they are clang's, whose precompiled headers ccache does not know again in another checkout.
set(POSTREEVE_COMMON_HEADERS
  <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <string> <string_view>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/headers.cc CONTENT "")  # written once

add_library(postreeve_common_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cc)
target_link_libraries(postreeve_common_headers PRIVATE postreeve_flags postreeve_sanitizer fmt::fmt)
target_precompile_headers(postreeve_common_headers PRIVATE ${POSTREEVE_COMMON_HEADERS})

if(TARGET postreeve_test_libraries)
  add_library(postreeve_test_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cc)
  target_link_libraries(postreeve_test_headers PRIVATE postreeve_flags postreeve_test_flags postreeve_test_libraries fmt::fmt)
  target_precompile_headers(postreeve_test_headers PRIVATE
    ${POSTREEVE_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)
endif()
