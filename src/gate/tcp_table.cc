#include "gate/tcp_table.h"

#include <utility>

#include "gate/tcp_table_wire.h"

namespace postreeve {
namespace {

class TcpTable final : public Conversation {
 public:
  explicit TcpTable(std::shared_ptr<const LoginLock> lock) : lock_(std::move(lock)) {}

  Result<std::size_t> request_size(std::string_view input) override {
    const std::size_t end = input.find('\n', searched_);
    searched_ = end == std::string_view::npos ? input.size() : 0;
    return end + 1;  // npos + 1 is 0
  }

  void answer(std::string_view request, Reply reply) override {
    request.remove_suffix(1);
    if (request.ends_with('\r')) request.remove_suffix(1);
    const Result<std::string> key = parse_tcp_table_request(request);
    if (!key) {
      reply(tcp_table_reply(400, key.error().detail));
      return;
    }
    const auto action = lock_->action_for(*key);
    reply(action ? tcp_table_reply(200, *action) : tcp_table_reply(500, "not found"));
  }

 private:
  std::shared_ptr<const LoginLock> lock_;
  std::size_t searched_ = 0;  // of a line that is not whole
};

}  // namespace

std::unique_ptr<Conversation> make_tcp_table(std::shared_ptr<const LoginLock> lock) {
  return std::make_unique<TcpTable>(std::move(lock));
}

}  // namespace postreeve
