// The commands of the auth policy gate that look at lists or change them.
#include <algorithm>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "gate/auth_policy.h"
#include "gate/weakforced_json.h"
#include "net/prefix.h"

namespace postreeve {
namespace {

HttpResponse failure_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidInput:
      return weakforced_failure(400, error.detail);
    case ErrorCode::kNotFound:
      return weakforced_failure(404, error.detail);
    default:
      return weakforced_failure(503, error.detail);
  }
}

std::string value_of(const ListQuery& query) {
  return query.network ? query.network->to_string() : query.account.text();
}

// Both together would have to mean "this login from there only", which our lists cannot say; read as either
// alone it would hit others.
HttpResponse refuse_pair() {
  return weakforced_failure(400, "an entry is for a network or for a login, not for both together");
}

// weakforced writes the length of whole addresses too.
std::string netmask_text(const Prefix& prefix) {
  return fmt::format("{}/{}", prefix.address().to_string(), prefix.length());
}

// The entry that holds the query's network or login; nullptr when there is none.
const ListEntry* find_entry(const std::vector<ListEntry>& entries, const ListQuery& query) {
  const auto holds = [&query](const ListEntry& entry) {
    const auto prefix = Prefix::parse(entry.value);
    if (!prefix) return !query.account.empty() && entry.value == query.account.text();
    return query.address && prefix->contains(*query.address);
  };
  const auto found = std::ranges::find_if(entries, holds);
  return found == entries.end() ? nullptr : &*found;
}

void write_listed(JsonWriter& json, std::string_view word, std::string_view prefix, const ListEntry* entry) {
  json.key(word).boolean(entry != nullptr);
  json.key(fmt::format("{}_reason", prefix)).text(entry != nullptr ? entry->comment : "");
  json.key(fmt::format("{}_expire", prefix))
      .text(entry != nullptr ? weakforced_time(entry->expires) : std::string());
}

}  // namespace

HttpResponse AuthPolicy::add_entry(const HttpRequest& request, ListName list) {
  const auto query = read_list_query(request.body, options_.default_domain);
  if (!query) return failure_of(query.error());
  if (!query->expire_seconds) return weakforced_failure(400, "field 'expire_secs' is missing");
  if (query->network && !query->account.empty()) return refuse_pair();
  const Timestamp now = desk_.guard().now();
  const auto added = lists_.add({.list = list,
                                 .value = value_of(*query),
                                 .comment = query->reason,
                                 .author = "auth_policy",
                                 .created = now,
                                 .expires = now + std::chrono::seconds(*query->expire_seconds)});
  return added ? weakforced_ok() : failure_of(added.error());
}

HttpResponse AuthPolicy::delete_entry(const HttpRequest& request, ListName list) {
  const auto query = read_list_query(request.body, options_.default_domain);
  if (!query) return failure_of(query.error());
  if (query->network && !query->account.empty()) return refuse_pair();
  const auto removed = lists_.remove(list, value_of(*query));
  // As weakforced says it: what was not there is gone.
  if (!removed && removed.error().code != ErrorCode::kNotFound) return failure_of(removed.error());
  return weakforced_ok();
}

HttpResponse AuthPolicy::entries(ListName list) const {
  const auto entries = lists_.entries(list, desk_.guard().now());
  if (!entries) return failure_of(entries.error());
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object().key(list == ListName::kBlock ? "bl_entries" : "wl_entries").begin_array();
  for (const ListEntry& entry : *entries) {
    const auto prefix = Prefix::parse(entry.value);
    json.begin_object().key(prefix ? "ip" : "login").text(prefix ? netmask_text(*prefix) : entry.value);
    json.key("expiration").text(weakforced_time(entry.expires));
    json.key("reason").text(entry.comment).end_object();
  }
  json.end_array().end_object();
  return json_response(fmt::to_string(text));
}

HttpResponse AuthPolicy::reset(const HttpRequest& request) {
  const auto query = read_list_query(request.body, options_.default_domain);
  if (!query) return failure_of(query.error());
  LoginThrottle& throttle = desk_.throttle();
  const LoginGuard& guard = desk_.guard();
  if (!query->account.empty() && query->address) {
    throttle.reset(guard.key_of(query->account), *query->address);
    return weakforced_ok();
  }
  if (!query->account.empty()) throttle.reset_account(guard.key_of(query->account), guard.now());
  if (query->address) throttle.reset_address(*query->address);
  const auto removed = lists_.remove(ListName::kBlock, value_of(*query));
  if (!removed && removed.error().code != ErrorCode::kNotFound) return failure_of(removed.error());
  return weakforced_ok();
}

HttpResponse AuthPolicy::db_stats(const HttpRequest& request) const {
  const auto query = read_list_query(request.body, options_.default_domain);
  if (!query) return failure_of(query.error());
  const Timestamp now = desk_.guard().now();
  const auto blocked = lists_.entries(ListName::kBlock, now);
  const auto allowed = lists_.entries(ListName::kAllow, now);
  if (!blocked) return failure_of(blocked.error());
  if (!allowed) return failure_of(allowed.error());
  LoginThrottle::Counts counts;
  if (query->address) counts = desk_.throttle().counts_of_address(*query->address, now);
  if (!query->account.empty()) {
    const auto of_account = desk_.throttle().counts_of_account(desk_.guard().key_of(query->account), now);
    counts.passwords = of_account.passwords;
  }
  const std::string ip = query->address ? query->address->to_string() : std::string();
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object();
  if (!query->account.empty() && query->address) {
    json.key("ip_login").text(ip + ':' + query->account.text());
  } else if (query->address) {
    json.key("ip").text(ip);
  } else {
    json.key("login").text(query->account.text());
  }
  write_listed(json, "whitelisted", "wl", find_entry(*allowed, *query));
  write_listed(json, "blacklisted", "bl", find_entry(*blocked, *query));
  json.key("stats").begin_object().key("lastHour").begin_object();
  json.key("wrongPasswords").number(counts.passwords).key("failingAccounts").number(counts.accounts);
  json.key("accountsLoggedIn").number(counts.logins).end_object().end_object().end_object();
  return json_response(fmt::to_string(text));
}

}  // namespace postreeve
