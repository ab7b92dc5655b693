// IpAddress::parse and Prefix::parse over any bytes, beside the system's own inet_pton.
#include <arpa/inet.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/ip_address.h"
#include "net/prefix.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool system_reads(const std::string& text) {
  unsigned char bytes[16];
  if (text.find('\0') != std::string::npos) return false;
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto address = postreeve::IpAddress::parse(text);
  const bool is_literal = text.starts_with('[') || text.starts_with('I') || text.starts_with('i');
  require(is_literal || address.has_value() == system_reads(text));
  if (address) require(postreeve::IpAddress::parse(address->to_string()) == address);
  const auto prefix = postreeve::Prefix::parse(text);
  if (!prefix) return 0;
  const auto again = postreeve::Prefix::parse(prefix->to_string());
  require(again && *again == *prefix && prefix->contains(prefix->address()));
  return 0;
}
