#include "control/watch_feed.h"

#include <algorithm>
#include <array>
#include <variant>

#include "base/printable.h"
#include "finding/explain.h"
#include "guard/event_words.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostLines = 1000;
constexpr std::size_t kMostAnswered = 500;
constexpr std::uint32_t kWatchedSeconds = 60;

struct AboutOf {
  std::string operator()(const Recipient& e) const { return e.recipient; }
  std::string operator()(const Submission& e) const { return e.subject; }
  std::string operator()(const Login& e) const { return std::string(to_text(e.session.service)); }
  std::string operator()(const Delivery& e) const { return e.response; }
  std::string operator()(const Scan& e) const { return e.signature; }
  template <typename Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

}  // namespace

void WatchFeed::saw(const Decided& decided) {
  if (!is_watched(time_of(decided.event))) return;
  const Verdict& verdict = decided.observation.verdict;
  Line line{.time = time_of(decided.event),
            .event = std::string(kind_of(decided.event)),
            .account = account_of(decided.event).text(),
            .client = client_of(decided.event),
            .about = printable(std::visit(AboutOf{}, decided.event).substr(0, 80)),
            .action = std::string(to_text(decided.would)),
            .standing = std::string(to_text(verdict.standing.level)),
            .risk = static_cast<double>(verdict.risk),
            .says = std::string(decided.rule)};
  if (const Evidence* best = weightiest(verdict.evidence); best != nullptr && line.says.empty())
    line.says = explain(*best);
  add(std::move(line));
}

bool WatchFeed::is_watched(Timestamp time) const {
  return to_seconds32(time) <= watched_until_.load(std::memory_order_relaxed);
}

void WatchFeed::add(Line line) {
  if (!is_watched(line.time)) return;
  const std::scoped_lock lock(mutex_);
  line.number = ++latest_;
  lines_.push_back(std::move(line));
  if (lines_.size() > kMostLines) lines_.pop_front();
}

std::vector<WatchFeed::Line> WatchFeed::after(std::uint64_t number, Timestamp now) {
  watched_until_ = to_seconds32(now) + kWatchedSeconds;
  const std::scoped_lock lock(mutex_);
  const auto first =
      std::ranges::find_if(lines_, [number](const Line& line) { return line.number > number; });
  const auto last = first + std::min<std::ptrdiff_t>(lines_.end() - first, kMostAnswered);
  return {first, last};
}

}  // namespace postreeve
