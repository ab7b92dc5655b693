// Who asks: passwords and tokens in the Authorization field, compared without telling by the time taken.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace postreeve {

struct BasicCredentials {
  std::string user;
  std::string password;
};

// RFC 7617. nullopt without the field, with another scheme, or when it is broken.
[[nodiscard]] std::optional<BasicCredentials> basic_credentials(const HttpRequest& request);

// RFC 6750 2.1: what follows "Bearer "; nullopt likewise. A view into the request.
[[nodiscard]] std::optional<std::string_view> bearer_token(const HttpRequest& request);

// Whether they are equal; takes as long whatever differs. False when `wanted` is empty.
[[nodiscard]] bool is_secret(std::string_view given, std::string_view wanted);

}  // namespace postreeve
