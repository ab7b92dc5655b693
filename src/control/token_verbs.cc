// token add|list|revoke, audit list
#include <algorithm>

#include <boost/json/array.hpp>

#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

json::object row_of(const TokenRow& token) {
  json::array events;
  for (const std::string& event : token.scope.events) events.emplace_back(event);
  return {{"token_id", token.id},
          {"name", token.name},
          {"events", std::move(events)},
          {"tenant", token.scope.tenant},
          {"author", token.author},
          {"created", time_to_json(token.created)},
          {"expires", time_to_json(token.expires)},
          {"last_used", time_to_json(token.last_used)},
          {"revoked", time_to_json(token.revoked)}};
}

// The token itself is in this one answer and nowhere else.
VerbReply add(Desk& desk, const Request& request) {
  TokenRequest wanted;
  wanted.name = text_argument(request, "name");
  wanted.scope.events = texts_argument(request, "events");
  wanted.scope.tenant = text_argument(request, "tenant");
  wanted.author = request.person;
  wanted.created = desk.guard.now();
  wanted.expires = expiry_argument(desk, request);
  const Result<NewToken> made = desk.tokens.create(wanted);
  if (!made) return fail(made.error());
  json::object shown = row_of(made->row);
  shown.emplace("token", made->token);
  return shown;
}

VerbReply list(Desk& desk, const Request&) {
  const auto tokens = desk.tokens.all();
  if (!tokens) return fail(tokens.error());
  json::array rows;
  for (const TokenRow& token : *tokens) rows.push_back(row_of(token));
  return rows;
}

VerbReply revoke(Desk& desk, const Request& request) {
  const Result<std::string> id = required_argument(request, "token_id");
  if (!id) return fail(id.error());
  if (const Result<void> revoked = desk.tokens.revoke(*id, desk.guard.now()); !revoked)
    return fail(revoked.error());
  return json::object{{"revoked", *id}};
}

VerbReply audit(Desk& desk, const Request& request) {
  AuditQuery query;
  query.most =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(number_argument(request, "most", 100), 1, 10'000));
  const auto entries = desk.audit.find(query);
  if (!entries) return fail(entries.error());
  return rows_to_json(*entries);
}

constexpr Verb kVerbs[] = {
    {"token add", add, always},
    {"token list", list},
    {"token revoke", revoke, always},
    {"audit list", audit},
};

}  // namespace

std::span<const Verb> token_verbs() {
  return kVerbs;
}

}  // namespace postreeve
