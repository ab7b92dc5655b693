// Address::parse and find_address over any bytes: what is read must be written and read back the same.
#include <cstdint>
#include <cstdlib>

#include "mail/account_id.h"
#include "mail/address.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_address(std::string_view text) {
  using postreeve::Address;
  const auto address = Address::parse(text);
  if (!address) return;
  require(!address->localpart().empty());
  require(Address::parse(address->to_string()) == address);
  const auto remembered = Address::parse(address->canonical());
  require(remembered && remembered->canonical() == address->canonical());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_address(text);
  const std::string_view found = postreeve::find_address(text);
  require(found.empty() || postreeve::find_address(found) == found);
  const auto account = postreeve::AccountId::from_login(text, "x.example");
  require(!account || postreeve::AccountId::from_login(account->text(), "") == account);
  return 0;
}
