#include "app/state_place.h"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>

namespace postreeve {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "unknown";
}

StatePlace place_of(const Serving& serving) {
  std::error_code failure;
  const std::filesystem::path direct = std::filesystem::weakly_canonical(serving.state_path, failure);
  const std::string file = failure ? serving.state_path : direct.string();
  return {.records = serving.redis.empty() ? file : serving.redis,
          .ledger = serving.ledger.connection.empty() ? file : serving.ledger.connection};
}

std::string key_file_of(const Serving& serving) {
  return serving.key_file.empty() ? serving.state_path + ".key" : serving.key_file;
}

LedgerOptions ledger_options(const Serving& serving) {
  if (serving.ledger.connection.empty()) return {.path = serving.state_path};
  return {.path = serving.state_path + ".spool",
          .server = serving.ledger,
          .node = {.name = host_name(), .version = POSTREEVE_VERSION}};
}

}  // namespace postreeve
