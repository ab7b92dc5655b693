// How the joiner turns views into the texts of events.
#pragma once

#include <string>
#include <string_view>

#include "mail/event.h"

namespace postreeve {

// Cuts to kMaxTextBytes without cutting a UTF-8 character.
[[nodiscard]] inline std::string cut_text(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    auto size = kMaxTextBytes;
    while (size > kMaxTextBytes - 4 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    text = text.substr(0, size);
  }
  return std::string(text);
}

// An address that cannot be read is left out, and so is the name "unknown".
[[nodiscard]] inline Session make_session(std::string_view address, std::string_view name,
                                          std::string_view helo, Service service) {
  Session session;
  session.client_address = IpAddress::parse(address);
  if (name != "unknown") session.client_name = cut_text(name);
  session.helo_name = cut_text(helo);
  session.service = service;
  return session;
}

}  // namespace postreeve
