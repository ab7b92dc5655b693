// The lab's world: accounts, people and thieves, the mail server between them, and
// the destinations that answer.
//
// Actors (people, attacks, noise) plan wakes; the world wakes them in order of time
// and hands what they do to the sink. Everything follows from the seed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/account.h"
#include "lab/calendar.h"
#include "lab/geography/geography.h"
#include "lab/sink.h"

namespace postreeve::lab {

enum class Variant : std::uint8_t { kDev, kTest };

struct WorldOptions {
  std::uint64_t seed = 1;
  std::uint32_t accounts = 1000;
  std::uint32_t days = 60;
  std::uint32_t attacks = 0;
  std::uint32_t attacks_from_day = 10;
  Variant variant = Variant::kDev;
  bool even_mix = false;  // as many accounts of each persona; else their natural shares
  bool bare = false;      // like logs: no content, no HELO, no client names
  bool scanners = false;  // rspamd and ClamAV look at every message
  bool staff = false;     // somebody looks at each incident within hours and says what it was
  // Every client's habit after a 4xx: minutes between tries, 0 gives up at once; empty: its own.
  std::optional<std::uint32_t> retry_minutes;
  bool smtp_logins = true;                     // the server reports SASL logins beside submissions
  std::shared_ptr<const Geography> geography;  // null: the lab's own internet
  std::vector<std::string> only_families;      // empty: all
  std::vector<std::string> without_families;
  std::vector<std::string> only_personas;  // empty: all
};

class World;

class Actor {
 public:
  Actor() = default;
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;
  virtual ~Actor() = default;
  virtual void wake(const Wake& wake, World& world) = 0;
};

// A message on its way to the server; reused, see World::new_draft().
struct Draft {
  Doer doer;
  Service service = Service::kSmtp;
  IpAddress address;
  std::string client_name;
  std::string helo;
  std::string sender;
  std::vector<Correspondent> recipients;
  std::uint64_t size = 0;
  std::string header_from;
  std::string header_to;
  std::string subject;
  double looks_like_spam = 0.0005;  // to rspamd
  bool infected = false;
  double refused = 0;  // chance that a living recipient's server refuses it for what it is (5.7.1)
  // Chance that a living recipient calls it abuse and the provider reports so.
  double complained = 0.00002;
  bool is_fraud = false;  // what the complaint is about
};

// One take-over, for the truth.
struct AttackRecord {
  std::string_view family;
  std::uint32_t account = 0;
  std::uint32_t group = 0;    // attacks of one group are one crew's work
  std::uint32_t planned = 0;  // messages it would send if nobody stopped it
  Timestamp begins{};
};

class World {
 public:
  World(const WorldOptions& options, Sink& sink);
  ~World();

  // Until the end of days, or this moment if it is earlier.
  void run(Timestamp until = Timestamp::max());

  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] Timestamp start() const { return start_; }
  [[nodiscard]] Timestamp end() const { return end_; }
  [[nodiscard]] const WorldOptions& options() const { return options_; }
  [[nodiscard]] const Geography& geography() const { return *geography_; }
  [[nodiscard]] std::vector<Account>& accounts() { return accounts_; }
  [[nodiscard]] std::vector<Tenant>& tenants() { return tenants_; }
  [[nodiscard]] const std::vector<AttackRecord>& attacks() const { return attacks_; }
  [[nodiscard]] Sink& sink() { return sink_; }
  // Whether our own address is listed and big destinations refuse half of the mail.
  [[nodiscard]] bool listed(Timestamp time) const;
  // The web mail server, from which all webmail reaches the submission port.
  [[nodiscard]] IpAddress webmail_server() const { return webmail_server_; }
  [[nodiscard]] std::uint64_t happened() const { return events_; }

  std::uint32_t add_actor(std::unique_ptr<Actor> actor);
  [[nodiscard]] Actor& actor(std::uint32_t number) { return *actors_[number]; }
  std::int32_t add_attack(const AttackRecord& record);
  void plan(Timestamp time, std::uint32_t actor, std::uint16_t kind, std::uint16_t device = 0,
            std::uint32_t slot = 0);

  // A login attempt now.
  void login(Doer doer, Service service, const IpAddress& address, LoginFailure failure = LoginFailure::kNone,
             std::uint64_t password_hash = 0);
  // A login attempt on a name that does not exist.
  void login_of_nobody(const std::string& login, Service service, const IpAddress& address);
  // An empty draft whose buffers are used again.
  Draft& new_draft(Doer doer);
  // Somebody makes a forward, a filter or the like.
  void change_setting(Doer doer, Service service, const IpAddress& address, SettingKind setting,
                      std::string target);
  // Hands the draft to the server; the accepted recipients' destinations answer later.
  std::span<const Fate> submit(const Draft& draft);
  // The owner or staff sets a new password: whoever has the old one is out.
  void change_password(Doer doer);
  void judge(std::uint32_t account, bool confirmed);
  // An incident was opened; the staff, if there is one, will look at it.
  void report_incident(std::uint32_t account);
  void employ(std::uint32_t staff) { staff_ = staff; }

  void append_address(std::string& text, Correspondent who) const;
  [[nodiscard]] std::string address_text(Correspondent who) const;
  // The reverse name of a client's address as the server verified it, often empty.
  void write_client_name(std::string& text, std::uint32_t provider, const IpAddress& address) const;

 private:
  struct Answer {
    std::uint64_t queue = 0;
    Correspondent to;
    Doer doer;
    std::uint8_t kind = 0;
    bool is_fraud = false;
  };

  void scan(const Draft& draft);
  void fill(const Draft& draft);
  // An address that is written down twice is one recipient, as in Postfix.
  void merge_recipients();
  void plan_answer(const Draft& draft, Correspondent to);
  void plan_complaint(const Draft& draft, const Answer& answer);
  void complain(const Answer& answer);
  void answer(std::uint32_t slot);
  void put_answer(const Answer& answer, Timestamp time);

  WorldOptions options_;
  Sink& sink_;
  std::shared_ptr<const Geography> geography_;
  Random random_;
  Timestamp start_;
  Timestamp end_;
  Timestamp now_;
  Calendar calendar_;
  IpAddress webmail_server_;
  std::vector<Account> accounts_;
  std::vector<Tenant> tenants_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::vector<AttackRecord> attacks_;
  std::vector<Answer> answers_;
  std::vector<std::uint32_t> free_answers_;
  std::uint64_t queue_ = 0;
  std::uint64_t events_ = 0;
  // Reused for every event.
  Event login_{Login{}};
  Event delivery_{Delivery{}};
  Event scan_{Scan{}};
  std::uint32_t staff_ = 0;
  Submission submission_;
  // Of each of the draft's recipients, its place in the submission; empty when they are the same.
  std::vector<std::uint32_t> places_;
  std::vector<std::uint64_t> hashes_;
  std::vector<Fate> fates_;
  Draft draft_;
};

}  // namespace postreeve::lab
