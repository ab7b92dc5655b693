// The kinds of actions that a configuration may name, one row each:
//
//   [action.abused_flag]
//   type = "sql_flag"
//   set = "UPDATE users SET abused = 1 WHERE login = :account"
//
// A row says which keys the section takes, so that reading, checking and the manual need to know of no kind.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "response/account_places.h"
#include "response/action.h"
#include "store/ledger/database.h"

namespace postreeve {

// What an action may use of the daemon. References outlive it.
struct ActionWorld {
  LedgerDatabase& ledger;
  std::string state_folder;  // for files of its own, mode 0700
  AccountPlaces places = {};
  // Names of the configured actions of type "evidence": what deletes mail waits for them.
  std::vector<std::string> evidence = {};
};

struct ActionKey {
  enum class Kind : std::uint8_t { kText, kTexts, kNumber, kFlag, kDuration };

  // A text whose name ends in "_file" or "_folder" is a path: relative to the file that it stands in, and
  // absolute once it is read.
  std::string_view name;
  Kind kind{};
  bool is_required = false;
  std::string_view means;  // for the manual: one sentence
};

// The values of one section; those that are not given are left out.
class ActionSettings {
 public:
  using Value = std::variant<std::string, std::vector<std::string>, std::int64_t, bool, Duration>;

  explicit ActionSettings(std::string name) : name_(std::move(name)) {}
  void set(std::string key, Value value) { values_.insert_or_assign(std::move(key), std::move(value)); }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }  // of the action
  [[nodiscard]] const Value* find(std::string_view key) const {             // nullptr: not given
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }
  friend bool operator==(const ActionSettings&, const ActionSettings&) = default;
  [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
  // The fallback when it is not given. Requires that the key is of that kind.
  [[nodiscard]] std::string text(std::string_view key, const std::string& fallback = {}) const {
    return get(key, fallback);
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    return get(key, std::vector<std::string>{});
  }
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t fallback) const {
    return get(key, fallback);
  }
  [[nodiscard]] bool flag(std::string_view key, bool fallback) const { return get(key, fallback); }
  [[nodiscard]] Duration duration(std::string_view key, Duration fallback) const {
    return get(key, fallback);
  }

 private:
  template <typename T>
  [[nodiscard]] T get(std::string_view key, const T& fallback) const {
    const auto found = values_.find(key);
    return found == values_.end() ? fallback : std::get<T>(found->second);
  }

  std::string name_;
  std::map<std::string, Value, std::less<>> values_;
};

struct ActionType {
  std::string_view name;   // "sql_flag"
  std::string_view means;  // for the manual: what it does, one sentence
  std::span<const ActionKey> keys;
  // Connects to nobody. kInvalidInput says which key is wrong, and how it is written.
  Result<std::unique_ptr<ResponseAction>> (*make)(const ActionSettings& settings, const ActionWorld& world);
  bool tells_of_the_fuse = false;
};

// In the order of the manual.
[[nodiscard]] std::span<const ActionType> action_types();
[[nodiscard]] const ActionType* find_action_type(std::string_view name);  // nullptr: no such type

}  // namespace postreeve
