#include "lab/logs/log_file.h"

#include <chrono>

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

}  // namespace

LogFile::LogFile(const std::string& path, LogStamp stamp) : file_(path, std::ios::binary), stamp_(stamp) {}

void LogFile::add(Timestamp time, std::chrono::microseconds later, std::string text) {
  waiting_.push({time.time_since_epoch().count() * 1000 + later.count(), number_++, std::move(text)});
}

void LogFile::write_until(Timestamp time) {
  const std::int64_t until = time.time_since_epoch().count() * 1000;
  while (!waiting_.empty() && waiting_.top().microseconds < until) {
    write(waiting_.top());
    waiting_.pop();
  }
}

void LogFile::finish(Timestamp end) {
  write_until(end);
  waiting_ = {};
  file_.flush();
}

void LogFile::write(const Line& line) {
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{line.microseconds / kDay}}};
  const std::int64_t rest = line.microseconds % kDay;
  const std::int64_t second = rest / 1'000'000;
  head_.clear();
  const auto out = std::back_inserter(head_);
  const bool is_syslog = stamp_ == LogStamp::kSyslog;
  fmt::format_to(out, "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", static_cast<int>(day.year()),
                 static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), is_syslog ? 'T' : ' ',
                 second / 3600, second / 60 % 60, second % 60);
  if (is_syslog) fmt::format_to(out, ".{:06}+00:00 mx1", rest % 1'000'000);
  file_ << head_ << ' ' << line.text << '\n';
}

}  // namespace postreeve::lab
