// How well the client at a place fits the account's clients.
#pragma once

#include "detect/scene.h"

namespace postreeve {

// Nats for the EHLO name: below 0 for a client the account has sent with for days.
[[nodiscard]] double client_weight(const Scene& scene);

// Nats for the mailbox session beside the mail: below 0 when there is one, 0 when nothing is known.
[[nodiscard]] double session_weight(const Scene& scene);

}  // namespace postreeve
