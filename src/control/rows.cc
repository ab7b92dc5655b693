#include "control/rows.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace postreeve {
namespace {

namespace json = boost::json;

json::value seconds_to_json(std::uint32_t seconds) {
  return time_to_json(seconds == 0 ? std::nullopt : std::optional(from_seconds32(seconds)));
}

json::value incident_to_json(IncidentId incident) {
  if (!incident.known()) return nullptr;
  return json::value(incident.to_string());
}

double rounded(double number) {
  return std::round(number * 100) / 100;
}

template <typename Items, typename Text>
json::array texts(const Items& items, Text text) {
  json::array array;
  for (const auto& item : items) array.emplace_back(text(item));
  return array;
}

}  // namespace

json::value time_to_json(std::optional<Timestamp> time) {
  if (!time) return nullptr;
  return json::value(format_rfc3339(*time));
}

json::object to_json(const Standing& standing) {
  return {{"standing", to_text(standing.level)},
          {"since", seconds_to_json(standing.since)},
          {"until", seconds_to_json(standing.until)},
          {"scope", to_text(standing.scope)},
          {"incident", incident_to_json(standing.incident)}};
}

json::object to_json(const IncidentRow& incident) {
  return {{"incident", incident.id.to_string()},
          {"account", incident.account.text()},
          {"opened", time_to_json(incident.opened)},
          {"outcome", to_text(incident.outcome)},
          {"standing", to_text(incident.level)},
          {"scope", to_text(incident.scope)},
          {"observed_only", incident.is_observed},
          {"messages_out", incident.outgo.messages},
          {"recipients_out", incident.outgo.recipients},
          {"risk", rounded(incident.risk)},
          {"why", incident.first_evidence},
          {"tenant", incident.tenant},
          {"cause", incident.cause},
          {"assignee", incident.assignee},
          {"changed", time_to_json(incident.changed)}};
}

json::object to_json(const TimelineRow& entry) {
  return {{"time", time_to_json(entry.time)},
          {"kind", to_text(entry.kind)},
          {"author", entry.author},
          {"text", entry.text}};
}

json::object to_json(const ListEntry& entry) {
  return {{"list", to_text(entry.list)},
          {"value", entry.value},
          {"comment", entry.comment},
          {"author", entry.author},
          {"created", time_to_json(entry.created)},
          {"expires", time_to_json(entry.expires)}};
}

json::object to_json(const AccountPolicy& policy) {
  const auto network = [](const Prefix& prefix) { return prefix.to_string(); };
  return {{"account", policy.account.text()},
          {"only_countries",
           texts(policy.only_countries, [](CountryCode country) { return std::string(country.text()); })},
          {"only_networks", texts(policy.only_networks, network)},
          {"trusted_networks", texts(policy.trusted_networks, network)},
          {"author", policy.author},
          {"reason", policy.reason},
          {"changed", time_to_json(policy.changed)},
          {"expires", time_to_json(policy.expires)}};
}

json::object to_json(const Sender& sender, bool with_comparison) {
  json::object row{{"account", sender.account.text()},
                   {"recipients", sender.now.recipients},
                   {"messages", sender.now.messages},
                   {"refused", sender.now.refused},
                   {"bounced", sender.now.bounced}};
  if (!with_comparison) return row;
  row.emplace("recipients_hour_before", sender.before.recipients);
  row.emplace("messages_hour_before", sender.before.messages);
  row.emplace("recipients_last_week", sender.last_week.recipients);
  row.emplace("messages_last_week", sender.last_week.messages);
  return row;
}

json::object to_json(const ClueRow& row) {
  return {{"kind", to_text(row.clue.kind)},
          {"value", row.clue.value},
          {"says", row.clue.says.empty() ? row.clue.value : row.clue.says},
          {"first_seen", time_to_json(row.seen.first)},
          {"last_seen", time_to_json(row.seen.last)},
          {"times", row.seen.times}};
}

json::object to_json(const AuditEntry& entry) {
  return {{"time", time_to_json(entry.time)},
          {"author", entry.author},
          {"from", entry.from},
          {"verb", entry.verb},
          {"subject", entry.subject},
          {"reason", entry.reason}};
}

json::object habits_to_json(const AccountRecord& record) {
  const AccountProfile& profile = record.profile;
  const double days = std::max(1.0F, profile.rates.active_days);
  const auto a_day = [days](float amount) {
    return std::round(10 * static_cast<double>(amount) / days) / 10;
  };
  return {{"first_seen", seconds_to_json(profile.first_seen)},
          {"last_seen", seconds_to_json(profile.last_seen)},
          {"last_sent", seconds_to_json(profile.last_sent)},
          {"messages_a_day", a_day(profile.rates.messages)},
          {"recipients_a_day", a_day(profile.rates.recipients)},
          {"networks_known", profile.networks.size()},
          {"providers_known", profile.providers.size()},
          {"countries_known", profile.countries.size()},
          {"recipients_known", profile.known_recipients.size()},
          {"stranger_about", record.stranger != nullptr},
          {"last_order", seconds_to_json(record.standing.ordered)}};
}

}  // namespace postreeve
