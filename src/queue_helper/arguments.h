// What the helper is asked to do: its command line, read strictly.
//
//   postreeve-queue [--server postfix|exim] [--config PATH] VERB [options] [QUEUE-ID]
//
//   list [--account A] [--bounces]        what is in the queue
//   show --account A [--bounces] ID       one message: envelope, header and body
//   hold|release|delete --account A [--bounces]   messages whose IDs are lines of standard input
//
// All but list want --account, and touch no mail of anybody else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postreeve {

enum class HelperVerb : std::uint8_t { kList, kShow, kHold, kRelease, kDelete };
enum class ServerKind : std::uint8_t { kPostfix, kExim };

struct HelperRequest {
  ServerKind server = ServerKind::kPostfix;
  std::string configuration;  // empty: the server's own default
  HelperVerb verb{};
  std::string account;         // as AccountId has it; empty: all (list only)
  std::string default_domain;  // which bare logins belong to
  // Mail that the server itself made may be meant, too: bounces, with the ID of what they are about.
  bool with_bounces = false;
  std::string queue_id;  // of show
};

// kInvalidInput says what is wrong.
[[nodiscard]] Result<HelperRequest> read_helper_arguments(std::span<const std::string> arguments);

inline constexpr std::string_view kHelperUsage =
    "usage: postreeve-queue [--via SOCKET] [--server postfix|exim] [--config PATH] VERB ...\n"
    "  list [--account A] [--default-domain D] [--bounces]\n"
    "  show --account A [--default-domain D] [--bounces] QUEUE-ID\n"
    "  hold|release|delete --account A [--default-domain D] [--bounces]   (queue IDs on standard input)\n";

}  // namespace postreeve
