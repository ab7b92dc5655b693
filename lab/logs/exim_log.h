// Exim 4.96's main log, with the selectors that hosters use (subject, recipients, port).
#pragma once

#include <string>
#include <unordered_map>

#include "lab/logs/log_file.h"
#include "lab/logs/server_log.h"
#include "lab/random.h"

namespace postreeve::lab {

class EximLog final : public ServerLog {
 public:
  explicit EximLog(const std::string& path) : file_(path, LogStamp::kExim) {}

  // Exim tells only of failed ones.
  void login(const Login& login) override;
  void submission(const Submission& submission) override;
  void delivery(const Delivery& delivery) override;
  void write_until(Timestamp now) override { file_.write_until(now); }
  void finish(Timestamp end) override { file_.finish(end); }
  [[nodiscard]] bool good() const override { return file_.good(); }

 private:
  struct Queued {
    std::string id;
    std::string sender;
    std::size_t left = 0;
    bool bounced = false;
  };

  void close(Queued& mail, Timestamp time);
  std::string new_message_id(Timestamp time);
  std::uint32_t port() const { return 20'000 + static_cast<std::uint32_t>(mix64(number_) % 40'000); }

  LogFile file_;
  std::unordered_map<std::string, Queued> queue_;  // by the event's queue ID
  std::uint32_t number_ = 0;
};

}  // namespace postreeve::lab
