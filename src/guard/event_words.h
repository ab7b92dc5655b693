// Events and findings in the words that logs and people see.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "finding/evidence.h"
#include "mail/event.h"
#include "net/ip_address.h"

namespace postreeve {

// The address that the event's client had; nullopt and empty when unknown.
[[nodiscard]] std::optional<IpAddress> address_of(const Event& event);
[[nodiscard]] std::string client_of(const Event& event);
// "recipient", "login": what the event is called in a trace; a message is a "submission".
[[nodiscard]] std::string_view kind_of(const Event& event) noexcept;
// The finding that speaks most against the owner; nullptr when none does.
[[nodiscard]] const Evidence* weightiest(const EvidenceList& evidence) noexcept;

}  // namespace postreeve
