// A desk on a guard and a ledger of its own: for tests only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "control/control.h"
#include "control/desk.h"
#include "engine/familiar_places.h"
#include "guard/guard_testing.h"

namespace postreeve {

class ControlRoom : public GuardRoom {
 public:
  explicit ControlRoom(Mode mode = Mode::kEnforce)
      : GuardRoom(mode),
        lists(*database),
        policies(*database),
        counts(*database),
        clues(*database),
        strangers(clues),
        activity(*database),
        tokens(*database),
        audit(*database),
        outbox(*database),
        desk{.guard = *guard,
             .accounts = *accounts,
             .database = *database,
             .incidents = *incidents,
             .lists = lists,
             .policies = policies,
             .counts = counts,
             .clues = clues,
             .strangers = strangers,
             .places = places,
             .activity = activity,
             .tokens = tokens,
             .audit = audit,
             .feed = feed,
             .outbox = outbox,
             .actions = actions,
             .playbook = playbook,
             .default_domain = "x.example",
             .refresh_rules = [this]() -> Result<void> {
               ++refreshed;
               guard->set_rules(rules(*lists.entries(std::nullopt, now), *policies.all()));
               return {};
             },
             .flush = [this] { return counts.flush(); },
             .forget =
                 [this](const AccountId& account) {
                   return forget_account(*database, account, HashKey{{'k'}}, now);
                 },
             .wake_worker = [this] { ++woken; },
             .network_key = FamiliarPlaces(*accounts, HashKey{{'k'}}).namer(),
             .more_status = [] { return std::string(R"({"state":"written"})"); }} {
    guard->add_watcher(feed);
    guard->add_watcher(strangers);
    guard->add_watcher(places);
  }

  // The whole reply.
  boost::json::object ask(std::string_view verb, const boost::json::object& arguments = {}) {
    const std::string request =
        boost::json::serialize(boost::json::object{{"verb", verb}, {"arguments", arguments}});
    return boost::json::parse(answer_request(desk, request, "tess")).as_object();
  }
  boost::json::value data(std::string_view verb, const boost::json::object& arguments = {}) {
    boost::json::object reply = ask(verb, arguments);
    EXPECT_TRUE(reply.contains("data")) << boost::json::serialize(reply);
    return reply["data"];
  }
  // "not_found: there is no ..."
  std::string error(std::string_view verb, const boost::json::object& arguments = {}) {
    boost::json::object reply = ask(verb, arguments);
    EXPECT_TRUE(reply.contains("error")) << boost::json::serialize(reply);
    if (!reply.contains("error")) return {};
    const boost::json::object& error = reply["error"].as_object();
    return std::string(error.at("code").as_string()) + ": " + std::string(error.at("text").as_string());
  }
  [[nodiscard]] std::vector<AuditEntry> trail() const { return *audit.find({}); }
  // The incident of a take-over of Anna's account.
  std::string stolen() {
    live();
    steal();
    return guard->standing_of(account_named(kAnna)).incident.to_string();
  }

  ListBook lists;
  AccountPolicyBook policies;
  HourlyCounts counts;
  ClueBook clues;
  ClueCollector strangers;
  PlaceCounts places;
  ActivityBook activity;
  TokenBook tokens;
  AuditTrail audit;
  WatchFeed feed;
  Outbox outbox;
  Actions actions;
  Playbook playbook{{}, {}, {}};
  int woken = 0;
  Desk desk;
  int refreshed = 0;
};

// A member that is a text; "" for null or none.
[[nodiscard]] inline std::string text_of(const boost::json::value& thing, std::string_view name) {
  const boost::json::value* found = thing.is_object() ? thing.as_object().if_contains(name) : nullptr;
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace postreeve
