#include "app/data_view.h"

#include <algorithm>

namespace postreeve {
namespace {

struct View {
  std::string_view of;
  std::span<const ViewColumn> columns;
};

constexpr ViewColumn kIncidents[] = {
    {"incident", "incident"}, {"account", "account"},  {"opened", "opened"}, {"standing", "standing"},
    {"outcome", "outcome"},   {"messages_out", "out"}, {"why", "why"}};
constexpr ViewColumn kOfAccount[] = {{"incident", "incident"}, {"opened", "opened"},
                                     {"standing", "standing"}, {"outcome", "outcome"},
                                     {"messages_out", "out"},  {"why", "why"}};
constexpr ViewColumn kTimeline[] = {
    {"time", "time"}, {"kind", "kind"}, {"author", "author"}, {"text", "text"}};
constexpr ViewColumn kSenders[] = {{"account", "account"},
                                   {"recipients", "recipients"},
                                   {"recipients_hour_before", "before"},
                                   {"recipients_last_week", "last week"},
                                   {"messages", "messages"},
                                   {"messages_hour_before", "before"},
                                   {"messages_last_week", "last week"},
                                   {"refused", "refused"},
                                   {"bounced", "bounced"}};
constexpr ViewColumn kList[] = {{"list", "list"},
                                {"value", "value"},
                                {"author", "author"},
                                {"expires", "expires"},
                                {"comment", "comment"}};
constexpr ViewColumn kNodes[] = {{"node", "node"},
                                 {"version", "version"},
                                 {"last_heard", "last heard of"},
                                 {"spooled", "spooled"},
                                 {"is_this", "this one"}};
constexpr ViewColumn kTokens[] = {
    {"token_id", "token id"},   {"name", "name"},       {"tenant", "tenant"}, {"expires", "expires"},
    {"last_used", "last used"}, {"revoked", "revoked"}, {"events", "events"}};
constexpr ViewColumn kAudit[] = {
    {"time", "time"}, {"author", "author"}, {"verb", "verb"}, {"subject", "subject"}, {"reason", "reason"}};
constexpr ViewColumn kLogs[] = {
    {"lines", "lines"}, {"bytes_behind", "bytes behind"}, {"last_line", "last line"}, {"file", "file"}};

constexpr ViewColumn kActions[] = {
    {"number", "number"},     {"account", "account"},           {"action", "action"}, {"state", "state"},
    {"attempts", "attempts"}, {"next_attempt", "next attempt"}, {"would", "would"},   {"result", "result"}};
constexpr ViewColumn kOfIncident[] = {{"number", "number"},
                                      {"action", "action"},
                                      {"state", "state"},
                                      {"attempts", "attempts"},
                                      {"next_attempt", "next attempt"},
                                      {"would", "would"},
                                      {"result", "result"}};

constexpr ViewColumn kQueue[] = {{"queue_id", "queue id"}, {"queue", "queue"},
                                 {"arrived", "arrived"},   {"client", "client"},
                                 {"sender", "sender"},     {"open_recipients", "recipients"},
                                 {"size", "bytes"},        {"result", "result"}};
constexpr ViewColumn kSessions[] = {{"service", "service"}, {"client", "client"}, {"process", "process"}};

constexpr ViewColumn kClues[] = {{"kind", "kind"},
                                 {"says", "value"},
                                 {"first_seen", "first seen"},
                                 {"last_seen", "last seen"},
                                 {"times", "times"}};
constexpr ViewColumn kSiblings[] = {{"account", "account"},   {"incident", "incident"},
                                    {"standing", "standing"}, {"shares", "shares"},
                                    {"says", "value"},        {"since", "since"},
                                    {"times", "times"},       {"accounts_sharing", "accounts"}};
constexpr ViewColumn kFound[] = {
    {"account", "account"},       {"incident", "incident"},   {"kind", "kind"},  {"says", "value"},
    {"first_seen", "first seen"}, {"last_seen", "last seen"}, {"times", "times"}};
constexpr ViewColumn kLogins[] = {{"account", "account"},
                                  {"logins", "logins"},
                                  {"logins_hour_before", "before"},
                                  {"logins_last_week", "last week"}};

constexpr View kViews[] = {{"incident clues", kClues},
                           {"incident siblings", kSiblings},
                           {"find", kFound},
                           {"top logins", kLogins},
                           {"queue list", kQueue},
                           {"messages", kQueue},
                           {"sessions list", kSessions},
                           {"action list", kActions},
                           {"actions", kOfIncident},
                           {"incident list", kIncidents},
                           {"incidents", kOfAccount},
                           {"timeline", kTimeline},
                           {"account history", kTimeline},
                           {"top senders", kSenders},
                           {"list show", kList},
                           {"list add", kList},
                           {"token list", kTokens},
                           {"audit list", kAudit},
                           {"logs", kLogs},
                           {"cluster status", kNodes}};

}  // namespace

std::span<const ViewColumn> columns_of(std::string_view of) noexcept {
  const auto* const found = std::ranges::find(kViews, of, &View::of);
  return found == std::end(kViews) ? std::span<const ViewColumn>() : found->columns;
}

}  // namespace postreeve
