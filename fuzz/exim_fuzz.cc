// Exim lines. Whatever comes in, every text of the record lies inside the message.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <variant>

#include "intake/grammars.h"

namespace {

using namespace postreeve;

class Inside {
 public:
  explicit Inside(std::string_view whole) : whole_(whole) {}

  void operator()(const auto&) const {}
  void operator()(const LoginSeen& r) const {
    check({r.login, r.client_address, r.client_name, r.helo_name, r.session_id});
  }
  void operator()(const MessageReceived& r) const {
    check({r.queue_id, r.login, r.client_address, r.client_name, r.helo_name, r.original_queue_id, r.sender,
           r.message_id, r.subject});
    for (const auto recipient : r.recipients) check({recipient});
  }
  void operator()(const DeliverySeen& r) const {
    check({r.queue_id, r.recipient, r.original_recipient, r.relay, r.response, r.sender});
  }
  void operator()(const Refused& r) const { check({r.queue_id, r.login, r.client_address, r.recipient}); }
  void operator()(const MessageRemoved& r) const { check({r.queue_id}); }

 private:
  void check(std::initializer_list<std::string_view> texts) const {
    const std::less_equal<const char*> not_after;
    for (const auto text : texts) {
      if (text.empty()) continue;
      const bool is_inside = not_after(whole_.data(), text.data()) &&
                             not_after(text.data() + text.size(), whole_.data() + whole_.size());
      if (!is_inside) std::abort();
    }
  }

  std::string_view whole_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  std::visit(Inside(message), postreeve::parse_exim(message));
  return 0;
}
