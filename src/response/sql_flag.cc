#include "response/sql_flag.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "base/ascii.h"
#include "base/printable.h"
#include "response/server_settings.h"
#include "response/sql_server.h"
#include "store/ledger/rows.h"

namespace postreeve {

namespace json = boost::json;

namespace {

using Kind = ActionKey::Kind;

constexpr std::size_t kMostValueBytes = 8'000;

constexpr std::array kKeys{
    ActionKey{"database", Kind::kText, true, "\"postgresql\", \"mysql\" (also MariaDB) or \"sqlite\""},
    ActionKey{"connection", Kind::kText, true,
              "how it is reached, without the password: \"host=db.example dbname=mail user=postreeve\", for "
              "SQLite \"db=/path/of/the/file\""},
    ActionKey{"password_file", Kind::kText, false, "a file whose first line is the password"},
    ActionKey{
        "set", Kind::kText, true,
        "the statement that sets the flag, with :account, :localpart, :domain, :incident, :level, :until "
        "and :reason where their values belong"},
    ActionKey{"undo", Kind::kText, false,
              "the statement that takes it back, with :before where the value that was read belongs"},
    ActionKey{"read", Kind::kText, false,
              "a SELECT that gives the one value that `set` changes, asked before it is changed"},
    ActionKey{"timeout", Kind::kDuration, false, "for connecting and the statement; default 10s, 2s to 25s"},
};

struct Flag {
  SqlServer server;
  SqlStatement set;
  std::optional<SqlStatement> undo;
  std::optional<SqlStatement> read;
};

// "2026-03-01 03:00:00", which all three databases take for a date; NULL for no end. In UTC.
SqlValue end_of(const Task& task) {
  if (task.until == 0) return std::nullopt;
  std::string text = format_rfc3339(from_seconds32(task.until)).substr(0, 19);
  text[10] = ' ';
  return text;
}

SqlValues values_of(const Task& task) {
  return {{"account", task.account.text()},
          {"localpart", std::string(task.account.localpart())},
          {"domain", std::string(task.account.domain())},
          {"incident", task.incident.to_string()},
          {"level", std::string(to_text(task.after))},
          {"until", end_of(task)},
          {"reason", reason_of(task)}};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Result<std::string> receipt_of(const SqlValue& before) {
  if (!before) return json::serialize(json::object{{"before", nullptr}});
  if (before->size() > kMostValueBytes)
    return fail(ErrorCode::kLimitExceeded, "the value that was read is longer than 8,000 bytes");
  if (!is_utf8(*before)) return fail(ErrorCode::kInvalidInput, "the value that was read is no text");
  return json::serialize(json::object{{"before", *before}});
}

Result<SqlValue> before_of(const std::string& receipt) {
  try {
    const json::value parsed = json::parse(receipt);
    const json::value& before = parsed.as_object().at("before");
    return before.is_null() ? SqlValue{} : SqlValue{json::value_to<std::string>(before)};
  } catch (const std::exception&) {
    return fail(ErrorCode::kCorrupt, "the receipt cannot be read: " + stored_line(receipt, 100));
  }
}

class SqlFlag : public ResponseAction {
 public:
  explicit SqlFlag(Flag flag) : flag_(std::move(flag)) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return flag_.undo.has_value(); }

  [[nodiscard]] std::string preview(const Task& task) const override {
    const bool is_undo = task.direction == Direction::kUndo && flag_.undo;
    return fmt::format("run \"{}\" in {} for {}", is_undo ? flag_.undo->text : flag_.set.text, where(),
                       stored_account(task.account));
  }

  [[nodiscard]] Result<std::string> prepare(const Task& task) override {
    if (!flag_.read) return std::string{};
    auto before = read_value(flag_.server, *flag_.read, values_of(task));
    if (!before && before.error().code == ErrorCode::kNotFound) return no_such_account(task);
    if (!before) return fail(before.error());
    return receipt_of(*before);
  }

  [[nodiscard]] Result<std::string> carry_out(const Task& task) override {
    const auto rows = change_rows(flag_.server, flag_.set, values_of(task));
    if (!rows) return fail(rows.error());
    if (*rows == 0) return no_such_account(task);
    return fmt::format("set the flag of {} in {}", stored_account(task.account), where());
  }

  [[nodiscard]] Result<std::string> undo(const Task& task) override {
    if (!flag_.undo) return ResponseAction::undo(task);
    SqlValues values = values_of(task);
    if (flag_.undo->binds("before")) {
      if (task.receipt.empty())
        return fmt::format("the flag of {} had not been set in {}", stored_account(task.account), where());
      auto before = before_of(task.receipt);
      if (!before) return fail(before.error());
      values.insert_or_assign("before", std::move(*before));
    }
    const auto rows = change_rows(flag_.server, *flag_.undo, values);
    if (!rows) return fail(rows.error());
    return fmt::format("{} {} in {}",
                       *rows == 0 ? "left as it is, because somebody else has changed it or the account is "
                                    "gone: the flag of"
                                  : "gave back the flag of",
                       stored_account(task.account), where());
  }

 private:
  // Told by the name of the database only: a preview is read by people who need not know the server.
  [[nodiscard]] std::string where() const { return std::string(to_text(flag_.server.kind)); }
  [[nodiscard]] std::unexpected<Error> no_such_account(const Task& task) const {
    return fail(ErrorCode::kNotFound, fmt::format("no such account: {} found no row for {}", where(),
                                                  stored_account(task.account)));
  }

  Flag flag_;
};

Result<SqlStatement> statement_of(const ActionSettings& settings, std::string_view key, bool with_before) {
  const std::string text = settings.text(key);
  auto statement =
      with_before
          ? read_statement(
                text, {"account", "localpart", "domain", "incident", "level", "until", "reason", "before"})
          : read_statement(text, {"account", "localpart", "domain", "incident", "level", "until", "reason"});
  if (!statement) return fail(statement.error().code, fmt::format("{} {}", key, statement.error().detail));
  if (!statement->binds("account") && !statement->binds("localpart"))
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{} names no account: it would change everybody (WHERE login = :account)", key));
  return statement;
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld&) {
  auto server = sql_server_of(settings);
  if (!server) return fail(server.error());
  auto set = statement_of(settings, "set", false);
  if (!set) return fail(set.error());
  Flag flag{.server = std::move(*server), .set = std::move(*set), .undo = {}, .read = {}};
  if (settings.has("read")) {
    auto read = statement_of(settings, "read", false);
    if (!read) return fail(read.error());
    if (!to_lower(read->text).starts_with("select"))
      return fail(ErrorCode::kInvalidInput, "read only reads: it begins with SELECT");
    flag.read = std::move(*read);
  }
  if (settings.has("undo")) {
    auto undo = statement_of(settings, "undo", flag.read.has_value());
    if (!undo) return fail(undo.error());
    flag.undo = std::move(*undo);
  }
  return std::make_unique<SqlFlag>(std::move(flag));
}

}  // namespace

ActionType sql_flag_type() {
  return {.name = "sql_flag",
          .means = "sets a flag in a database of the site (PostgreSQL, MariaDB or MySQL, SQLite)",
          .keys = kKeys,
          .make = make};
}

}  // namespace postreeve
