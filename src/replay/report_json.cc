#include "replay/report_json.h"

#include <algorithm>
#include <string_view>

#include "finding/json_evidence.h"

namespace postreeve {
namespace {

void write_time(JsonWriter& json, std::string_view key, const std::optional<Timestamp>& time) {
  json.key(key);
  if (time) {
    json.text(format_rfc3339(*time));
  } else {
    json.null();
  }
}

void write_counts(JsonWriter& json, const Report& report) {
  const EventCounts& events = report.traffic.events;
  json.key("events").begin_object();
  json.key("login").number(events.login);
  json.key("submission").number(events.submission);
  json.key("delivery").number(events.delivery);
  json.end_object();
  json.key("other_events").number(events.other);
  json.key("lines").begin_object();
  json.key("read").number(report.lines.lines_read);
  json.key("understood").number(report.lines.lines_understood);
  json.key("unparsed").number(report.lines.lines_unparsed());
  json.end_object();
  json.key("accounts").number(report.traffic.accounts);
  write_time(json, "first", report.traffic.first);
  write_time(json, "last", report.traffic.last);
}

void write_places(JsonWriter& json, const IncidentReport& incident) {
  json.key("networks").begin_array();
  for (const Prefix& network : incident.networks) json.text(network.to_string());
  json.end_array();
  json.key("countries").begin_array();
  for (const CountryCode& country : incident.countries) json.text(country.text());
  json.end_array();
}

void write_incident(JsonWriter& json, const IncidentReport& incident) {
  json.begin_object();
  json.key("account").text(incident.account);
  json.key("incident").text(incident.incident.to_string());
  write_time(json, "opened", incident.opened);
  json.key("standing").text(to_text(incident.standing));
  json.key("messages_out").number(incident.messages_out);
  json.key("recipients_out").number(incident.recipients_out);
  write_time(json, "first_stolen", incident.first_stolen);
  write_time(json, "stepped_in", incident.stepped_in);
  json.key("at_message").number(incident.at_message);
  json.key("at_recipient").number(incident.at_recipient);
  json.key("messages_touched").number(incident.messages_touched);
  json.key("risk").decimal(incident.risk);
  write_places(json, incident);
  json.key("evidence");
  write_evidence(json, incident.evidence);
  json.end_object();
}

void write_restricted(JsonWriter& json, const RestrictedReport& restricted) {
  json.begin_object();
  json.key("account").text(restricted.account);
  json.key("action").text(to_text(restricted.action));
  json.key("standing").text(to_text(restricted.standing));
  json.key("messages").number(restricted.messages);
  write_time(json, "since", restricted.since);
  json.key("limit");
  restricted.limit.empty() ? json.null() : json.text(restricted.limit);
  json.key("incident");
  restricted.incident.known() ? json.text(restricted.incident.to_string()) : json.null();
  json.key("evidence");
  write_evidence(json, restricted.evidence);
  json.end_object();
}

void write_judgement(JsonWriter& json, const JudgementReport& judgement) {
  json.key("incidents").begin_array();
  for (const IncidentReport& incident : judgement.incidents) write_incident(json, incident);
  json.end_array();
  json.key("restricted").begin_array();
  for (const RestrictedReport& restricted : judgement.restricted) write_restricted(json, restricted);
  json.end_array();
  json.key("messages_touched").number(judgement.messages_touched);
  json.key("observed_only").number(judgement.observed_only);
}

void write_refusals(JsonWriter& json, std::string_view key, std::string_view name,
                    const std::vector<RefusalReport>& rows) {
  json.key(key).begin_array();
  for (const RefusalReport& row : rows) {
    json.begin_object();
    json.key(name).text(row.name);
    json.key("delivered").number(row.delivered);
    json.key("refused").number(row.refused);
    json.end_object();
  }
  json.end_array();
}

void write_traffic(JsonWriter& json, const TrafficReport& traffic) {
  json.key("top_senders").begin_array();
  for (const SenderReport& row : traffic.top_senders) {
    json.begin_object();
    json.key("account").text(row.account);
    json.key("messages").number(row.messages);
    json.key("recipients").number(row.recipients);
    json.end_object();
  }
  json.end_array();
  json.key("password_guessing").begin_array();
  for (const GuessingReport& row : traffic.guessing) {
    json.begin_object();
    json.key("network").text(row.network.to_string());
    json.key("country");
    row.country.known() ? json.text(row.country.text()) : json.null();
    json.key("failures").number(row.failures);
    json.key("accounts").number(row.accounts);
    json.end_object();
  }
  json.end_array();
  json.key("refusals").begin_object();
  write_refusals(json, "by_account", "account", traffic.refusals_by_account);
  write_refusals(json, "by_destination", "destination", traffic.refusals_by_destination);
  json.end_object();
}

void write_unread(JsonWriter& json, const Report& report) {
  json.key("unparsed").begin_array();
  for (const auto& [program, unparsed] : report.lines.unparsed) {
    json.begin_object();
    json.key("program").text(program);
    json.key("lines").number(unparsed.lines);
    json.key("samples").begin_array();
    for (const std::string& sample : unparsed.samples) json.text(sample);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.key("problems").begin_array();
  for (const HistoryProblem& problem : report.problems) {
    json.begin_object();
    json.key("file").text(problem.file);
    json.key("line").number(problem.line);
    json.key("what").text(problem.error.detail);
    json.end_object();
  }
  json.end_array();
}

void write_report(JsonWriter& json, const Report& report) {
  json.begin_object();
  write_counts(json, report);
  write_judgement(json, report.judgement);
  write_traffic(json, report.traffic);
  write_unread(json, report);
  json.key("seconds").decimal(report.seconds);
  json.end_object();
}

void write_fate(JsonWriter& json, const AccountFate& fate) {
  json.begin_object();
  json.key("standing").text(to_text(fate.standing));
  json.key("messages_touched").number(fate.messages_touched);
  json.key("messages_out").number(fate.messages_out);
  json.key("recipients_out").number(fate.recipients_out);
  json.end_object();
}

std::string text_of(const fmt::memory_buffer& buffer) {
  return {buffer.data(), buffer.size()};
}

}  // namespace

std::string report_as_json(const Report& report) {
  fmt::memory_buffer buffer;
  JsonWriter json(buffer, JsonWriter::Style::kIndent);
  write_report(json, report);
  buffer.push_back('\n');
  return text_of(buffer);
}

std::string comparison_as_json(const Comparison& comparison) {
  fmt::memory_buffer buffer;
  JsonWriter json(buffer, JsonWriter::Style::kIndent);
  json.begin_object();
  json.key("a");
  write_report(json, comparison.a);
  json.key("b");
  write_report(json, comparison.b);
  json.key("differences").begin_array();
  for (const Difference& difference : comparison.differences) {
    json.begin_object();
    json.key("account").text(difference.account);
    json.key("a");
    write_fate(json, difference.a);
    json.key("b");
    write_fate(json, difference.b);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  buffer.push_back('\n');
  return text_of(buffer);
}

}  // namespace postreeve
