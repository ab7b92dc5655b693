#include "guard/event_words.h"

#include <array>
#include <optional>
#include <variant>

namespace postreeve {
namespace {

struct AddressOf {
  template <typename Happened>
  std::optional<IpAddress> operator()(const Happened& event) const {
    if constexpr (requires { event.session.client_address; }) {
      return event.session.client_address;
    } else {
      return std::nullopt;
    }
  }
};

}  // namespace

std::optional<IpAddress> address_of(const Event& event) {
  return std::visit(AddressOf{}, event);
}

std::string client_of(const Event& event) {
  const std::optional<IpAddress> address = address_of(event);
  return address ? address->to_string() : std::string();
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
