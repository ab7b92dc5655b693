// Dovecot lines. Whatever comes in, a login's texts lie inside the message, and a success
// names somebody and an address.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <variant>

#include "intake/grammars.h"

namespace {

using postreeve::LoginFailure;
using postreeve::LoginSeen;

void check_inside(std::string_view whole, std::string_view text) {
  if (text.empty()) return;
  const std::less_equal<const char*> not_after;
  const bool is_inside = not_after(whole.data(), text.data()) &&
                         not_after(text.data() + text.size(), whole.data() + whole.size());
  if (!is_inside) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto record = postreeve::parse_dovecot(message);
  const auto* seen = std::get_if<LoginSeen>(&record);
  if (seen == nullptr) return 0;
  for (const auto text : {seen->login, seen->client_address, seen->session_id}) check_inside(message, text);
  if (seen->attempts == 0) std::abort();
  const bool is_success = seen->failure == LoginFailure::kNone;
  if (is_success && (seen->login.empty() || seen->client_address.empty())) std::abort();
  return 0;
}
