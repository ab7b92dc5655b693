// A guard of logins that tests set as they need it, and lists in memory.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gate/login_desk.h"
#include "gate/login_lists.h"
#include "net/prefix_set.h"

namespace postreeve {

struct TestLogins {
  LoginGuard guard() {
    return {.ruling_on = [this](const Login&) { return ruling; },
            .standing_of = [this](const AccountId&) { return standing; },
            .key_of = [](const AccountId& account) { return keyed_hash(HashKey{{1}}, account.text()); },
            .is_familiar = [this](const AccountId&, const IpAddress&) { return familiar; },
            .is_web_server = [this](const IpAddress& address) { return web_servers.contains(address); },
            .judge =
                [this](Login login, std::move_only_function<void()> done) {
                  judged.push_back(std::move(login));
                  done();
                },
            .mode = [this] { return mode; },
            .now = [this] { return now; }};
  }

  Ruling ruling;
  Standing standing;
  bool familiar = false;
  PrefixSet web_servers;
  Mode mode = Mode::kEnforce;
  Timestamp now = *parse_rfc3339("2026-03-02T08:00:00Z");
  std::vector<Login> judged;
};

struct TestLists {
  LoginLists lists() {
    return {.add = [this](const ListEntry& entry) -> Result<void> {
              if (is_broken) throw std::runtime_error("a fault of ours");
              if (disk_is_full) return fail(ErrorCode::kUnavailable, "the disk is full");
              ++changes;
              entries[{entry.list, entry.value}] = entry;
              return {};
            },
            .remove = [this](ListName list, const std::string& value) -> Result<void> {
              ++changes;
              if (entries.erase({list, value}) == 0) return fail(ErrorCode::kNotFound, "no such entry");
              return {};
            },
            .entries = [this](ListName list, Timestamp) -> Result<std::vector<ListEntry>> {
              std::vector<ListEntry> found;
              for (const auto& [key, entry] : entries) {
                if (key.first == list) found.push_back(entry);
              }
              return found;
            }};
  }

  std::map<std::pair<ListName, std::string>, ListEntry> entries;
  int changes = 0;
  bool disk_is_full = false;
  bool is_broken = false;
};

}  // namespace postreeve
