#include "gate/socketmap.h"

#include <string>
#include <utility>

#include "gate/socketmap_wire.h"

namespace postreeve {
namespace {

class Socketmap final : public Conversation {
 public:
  explicit Socketmap(std::shared_ptr<const LoginLock> lock) : lock_(std::move(lock)) {}

  Result<std::size_t> request_size(std::string_view input) override {
    Result<std::size_t> size = netstring_size(input);
    if (size) return size;
    // Where the next request begins cannot be known.
    is_over_ = true;
    return input.size();
  }

  void answer(std::string_view request, Reply reply) override {
    if (is_over_) {
      reply(to_netstring("PERM not a netstring"));
      return;
    }
    const Result<SocketmapRequest> asked = parse_socketmap_request(netstring_content(request));
    if (!asked) {
      reply(to_netstring("PERM no map and key"));
      return;
    }
    const auto action = lock_->action_for(asked->key);
    reply(to_netstring(action ? "OK " + std::string(*action) : "NOTFOUND "));
  }

  bool is_over() const override { return is_over_; }

 private:
  std::shared_ptr<const LoginLock> lock_;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Conversation> make_socketmap(std::shared_ptr<const LoginLock> lock) {
  return std::make_unique<Socketmap>(std::move(lock));
}

}  // namespace postreeve
