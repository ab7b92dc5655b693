#include "queue_helper/arguments.h"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "mail/account_id.h"

namespace postreeve {
namespace {

constexpr std::array<std::pair<std::string_view, HelperVerb>, 5> kVerbs{{{"list", HelperVerb::kList},
                                                                         {"show", HelperVerb::kShow},
                                                                         {"hold", HelperVerb::kHold},
                                                                         {"release", HelperVerb::kRelease},
                                                                         {"delete", HelperVerb::kDelete}}};

std::unexpected<Error> wrong(std::string text) {
  return fail(ErrorCode::kInvalidInput, std::move(text));
}

std::optional<HelperVerb> verb_from(std::string_view text) {
  for (const auto& [name, verb] : kVerbs) {
    if (name == text) return verb;
  }
  return std::nullopt;
}

class ArgumentReader {
 public:
  explicit ArgumentReader(std::span<const std::string> arguments) : rest_(arguments) {}

  Result<HelperRequest> read() {
    while (!rest_.empty()) {
      if (const Result<void> taken = take(); !taken) return fail(taken.error());
    }
    if (!has_verb_) return wrong("there is no verb");
    const bool is_list = request_.verb == HelperVerb::kList;
    if (request_.account.empty() && !is_list) return wrong("--account is missing");
    if (request_.queue_id.empty() == (request_.verb == HelperVerb::kShow))
      return wrong(request_.queue_id.empty() ? "which message?" : "queue IDs come on standard input");
    return normalized();
  }

 private:
  std::string next() {
    std::string argument = rest_.front();
    rest_ = rest_.subspan(1);
    return argument;
  }

  Result<void> take() {
    const std::string argument = next();
    if (argument == "--bounces") {
      request_.with_bounces = true;
      return {};
    }
    if (argument.starts_with("--")) return take_option(argument);
    if (has_verb_) {
      if (!std::exchange(request_.queue_id, argument).empty()) return wrong("one queue ID is enough");
      return {};
    }
    const auto verb = verb_from(argument);
    if (!verb) return wrong(fmt::format("'{}' is no verb", argument));
    request_.verb = *verb;
    has_verb_ = true;
    return {};
  }

  Result<void> take_option(const std::string& name) {
    std::string* const place = place_of(name);
    if (place == nullptr) return wrong(fmt::format("'{}' is no option", name));
    if (rest_.empty()) return wrong(fmt::format("{} wants a value", name));
    *place = next();
    if (place->empty()) return wrong(fmt::format("the value of {} is empty", name));
    return {};
  }

  std::string* place_of(std::string_view name) {
    if (name == "--account") return &request_.account;
    if (name == "--default-domain") return &request_.default_domain;
    if (name == "--config") return &request_.configuration;
    if (name == "--server") return &server_;
    return nullptr;
  }

  Result<HelperRequest> normalized() {
    if (server_ != "postfix" && server_ != "exim") return wrong("--server is postfix or exim");
    request_.server = server_ == "exim" ? ServerKind::kExim : ServerKind::kPostfix;
    if (!request_.account.empty()) {
      const auto account = AccountId::from_login(request_.account, request_.default_domain);
      if (!account) return wrong("--account is no login");
      request_.account = account->text();
    }
    return std::move(request_);
  }

  std::span<const std::string> rest_;
  HelperRequest request_;
  std::string server_ = "postfix";
  bool has_verb_ = false;
};

}  // namespace

Result<HelperRequest> read_helper_arguments(std::span<const std::string> arguments) {
  return ArgumentReader(arguments).read();
}

}  // namespace postreeve
