#include "gate/postfix_policy.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "gate/policy_request.h"
#include "gate/policy_words.h"

namespace postreeve {
namespace {

constexpr std::string_view kNothingToSay = "action=DUNNO\n\n";

class PostfixPolicy final : public Conversation {
 public:
  PostfixPolicy(Guard& guard, WaitingActions& waiting, std::shared_ptr<const PostfixPolicyOptions> options)
      : guard_(guard), waiting_(waiting), options_(std::move(options)) {}

  Result<std::size_t> request_size(std::string_view input) override {
    const std::size_t size = policy_request_size(input, searched_);
    searched_ = size == 0 ? input.size() : 0;
    return size;
  }

  void answer(std::string_view bytes, Reply reply) override {
    if (bytes.front() == '\n' || bytes.front() == '\r') {  // an empty line too many
      reply({});
      return;
    }
    const Result<PolicyRequest> request = parse_policy_request(bytes);
    if (!request) {
      is_over_ = true;
      reply({});
      return;
    }
    std::optional<Event> event = next_event(*request);
    if (!event) {
      reply(kNothingToSay);
      return;
    }
    // The reply keeps this object alive, and until it is called nothing else is asked here.
    guard_.judge(std::move(*event), Door::kPostfixPolicy,
                 [this, reply = std::move(reply)](const Answer& answer) mutable { reply(say(answer)); });
  }

  bool is_over() const override { return is_over_; }

 private:
  std::optional<Event> next_event(const PolicyRequest& request) {
    stage_ = request.stage();
    if (stage_ == PolicyStage::kOther) return std::nullopt;
    asks_about_messages_ |= stage_ != PolicyStage::kRecipient;
    asks_at_the_end_ |= stage_ == PolicyStage::kEndOfMessage;
    if (stage_ == PolicyStage::kData && asks_at_the_end_) return std::nullopt;
    instance_ = request.instance;
    return event_of(request, options_->default_domain);
  }

  std::string say(const Answer& answer) {
    const Action action = settle(answer);
    std::string text = "action=";
    if (action == Action::kAccept && prepends_now()) {
      text += prepend_text(answer);
    } else {
      text += action_text(action, answer, options_->divert_to);
    }
    text += "\n\n";
    return text;
  }

  // What is said now: a hold that can wait for the message does.
  Action settle(const Answer& answer) {
    const Action action = answer.action;
    const bool is_of_message = action == Action::kHold || action == Action::kDivert;
    if (action != Action::kAccept && !is_of_message) return action;
    const bool can_wait = asks_about_messages_ && !instance_.empty();
    if (stage_ == PolicyStage::kRecipient) {
      if (!can_wait) return answer.holds_message ? Action::kHold : action;
      if (is_of_message) waiting_.keep(instance_, action);
      return Action::kAccept;
    }
    // One recipient's hold is the whole message's, whatever is said of the message.
    return instance_.empty() ? action : std::max(action, waiting_.of(instance_));
  }

  // Once a message; Postfix refuses it at END-OF-MESSAGE.
  bool prepends_now() {
    if (!options_->prepends || stage_ == PolicyStage::kEndOfMessage) return false;
    if (instance_.empty() || prepended_instance_ == instance_) return false;
    prepended_instance_ = instance_;
    return true;
  }

  Guard& guard_;
  WaitingActions& waiting_;
  std::shared_ptr<const PostfixPolicyOptions> options_;
  std::size_t searched_ = 0;  // of a request that is not whole
  bool is_over_ = false;
  bool asks_about_messages_ = false;
  bool asks_at_the_end_ = false;
  PolicyStage stage_ = PolicyStage::kOther;  // of the request under way
  std::string instance_;
  std::string prepended_instance_;
};

}  // namespace

std::unique_ptr<Conversation> make_postfix_policy(Guard& guard, WaitingActions& waiting,
                                                  std::shared_ptr<const PostfixPolicyOptions> options) {
  return std::make_unique<PostfixPolicy>(guard, waiting, std::move(options));
}

}  // namespace postreeve
