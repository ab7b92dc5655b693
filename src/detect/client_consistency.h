// How well the client at a place fits the account's clients.
#pragma once

#include "detect/scene.h"

namespace postreeve {

// A new client that calls itself a host of the account's own domain.
inline constexpr double kOwnHost = -2.0;

// What such a name weighs in this account's domain, between kOwnHost and 0; 0 for other names.
[[nodiscard]] double own_host_weight(const Scene& scene);

// Nats for the EHLO name: below 0 for a client the account has sent with for days, or of its own domain.
[[nodiscard]] double client_weight(const Scene& scene);

// Likewise, whatever domain the name is of.
[[nodiscard]] double weight_without_domain(const Scene& scene);

// Nats for the mailbox session beside the mail: below 0 when there is one, 0 when nothing is known.
[[nodiscard]] double session_weight(const Scene& scene);

}  // namespace postreeve
