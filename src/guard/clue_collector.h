// Collects what strangers show of themselves in accounts (store/ledger/clue_book.h).
//
// What belongs to an incident goes into the ledger. What a stranger did before there was one waits in memory
// for some hours: most strangers are owners on a journey, and nothing of them is written down. When the
// incident opens it is written with it, and meanwhile whoever looks for accounts that share something with a
// thief finds it here.
//
// Limits: at the fullest twice kMostAccounts accounts with kMostWaiting clues each are remembered; further
// ones are not. Where the owner and the thief share a place, the owner's mail gives clues too.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "guard/decision_watcher.h"
#include "mail/account_id.h"
#include "mail/event.h"
#include "store/ledger/clue_book.h"

namespace postreeve {

// What a login, a recipient, a message or a setting shows; nothing of other events. Texts are as the client
// gave them.
[[nodiscard]] std::vector<Clue> clues_of(const Event& event);

class ClueCollector final : public DecisionWatcher {
 public:
  static constexpr std::size_t kMostAccounts = 5'000;
  static constexpr std::size_t kMostWaiting = 100;
  // What waits is forgotten after once to twice this long.
  static constexpr Duration kPatience = std::chrono::hours{12};

  // The book outlives it.
  explicit ClueCollector(ClueBook& book) : book_(book) {}

  void saw(const Decided& decided) override;
  // A step that another gate had been asked about: it may show what that gate could not see. Any thread.
  void saw_again(const Event& event);

  // Nothing that waits of the account is kept. Any thread.
  void forget(const AccountId& account);

  struct Waiting {
    AccountId account;
    Clue clue;
    ClueSighting seen;
  };
  // What waits of accounts without an incident, that `matches`. Any thread.
  template <typename Matches>
  [[nodiscard]] std::vector<Waiting> waiting(const Matches& matches) const {
    const std::lock_guard lock(mutex_);
    std::vector<Waiting> found;
    for (const Strangers* strangers : {&recent_, &older_}) {
      for (const auto& [account, stranger] : *strangers) {
        if (stranger.incident.known()) continue;
        for (const Seen& seen : stranger.waiting) {
          if (matches(seen.clue)) found.push_back({account, seen.clue, seen.times});
        }
      }
    }
    return found;
  }

 private:
  struct Seen {
    Clue clue;
    ClueSighting times;
  };
  struct Stranger {
    IncidentId incident;
    std::vector<IpAddress> addresses;  // what comes from them again is the stranger's
    std::vector<Seen> waiting;
  };
  using Strangers = std::unordered_map<AccountId, Stranger>;

  void forget_the_old(Timestamp now);
  [[nodiscard]] Stranger* find(const AccountId& account);
  void keep(Stranger& stranger, const Event& event, bool is_by_web_server);
  void write(const Stranger& stranger);

  ClueBook& book_;
  mutable std::mutex mutex_;
  Strangers recent_;
  Strangers older_;
  Timestamp turned_{};  // when recent_ began
};

}  // namespace postreeve
