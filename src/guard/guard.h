// The live engine: what gates ask and what followers tell.
//
// Around Engine::observe() it does what a running server needs and a replay does not: a message that several
// gates see counts once (sightings.h), what people decided comes first (rules.h), a change of standing is on
// the disk before the answer leaves, and in observe mode nothing is refused.
//
// Any thread. Nothing here blocks but a record that has to be read from the disk. With records on another
// machine judge() waits for that on threads of its own, note() where it is called, for each step of the
// event, and standing_of() for one question.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/keyed_hash.h"
#include "base/time.h"
#include "engine/engine.h"
#include "finding/verdict.h"
#include "guard/decision_watcher.h"
#include "guard/diversion.h"
#include "guard/judging_threads.h"
#include "guard/rules.h"
#include "guard/sightings.h"
#include "mail/event.h"
#include "net/locator.h"
#include "store/account_store.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/outbox.h"
#include "store/shared_counters.h"

namespace postreeve {

enum class Mode : std::uint8_t {
  kObserve,  // say what would be done
  kEnforce,
};
[[nodiscard]] std::string_view to_text(Mode mode) noexcept;  // "observe"

// What a gate tells its mail server.
struct Answer {
  Action action = Action::kAccept;  // kReject of a Login: refused
  Reply reply = Reply::kNone;
  // What would be done in enforce mode; the same as `action` there.
  Action would = Action::kAccept;
  Level level = Level::kClear;  // of the account's standing
  float risk = 0;
  IncidentId incident;
  // The weightiest finding against the owner in plain words, when anything is refused; else empty.
  std::string reason;
  // Of a Recipient that is accepted: the account is held, and its message will be answered with kHold. For
  // gates that may not be asked about messages.
  bool holds_message = false;
};

class Guard {
 public:
  // Called exactly once: inline, on a judging thread, or on the ledger's thread when a change of standing had
  // to reach the disk.
  using Done = std::move_only_function<void(const Answer&)>;
  using Clock = std::function<Timestamp()>;

  struct Parts {
    AccountStore& accounts;
    SharedCounters& counters;
    IncidentBook& incidents;
    HashKey key;
    Clock clock;
    bool several_doors = true;  // else nothing can be seen twice, and nothing has to be remembered
    // Where judging fails (no memory, a bug): false accepts, since a guard must not stop the mail; true
    // defers.
    bool fails_closed = false;
    std::function<void(const std::string& what)> failed = {};  // told of it, and of what hooks throw
    // Told of a step that another gate had been asked about. Nothing is judged, but it may show more.
    std::function<void(const Event& event)> seen_again = {};
    // What becomes of doubtful mail that is let out.
    DiversionOptions diversion = {};
    // What is to be done outside because of a change of standing, recorded with it; `was_observed`: if the
    // standing before was only observed, so that nothing had been done for it.
    std::function<std::vector<OutboxAction>(const StandingEntry&, bool was_observed)> respond = {};
    // Such actions are on the disk. On the ledger's thread; must not block.
    std::function<void()> actions_recorded = {};
    // Where judge() judges; null: inline. Finished before the guard ends.
    JudgingThreads* threads = nullptr;
    // Whether other nodes have the same records, and the same ledger.
    bool shares_records = false;
    bool shares_ledger = false;
  };

  // Standings in the ledger go before those in the records: call restore() first.
  Guard(Parts parts, std::shared_ptr<const Rules> rules, Mode mode);
  ~Guard();  // wait_for_the_ledger()

  // Brings back the standings of the ledger: after a start, and when records that are shared may have lost
  // what was written last. A round trip a row to records that are shared; ends early when told to stop.
  [[nodiscard]] Result<void> restore(const std::stop_token& stop = {});

  // Takes over standings that another node set.
  void adopt(std::span<const StandingRow> rows);

  // What time brings about: standings that are over end in the ledger too, restrictions that were only
  // observed are recorded as enforced once the mode is (of several nodes one is enough: `changes_standings`),
  // one whose end has moved in the record gets that end in the ledger, changes that the disk did not take are
  // written again. Call every second; may block on the ledger.
  void tend(bool changes_standings = true);
  // How many changes the disk did not take so far.
  [[nodiscard]] std::size_t unwritten() const;
  // Returns once everybody who waits for the ledger is answered. Requires that nobody asks meanwhile.
  void wait_for_the_ledger();

  // What gates saw within the last ten minutes, for the next start (Sightings::saved); nobody asks meanwhile.
  [[nodiscard]] std::string sightings() const;
  // Takes that over before anybody asks; false: these are not such bytes.
  bool restore_sightings(std::string_view bytes);

  // Judges what a gate saw. The event's time is set to now; its account may be empty (nobody logged in):
  // accepted then.
  void judge(Event event, Door door, Done done);

  // Judges what nobody waits for: deliveries, scans, what a log tells. Keeps the event's time, but no later
  // than now. What was seen through another door does not count again, whichever came first. kUnavailable: it
  // could not be judged, which was told to Parts::failed too.
  Result<void> note(Event event, Door door);

  // The account's standing as of now; clear when nothing is known of it.
  [[nodiscard]] Standing standing_of(const AccountId& account) const;

  [[nodiscard]] Fuse fuse() const;

  // A person's order (judge/order.h), on the disk when it returns. Not from the ledger's thread.
  [[nodiscard]] Result<StandingChange> order(const AccountId& account, Level level, const std::string& author,
                                             const std::string& reason);
  // A person's opinion of an incident: trains the profile, ends or makes the suspension. Likewise; where the
  // standing stays what it is, nothing of it is in the ledger.
  [[nodiscard]] Result<StandingChange> settle(const AccountId& account, IncidentJudgement judgement,
                                              const std::string& author, const std::string& reason);

  // New rules (configuration, lists, account policies) hold from the next event on.
  void set_rules(std::shared_ptr<const Rules> rules);
  [[nodiscard]] std::shared_ptr<const Rules> rules() const;
  void set_mode(Mode mode);
  [[nodiscard]] Mode mode() const;

  // Told of every decision, in the thread that made it. Add before the first event.
  void add_watcher(DecisionWatcher& watcher);

  [[nodiscard]] Timestamp now() const;
  // Names the account in learned state.
  [[nodiscard]] Hash128 key_of(const AccountId& account) const;
  // Whether the owner wrote to it before, as far as the account's record knows.
  [[nodiscard]] bool knows_recipient(const AccountId& account, std::string_view recipient) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
