// What a mail server writes into its log about the lab's events.
#pragma once

#include "mail/event.h"

namespace postreeve::lab {

class ServerLog {
 public:
  ServerLog() = default;
  ServerLog(const ServerLog&) = delete;
  ServerLog& operator=(const ServerLog&) = delete;
  virtual ~ServerLog() = default;

  // In order of time. A server says nothing about some of them.
  virtual void login(const Login& login) = 0;
  virtual void submission(const Submission& submission) = 0;
  virtual void delivery(const Delivery& delivery) = 0;
  // Nothing before `now` follows.
  virtual void write_until(Timestamp now) = 0;
  virtual void finish(Timestamp end) = 0;
  [[nodiscard]] virtual bool good() const = 0;
};

// The part behind the last '@'.
[[nodiscard]] inline std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

}  // namespace postreeve::lab
