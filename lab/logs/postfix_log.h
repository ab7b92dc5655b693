// Postfix 3.7 with long queue IDs, as rsyslog writes it down: submission, queue, deliveries, bounces.
#pragma once

#include <string>
#include <unordered_map>

#include "lab/logs/log_file.h"
#include "lab/logs/server_log.h"
#include "lab/random.h"

namespace postreeve::lab {

class PostfixLog final : public ServerLog {
 public:
  explicit PostfixLog(const std::string& path) : file_(path, LogStamp::kSyslog) {}

  // Postfix tells only of failed ones.
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
    Timestamp time{};
    std::uint64_t size = 0;
    std::size_t left = 0;  // recipients without a final answer
    bool bounced = false;
  };

  void close(Queued& mail, Timestamp time);
  std::string new_queue_id(Timestamp time);
  std::uint32_t pid(std::uint32_t of_service) const { return 1000 + of_service * 100 + number_ % 40; }

  LogFile file_;
  std::unordered_map<std::string, Queued> queue_;  // by the event's queue ID
  std::uint32_t number_ = 0;
};

}  // namespace postreeve::lab
