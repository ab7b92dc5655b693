// Dovecot lines. Whatever comes in, every text of the record lies inside the message, and a
// successful login names somebody and an address.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "intake/grammars.h"
#include "record_views.h"

namespace {

using postreeve::LoginFailure;
using postreeve::LoginSeen;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto record = postreeve::parse_dovecot(message);
  postreeve::check_views(record, message);
  const auto* seen = std::get_if<LoginSeen>(&record);
  if (seen == nullptr) return 0;
  if (seen->attempts == 0) std::abort();
  const bool is_success = seen->failure == LoginFailure::kNone;
  if (is_success && (seen->login.empty() || seen->client_address.empty())) std::abort();
  return 0;
}
