// Dovecot 2.3's lines about IMAP and POP sessions, as rsyslog writes them down.
#pragma once

#include "lab/logs/log_file.h"
#include "lab/logs/server_log.h"
#include "lab/random.h"

namespace postreeve::lab {

class DovecotLog final : public ServerLog {
 public:
  // What the webmail server does for its users comes from its address.
  DovecotLog(const std::string& path, const IpAddress& webmail_server)
      : file_(path, LogStamp::kSyslog), webmail_server_(webmail_server) {}

  void login(const Login& login) override;
  void submission(const Submission&) override {}
  void delivery(const Delivery&) override {}
  void write_until(Timestamp now) override { file_.write_until(now); }
  void finish(Timestamp end) override { file_.finish(end); }
  [[nodiscard]] bool good() const override { return file_.good(); }

 private:
  LogFile file_;
  IpAddress webmail_server_;
  std::uint64_t number_ = 0;
};

}  // namespace postreeve::lab
