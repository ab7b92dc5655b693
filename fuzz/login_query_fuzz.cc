// Bodies of the auth policy gate: reading is total, and says why it refuses.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gate/login_query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto login = postreeve::read_login_query(body, "x.example");
  if (!login && login.error().detail.empty()) std::abort();
  const auto list = postreeve::read_list_query(body, "x.example");
  if (!list && list.error().detail.empty()) std::abort();
  if (list && !list->network && list->account.empty()) std::abort();
  return 0;
}
