// Neighbours' rules at the door, on the same traffic: what policyd, a cron job over
// the log or a Dovecot script would do. Judged at submission; what goes over a
// limit is refused for the moment (4xx).
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lab/score/door.h"
#include "net/locator.h"

namespace postreeve::lab {

// Limits of one account; 0 has no such limit. Windows slide.
struct NeighbourRule {
  std::string_view name;
  std::string_view says;
  std::uint32_t messages_an_hour = 0;
  std::uint32_t messages_a_day = 0;
  std::uint32_t addresses_an_hour = 0;
  std::uint32_t addresses_a_day = 0;
  std::uint32_t countries_a_day = 0;
};

[[nodiscard]] std::span<const NeighbourRule> neighbour_rules() noexcept;
// nullptr when no rule is called that.
[[nodiscard]] const NeighbourRule* neighbour_rule(std::string_view name) noexcept;

class NeighbourDoor final : public Door {
 public:
  // The locator must outlive the door.
  NeighbourDoor(const NeighbourRule& rule, const Locator& locator) : rule_(rule), locator_(locator) {}

  const Ruling& observe(const Event&) override;
  const Ruling& submit(const Submission& submission) override;

 private:
  struct Seen {
    std::uint64_t what = 0;
    Timestamp time{};  // the latest
  };
  struct Past {
    std::deque<Timestamp> accepted;  // of the last day
    std::vector<Seen> addresses;     // of the last day
    std::vector<Seen> countries;
    bool is_refused = false;
  };

  [[nodiscard]] bool is_over(const Past& past, Timestamp time) const;
  void change(Past& past, bool refused, Timestamp time);

  NeighbourRule rule_;
  const Locator& locator_;
  std::unordered_map<AccountId, Past> accounts_;
  Ruling ruling_;
};

}  // namespace postreeve::lab
