// An MTA's side of the milter protocol, for tests.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "gate/milter_codec.h"

namespace postreeve::milter {

inline std::string zero_ended(std::initializer_list<std::string_view> texts) {
  std::string data;
  for (std::string_view text : texts) {
    data.append(text);
    data.push_back('\0');
  }
  return data;
}

inline std::string frame(Command command, std::string_view data = {}) {
  std::string out;
  append_frame(out, static_cast<char>(command), data);
  return out;
}

inline std::string offer(std::uint32_t version = 6, std::uint32_t actions = 0x1ff,
                         std::uint32_t protocol = 0x1fffff) {
  std::string data;
  for (std::uint32_t number : {version, actions, protocol}) {
    for (int shift = 24; shift >= 0; shift -= 8) data.push_back(static_cast<char>(number >> shift & 0xff));
  }
  return frame(Command::kNegotiate, data);
}

inline std::string macros(Command stage, std::initializer_list<std::string_view> names_and_values) {
  return frame(Command::kMacro, static_cast<char>(stage) + zero_ended(names_and_values));
}

inline std::string connect(std::string_view name, std::string_view address, std::uint16_t port) {
  std::string data = zero_ended({name});
  data += address.find(':') == std::string_view::npos ? '4' : '6';
  data += static_cast<char>(port >> 8);
  data += static_cast<char>(port & 0xff);
  return frame(Command::kConnect, data + zero_ended({address}));
}

}  // namespace postreeve::milter
