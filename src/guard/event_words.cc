#include "guard/event_words.h"

#include <array>
#include <optional>
#include <variant>

namespace postreeve {
namespace {

struct ClientOf {
  template <typename Happened>
  std::string operator()(const Happened& event) const {
    if constexpr (requires { event.session.client_address; }) {
      const std::optional<IpAddress>& address = event.session.client_address;
      return address ? address->to_string() : std::string();
    } else {
      return {};
    }
  }
};

}  // namespace

std::string client_of(const Event& event) {
  return std::visit(ClientOf{}, event);
}

std::string_view kind_of(const Event& event) noexcept {
  constexpr std::array<std::string_view, std::variant_size_v<Event>> kNames{
      "login",          "recipient", "submission",        "delivery", "scan",
      "setting_change", "complaint", "credential_change", "judgement"};
  return kNames[event.index()];
}

const Evidence* weightiest(const EvidenceList& evidence) noexcept {
  const Evidence* best = nullptr;
  for (const Evidence& found : evidence) {
    if (found.nats > 0 && (best == nullptr || found.nats > best->nats)) best = &found;
  }
  return best;
}

}  // namespace postreeve
