// The authenticated identity (SASL login) that everything is remembered under.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

// ASCII-lower-cased, with the default domain added to a bare login; never empty.
class AccountId {
 public:
  // An account that no login has; what a default-constructed event carries.
  AccountId() = default;

  // White space around the login is dropped. Returns nullopt for what is no login: empty, more than
  // 320 bytes (with the default domain), control characters, anything in <>, and "(unavailable)",
  // "unknown" (in any case) and "-" as some servers log an absent name.
  // An empty `default_domain` leaves bare logins bare.
  [[nodiscard]] static std::optional<AccountId> from_login(std::string_view login,
                                                           std::string_view default_domain);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::string_view localpart() const noexcept;
  [[nodiscard]] std::string_view domain() const noexcept;  // empty when bare
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  friend auto operator<=>(const AccountId&, const AccountId&) = default;

 private:
  explicit AccountId(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace postreeve

template <>
struct std::hash<postreeve::AccountId> {
  std::size_t operator()(const postreeve::AccountId& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
