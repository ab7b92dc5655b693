#include "lab/log_sink.h"

#include <algorithm>

namespace postreeve::lab {

void LogSink::observe(const Event& event, Doer) {
  for (const auto& log : logs_) {
    log->write_until(time_of(event));
    if (const auto* login = std::get_if<Login>(&event)) log->login(*login);
    if (const auto* delivery = std::get_if<Delivery>(&event)) log->delivery(*delivery);
  }
}

std::span<const Fate> LogSink::submit(const Submission& submission, Doer) {
  for (const auto& log : logs_) {
    log->write_until(submission.time);
    log->submission(submission);
  }
  fates_.assign(submission.recipients.size(), Fate::kOut);
  return fates_;
}

void LogSink::finish(Timestamp end) {
  for (const auto& log : logs_) log->finish(end);
}

bool LogSink::good() const {
  return std::ranges::all_of(logs_, [](const auto& log) { return log->good(); });
}

}  // namespace postreeve::lab
