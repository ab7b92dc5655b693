#include "app/inherited_sockets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

struct Inherited {
  int descriptor = -1;
  int family = AF_UNSPEC;  // of no socket
  Endpoint where;
};

std::string host_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) == nullptr ? "" : text.data();
}

template <typename Address>
Address as(const sockaddr_storage& storage) {
  Address address{};
  std::memcpy(&address, &storage, sizeof address);
  return address;
}

Inherited look_at(int descriptor) {
  Inherited found{.descriptor = descriptor, .family = AF_UNSPEC, .where = {}};
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return found;
  found.family = storage.ss_family;
  if (found.family == AF_INET) {
    const auto address = as<sockaddr_in>(storage);
    found.where = {.host = host_of(AF_INET, &address.sin_addr), .port = ntohs(address.sin_port), .path = {}};
  } else if (found.family == AF_INET6) {
    const auto address = as<sockaddr_in6>(storage);
    found.where = {
        .host = host_of(AF_INET6, &address.sin6_addr), .port = ntohs(address.sin6_port), .path = {}};
  } else if (found.family == AF_UNIX) {
    const auto address = as<sockaddr_un>(storage);
    found.where.path.assign(address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path));
  }
  return found;
}

int family_of(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return AF_UNIX;
  return endpoint.host.find(':') == std::string::npos ? AF_INET : AF_INET6;
}

}  // namespace

Result<std::vector<int>> share_out(const std::vector<int>& descriptors, const Endpoints& endpoints) {
  std::vector<Inherited> left;
  left.reserve(descriptors.size());
  for (const int descriptor : descriptors) left.push_back(look_at(descriptor));
  std::vector<int> taken(endpoints.size(), -1);
  const auto hand_out = [&](const auto& fits) {
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
      if (taken[i] >= 0) continue;
      const auto found =
          std::ranges::find_if(left, [&](const Inherited& one) { return fits(one, endpoints[i]); });
      if (found == left.end()) continue;
      taken[i] = found->descriptor;
      left.erase(found);
    }
  };
  hand_out([](const Inherited& one, const Endpoint& endpoint) { return one.where == endpoint; });
  hand_out([](const Inherited& one, const Endpoint& endpoint) { return one.family == family_of(endpoint); });
  if (left.empty()) return taken;
  const Inherited& first = left.front();
  const bool is_known = first.where != Endpoint{};
  return fail(
      ErrorCode::kUnavailable,
      fmt::format("a socket was handed over ({}) for which there is no address of its kind",
                  is_known ? first.where.to_string() : fmt::format("descriptor {}", first.descriptor)));
}

}  // namespace postreeve
