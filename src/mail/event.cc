#include "mail/event.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"

namespace postreeve {
namespace {

template <typename Value>
struct Word {
  Value value;
  std::string_view text;
};

// One table a vocabulary; the first word of a value is the one we write.
constexpr Word<Service> kServices[] = {
    {Service::kUnknown, ""},    {Service::kSmtp, "smtp"},         {Service::kSmtp, "submission"},
    {Service::kSmtp, "smtps"},  {Service::kSmtp, "submissions"},  {Service::kImap, "imap"},
    {Service::kImap, "imaps"},  {Service::kPop3, "pop3"},         {Service::kPop3, "pop3s"},
    {Service::kSieve, "sieve"}, {Service::kSieve, "managesieve"}, {Service::kWebmail, "webmail"},
};
constexpr Word<LoginFailure> kLoginFailures[] = {
    {LoginFailure::kNone, ""},
    {LoginFailure::kBadPassword, "bad_password"},
    {LoginFailure::kUnknownUser, "unknown_user"},
    {LoginFailure::kDisabled, "disabled"},
    {LoginFailure::kOther, "other"},
};
constexpr Word<DeliveryStatus> kDeliveryStatuses[] = {
    {DeliveryStatus::kSent, "sent"},
    {DeliveryStatus::kDeferred, "deferred"},
    {DeliveryStatus::kBounced, "bounced"},
    {DeliveryStatus::kExpired, "expired"},
};
constexpr Word<ScanResult> kScanResults[] = {
    {ScanResult::kClean, "clean"},
    {ScanResult::kSpam, "spam"},
    {ScanResult::kInfected, "infected"},
};

constexpr Word<SettingKind> kSettingKinds[] = {
    {SettingKind::kOther, "other"},
    {SettingKind::kForward, "forward"},
    {SettingKind::kFilter, "filter"},
    {SettingKind::kAppPassword, "app_password"},
    {SettingKind::kRecoveryAddress, "recovery_address"},
};

template <typename Value, std::size_t kCount>
std::string_view word_of(const Word<Value> (&words)[kCount], Value value) noexcept {
  const auto* const found = std::ranges::find(words, value, &Word<Value>::value);
  return found != std::end(words) ? found->text : std::string_view{};
}

template <typename Value, std::size_t kCount>
std::optional<Value> value_of(const Word<Value> (&words)[kCount], std::string_view text) noexcept {
  const auto* const found = std::ranges::find_if(
      words, [text](const Word<Value>& word) { return equals_ignoring_case(word.text, text); });
  if (found == std::end(words)) return std::nullopt;
  return found->value;
}

}  // namespace

std::string_view to_text(Service service) noexcept {
  return word_of(kServices, service);
}
Service service_from_text(std::string_view text) noexcept {
  return value_of(kServices, text).value_or(Service::kUnknown);
}

std::string_view to_text(LoginFailure reason) noexcept {
  return word_of(kLoginFailures, reason);
}
LoginFailure login_failure_from_text(std::string_view text) noexcept {
  return value_of(kLoginFailures, text).value_or(LoginFailure::kOther);
}

std::string_view to_text(DeliveryStatus status) noexcept {
  return word_of(kDeliveryStatuses, status);
}
std::optional<DeliveryStatus> delivery_status_from_text(std::string_view text) noexcept {
  return value_of(kDeliveryStatuses, text);
}

std::string_view to_text(ScanResult result) noexcept {
  return word_of(kScanResults, result);
}
std::optional<ScanResult> scan_result_from_text(std::string_view text) noexcept {
  return value_of(kScanResults, text);
}

std::string_view to_text(SettingKind setting) noexcept {
  return word_of(kSettingKinds, setting);
}
SettingKind setting_kind_from_text(std::string_view text) noexcept {
  return value_of(kSettingKinds, text).value_or(SettingKind::kOther);
}

}  // namespace postreeve
