#include "http/credentials.h"

#include <array>

#include <sodium.h>

#include "base/ascii.h"
#include "base/base64.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostBytes = 4096;

std::optional<std::string_view> after_scheme(const HttpRequest& request, std::string_view scheme) {
  std::string_view field = request.header("authorization");
  if (field.size() <= scheme.size() || field.size() > kMostBytes) return std::nullopt;
  if (!equals_ignoring_case(field.substr(0, scheme.size()), scheme) || field[scheme.size()] != ' ')
    return std::nullopt;
  field.remove_prefix(scheme.size());
  while (field.starts_with(' ')) field.remove_prefix(1);
  if (field.empty()) return std::nullopt;
  return field;
}

using Digest = std::array<unsigned char, crypto_generichash_BYTES>;

Digest digest_of(std::string_view text) {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return digest;
}

}  // namespace

std::optional<BasicCredentials> basic_credentials(const HttpRequest& request) {
  const auto encoded = after_scheme(request, "Basic");
  if (!encoded) return std::nullopt;
  const auto decoded = from_base64(*encoded);
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::optional<std::string_view> bearer_token(const HttpRequest& request) {
  return after_scheme(request, "Bearer");
}

bool is_secret(std::string_view given, std::string_view wanted) {
  // Digests are of one length, so that not even the secret's length shows.
  const Digest a = digest_of(given);
  const Digest b = digest_of(wanted);
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0 && !wanted.empty();
}

}  // namespace postreeve
