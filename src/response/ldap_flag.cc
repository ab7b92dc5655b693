#include "response/ldap_flag.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "base/base64.h"
#include "response/ldap_directory.h"
#include "response/ldap_filter.h"
#include "response/server_settings.h"
#include "store/ledger/rows.h"

namespace postreeve {

namespace json = boost::json;

namespace {

using Kind = ActionKey::Kind;
using Values = std::vector<std::string>;

constexpr std::size_t kMostValueBytes = 16'000;  // of all old values

constexpr std::array kKeys{
    ActionKey{"uri", Kind::kText, true,
              "of the server: \"ldaps://ldap.example\", or several with spaces between them; the first that "
              "answers is taken"},
    ActionKey{"start_tls", Kind::kFlag, false, "to encrypt a connection to ldap://; default false"},
    ActionKey{"ca_file", Kind::kText, false,
              "certificates (PEM) that vouch for the server; default those of the system"},
    ActionKey{"bind_dn", Kind::kText, false, "the name to log in with"},
    ActionKey{"password_file", Kind::kText, false, "a file whose first line is the password"},
    ActionKey{"base", Kind::kText, true, "below which the accounts are"},
    ActionKey{"filter", Kind::kText, true,
              "that finds the account's entry, with {account}, {localpart} or {domain}: \"(uid={account})\""},
    ActionKey{"attribute", Kind::kText, true, "which is set"},
    ActionKey{"value", Kind::kText, true, "to which it is set"},
    ActionKey{"mode", Kind::kText, false,
              "\"replace\" all its values, or \"add\" this one to them; default replace"},
    ActionKey{"timeout", Kind::kDuration, false, "for the whole conversation; default 10s, 2s to 25s"},
};

struct Flag {
  LdapServer server;
  std::string base;
  std::string filter;
  std::string attribute;
  std::string value;
  bool is_added = false;
};

// {"values": ["FALSE", {"base64": "/9j/"}]}
Result<std::string> receipt_of(const Values& values) {
  json::array kept;
  std::size_t bytes = 0;
  for (const std::string& value : values) {
    bytes += value.size();
    if (is_storable(value)) {
      kept.emplace_back(value);
    } else {
      kept.push_back(json::object{{"base64", to_base64(value)}});
    }
  }
  std::string receipt = json::serialize(json::object{{"values", std::move(kept)}});
  if (bytes > kMostValueBytes || receipt.size() > kMostReceiptBytes)
    return fail(ErrorCode::kLimitExceeded, "the attribute holds more than 16,000 bytes");
  return receipt;
}

Result<Values> values_from(const std::string& receipt) {
  try {
    Values values;
    const json::value parsed = json::parse(receipt);
    for (const json::value& value : parsed.at("values").as_array())
      values.push_back(value.is_object()
                           ? from_base64(json::value_to<std::string>(value.at("base64"))).value()
                           : json::value_to<std::string>(value));
    return values;
  } catch (const std::exception&) {
    return fail(ErrorCode::kCorrupt, "the receipt cannot be read: " + stored_line(receipt, 100));
  }
}

// How the old values come back; nothing to change when they are what we set.
std::vector<LdapChange> way_back(const Flag& flag, const Values& before) {
  const bool had_it = std::ranges::find(before, flag.value) != before.end();
  if (flag.is_added && had_it) return {};
  std::vector<LdapChange> changes;
  if (!had_it) changes.push_back({.kind = LdapChange::Kind::kDelete, .values = {flag.value}});
  if (flag.is_added) return changes;
  Values others = before;
  std::erase(others, flag.value);
  if (!others.empty()) changes.push_back({.kind = LdapChange::Kind::kAdd, .values = std::move(others)});
  return changes;
}

class LdapFlag : public ResponseAction {
 public:
  explicit LdapFlag(Flag flag) : flag_(std::move(flag)) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return true; }

  [[nodiscard]] std::string preview(const Task& task) const override {
    if (task.direction == Direction::kUndo)
      return fmt::format("give back {} of {} in {}", flag_.attribute, name_of(task), flag_.server.uri);
    return fmt::format("{} {}={} in {} for {}", flag_.is_added ? "add" : "set", flag_.attribute, flag_.value,
                       flag_.server.uri, name_of(task));
  }

