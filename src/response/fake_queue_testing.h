// A mail queue that is a folder, a helper for it that is a shell script, and an incident whose mail lies in
// it: for tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "response/action_testing.h"
#include "response/queue_helper_client.h"
#include "response/response_testing.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/outbox.h"

namespace postreeve {

inline constexpr std::string_view kFakeHelper = R"sh(#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$1 $2" >> asked
[ -e down ] && exit 75
case $1 in
  list) cat queue/* 2> /dev/null ;;
  show)
    [ -e "hangs-$2" ] && sleep 60
    [ -e "queue/$2" ] || { echo '{"error":"it is gone","code":"not_found"}'; exit 75; }
    [ -e "large-$2" ] && { echo '{"error":"it is too long","code":"limit_exceeded"}'; exit 75; }
    cat "queue/$2"
    echo '{"content":"U3ViamVjdDogT2ZmZXIKCkdvb2QgZGF5Lgo="}' ;;
  hold)
    while read -r id; do
      sed -i 's/"deferred"/"hold"/' "queue/$id"
      echo "{\"queue_id\":\"$id\",\"result\":\"held\"}"
    done ;;
  release)
    while read -r id; do
      sed -i 's/"hold"/"deferred"/' "queue/$id"
      echo "{\"queue_id\":\"$id\",\"result\":\"released\"}"
    done ;;
  delete)
    while read -r id; do
      rm "queue/$id"
      echo "{\"queue_id\":\"$id\",\"result\":\"deleted\"}"
    done ;;
esac
echo '{"end":true}'
)sh";

inline constexpr std::string_view kThiefsAddress = "198.51.100.7";
inline constexpr std::string_view kOwnersAddress = "192.0.2.4";

class FakeQueue {
 public:
  FakeQueue() : program_(folder.program("helper", kFakeHelper)) {
    std::filesystem::create_directory(folder.file("queue"));
  }

  [[nodiscard]] QueueHelper helper() const {
    return {.command = {program_}, .default_domain = {}, .server = "postfix"};
  }
  // A message of Anna's, of the time of the incident.
  void put(const std::string& id, std::string_view client = kThiefsAddress, std::string_view queue = "hold",
           std::uint64_t size = 34, std::uint32_t later = 0) const {
    const std::uint32_t seconds = to_seconds32(kSundayAtThree) + later;
    std::ofstream(folder.file("queue/" + id)) << fmt::format(
        R"({{"queue_id":"{}","queue":"{}","account":"anna@shop.example","client_address":"{}","sender":"",)"
        R"("arrived":{}000000,"created":{},"size":{},"recipients":[],"open_recipients":1,"done_recipients":0}})"
        "\n",
        id, queue, client, seconds, seconds, size);
  }
  void put_many(int count) const {
    for (int i = 1; i <= count; ++i) put(fmt::format("m{}", i));
  }
  // "hangs-m2": so does show of that message; "large-m2"; "down": nothing is answered.
  void set(std::string_view state) const { std::ofstream(folder.file(state)) << '\n'; }
  void unset(std::string_view state) const { std::filesystem::remove(folder.file(state)); }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const auto& entry : std::filesystem::directory_iterator(folder.file("queue")))
      ids.push_back(entry.path().filename().string());
    std::ranges::sort(ids);
    return ids;
  }
  // "show m1", a line each, since it was last asked for.
  [[nodiscard]] std::string take_asked() const {
    std::string asked = folder.read("asked");
    unset("asked");
    return asked;
  }

  TestFolder folder;

 private:
  std::string program_;
};

// Anna's account is suspended, and what that calls for is in the outbox.
class IncidentRoom : public LedgerTest {
 protected:
  IncidentRoom() { change(changed(Level::kClear, Level::kHeld), {}); }

  void change(StandingEntry entry, const std::vector<std::string>& actions) {
    for (const std::string& name : actions)
      entry.actions.push_back(outbox_action(task_of(entry, name, Direction::kCarryOut)));
    if (const auto recorded = IncidentBook(*database).record(entry); !recorded)
      throw std::runtime_error(recorded.error().detail);
  }
  void ask_for(const std::vector<std::string>& actions) {
    StandingEntry entry = changed(Level::kHeld, Level::kSuspended);
    entry.change.time += std::chrono::seconds{1};
    change(std::move(entry), actions);
  }
  void confirm() const {
    IncidentJudgement judgement;
    judgement.incident = kIncident;
    judgement.outcome = Outcome::kConfirmed;
    if (const auto settled = IncidentBook(*database).settle(std::move(judgement), "tess", kSundayAtThree);
        !settled)
      throw std::runtime_error(settled.error().detail);
  }
  [[nodiscard]] static Task task() { return task_for("anna@shop.example"); }
  [[nodiscard]] std::vector<OutboxRow> rows() const {
    return Outbox(*database).of_incident(kIncident).value();
  }

  static constexpr IncidentId kIncident{0xabcd};
  FakeQueue queue;
};

}  // namespace postreeve