  [[nodiscard]] Result<std::string> prepare(const Task& task) override {
    const auto connection = LdapConnection::open(flag_.server);
    if (!connection) return fail(connection.error());
    const auto entry = find(**connection, task);
    if (!entry) return fail(entry.error());
    return receipt_of(entry->values);
  }

  [[nodiscard]] Result<std::string> carry_out(const Task& task) override {
    const auto connection = LdapConnection::open(flag_.server);
    if (!connection) return fail(connection.error());
    const auto entry = find(**connection, task);
    if (!entry) return fail(entry.error());
    const auto kind = flag_.is_added ? LdapChange::Kind::kAdd : LdapChange::Kind::kReplace;
    const auto outcome = (*connection)->change(entry->dn, flag_.attribute, {{kind, {flag_.value}}});
    if (!outcome) return fail(outcome.error());
    // That the value exists is what was wished for.
    return fmt::format("set {}={} for {} in ldap", flag_.attribute, flag_.value, name_of(task));
  }

  [[nodiscard]] Result<std::string> undo(const Task& task) override {
    if (task.receipt.empty())
      return fmt::format("{} of {} had not been set in ldap", flag_.attribute, name_of(task));
    const auto before = values_from(task.receipt);
    if (!before) return fail(before.error());
    const auto connection = LdapConnection::open(flag_.server);
    if (!connection) return fail(connection.error());
    const auto entry = find(**connection, task);
    if (!entry && entry.error().code == ErrorCode::kNotFound)
      return fmt::format("nothing to give back in ldap: there is no {} any more", name_of(task));
    if (!entry) return fail(entry.error());
    return give_back(**connection, *entry, *before, task);
  }

 private:
  [[nodiscard]] static std::string name_of(const Task& task) { return stored_account(task.account); }

  [[nodiscard]] Result<LdapEntry> find(LdapConnection& connection, const Task& task) const {
    auto entry = connection.find(flag_.base, fill_filter(flag_.filter, task.account), flag_.attribute);
    if (entry || entry.error().code != ErrorCode::kNotFound) return entry;
    return fail(ErrorCode::kNotFound,
                fmt::format("no such account: ldap has no entry for {}", name_of(task)));
  }

  [[nodiscard]] Result<std::string> give_back(LdapConnection& connection, const LdapEntry& entry,
                                              const Values& before, const Task& task) const {
    // The values of an attribute are a set (RFC 4512 2.2): their order says nothing.
    if (std::ranges::is_permutation(entry.values, before)) return gave_back(task);
    if (!flag_.is_added && entry.values != Values{flag_.value}) return left_alone(task);
    const std::vector<LdapChange> changes = way_back(flag_, before);
    if (changes.empty()) return gave_back(task);
    const auto outcome = connection.change(entry.dn, flag_.attribute, changes);
    if (!outcome) return fail(outcome.error());
    return *outcome == LdapOutcome::kDone ? gave_back(task) : left_alone(task);
  }

  [[nodiscard]] std::string gave_back(const Task& task) const {
    return fmt::format("gave back {} of {} in ldap", flag_.attribute, name_of(task));
  }
  [[nodiscard]] std::string left_alone(const Task& task) const {
    return fmt::format("left {} of {} in ldap as it is, because somebody else has changed it",
                       flag_.attribute, name_of(task));
  }

  Flag flag_;
};

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld&) {
  auto server = ldap_server_of(settings);
  if (!server) return fail(server.error());
  const std::string mode = settings.text("mode", "replace");
  if (mode != "replace" && mode != "add")
    return fail(ErrorCode::kInvalidInput, R"(mode is "replace" or "add")");
  Flag flag{.server = std::move(*server),
            .base = settings.text("base"),
            .filter = settings.text("filter"),
            .attribute = settings.text("attribute"),
            .value = settings.text("value"),
            .is_added = mode == "add"};
  if (auto checked = check_filter(flag.filter); !checked) return fail(checked.error());
  if (flag.attribute.empty() || flag.value.empty())
    return fail(ErrorCode::kInvalidInput, "attribute and value are not empty");
  return std::make_unique<LdapFlag>(std::move(flag));
}

}  // namespace

ActionType ldap_flag_type() {
  return {.name = "ldap_flag",
          .means = "sets an attribute of the account's entry in a directory of the site",
          .keys = kKeys,
          .make = make};
}

}  // namespace postreeve
