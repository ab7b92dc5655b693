#include "replay/incidents.h"

#include <algorithm>
#include <tuple>

#include "net/prefix.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostSightings = 16;
// A botnet has thousands; the first tell the story.
constexpr std::size_t kMostNetworks = 32;
// Suspicious acts further back belong to another story.
constexpr Duration kMemory = std::chrono::hours{24};

bool speaks_against_owner(const Evidence& evidence) {
  return evidence.nats > 0;
}

bool has_suspicious_origin(const EvidenceList& evidence) {
  return std::ranges::any_of(evidence, [](const Evidence& e) {
    return group_of(e.reason) == Group::kOrigin && speaks_against_owner(e);
  });
}

// Keeps the strongest finding of each detector.
void keep_strongest(std::vector<Evidence>& all, const EvidenceList& more) {
  for (const Evidence& evidence : more) {
    if (!speaks_against_owner(evidence)) continue;
    const auto same = std::ranges::find(all, detector_of(evidence.reason),
                                        [](const Evidence& known) { return detector_of(known.reason); });
    if (same == all.end()) {
      all.push_back(evidence);
    } else if (evidence.nats > same->nats) {
      *same = evidence;
    }
  }
}

void sort_by_strength(std::vector<Evidence>& evidence) {
  std::ranges::sort(evidence, {},
                    [](const Evidence& e) { return std::tuple(-e.nats, detector_of(e.reason)); });
}

const Session* session_of(const Event& event) {
  if (const auto* login = std::get_if<Login>(&event)) return &login->session;
  if (const auto* recipient = std::get_if<Recipient>(&event)) return &recipient->session;
  if (const auto* change = std::get_if<SettingChange>(&event)) return &change->session;
  return nullptr;
}

// Where the session came from; the web server is nobody's place.
std::optional<IpAddress> place_of(const Session& session, const Policy& policy) {
  const bool by_web_server = session.client_address && policy.is_web_server(*session.client_address);
  return by_web_server ? std::nullopt : session.client_address;
}

// A message that came over the webmail came from the web server, whoever wrote it.
std::optional<IpAddress> place_of(const Submission& submission, const Policy& policy) {
  return policy.is_by_webmail(submission.session) ? std::nullopt : submission.session.client_address;
}

std::string limit_name(const Policy& policy, std::uint16_t number) {
  return number == 0 || number > policy.limits.size() ? std::string{} : policy.limits[number - 1U].name;
}

}  // namespace

Incidents::Notes& Incidents::notes_of(AccountNumber account) {
  if (account >= notes_.size()) notes_.resize(std::max<std::size_t>(account + 1, accounts_.size()));
  if (!notes_[account]) notes_[account] = std::make_unique<Notes>();
  return *notes_[account];
}

void Incidents::remember_findings(Notes& notes, Timestamp time, const EvidenceList& evidence) {
  for (const Evidence& found : evidence) {
    if (!speaks_against_owner(found)) continue;
    const auto same = std::ranges::find(notes.findings, detector_of(found.reason), [](const Finding& known) {
      return detector_of(known.evidence.reason);
    });
    if (same == notes.findings.end()) {
      notes.findings.push_back({time, found});
    } else if (found.nats >= same->evidence.nats || time - same->time > kMemory) {
      *same = {time, found};
    }
  }
}

void Incidents::remember(Notes& notes, Timestamp time, const EvidenceList& evidence,
                         const std::optional<IpAddress>& from) {
  remember_findings(notes, time, evidence);
  if (!from || !has_suspicious_origin(evidence)) return;
  const Prefix network = network_of(*from);
  std::erase_if(notes.sightings, [&](const Sighting& known) { return network.contains(known.address); });
  if (notes.sightings.size() == kMostSightings) notes.sightings.erase(notes.sightings.begin());
  notes.sightings.push_back({time, *from});
}

void Incidents::note_message(AccountNumber account, const Submission& submission,
                             const MessageOutcome& outcome, bool is_reported) {
  const bool touched = outcome.action != Action::kAccept;
  const bool odd = std::ranges::any_of(outcome.evidence, speaks_against_owner);
  const bool known = account < notes_.size() && notes_[account];
  if (!touched && !odd && !known && outcome.changes.empty()) return;
  Notes& notes = notes_of(account);
  if (odd) remember(notes, submission.time, outcome.evidence, place_of(submission, policy_));
  for (const StandingChange& change : outcome.changes) note_change(account, notes, change, is_reported);
  if (!notes.stories.empty()) follow(notes.stories.back(), submission, outcome, is_reported);
  if (touched && is_reported) note_touched(account, notes, submission, outcome);
}

void Incidents::note_event(AccountNumber account, const Event& event, const Observation& observation,
                           bool is_reported) {
  const EvidenceList& evidence = observation.verdict.evidence;
  const bool odd = std::ranges::any_of(evidence, speaks_against_owner);
  if (!odd && !observation.change) return;
  Notes& notes = notes_of(account);
  const Session* session = session_of(event);
  const auto from = session == nullptr ? std::nullopt : place_of(*session, policy_);
  if (odd) remember(notes, time_of(event), evidence, from);
  if (observation.change) note_change(account, notes, *observation.change, is_reported);
  if (notes.stories.empty() || !observation.verdict.in_scope()) return;
  IncidentReport& story = notes.stories.back().told;
  story.risk = std::max(story.risk, observation.verdict.risk);
  keep_strongest(story.evidence, evidence);
  if (from) add_place(story, *from);
}

void Incidents::note_change(AccountNumber account, Notes& notes, const StandingChange& change,
                            bool is_reported) {
  if (change.observed_only && is_reported) ++observed_only_;
  if (is_reported) notes.worst = std::max(notes.worst, change.after.level);
  if (change.opens_incident) open(account, notes, change, is_reported);
  if (notes.stories.empty()) return;
  IncidentReport& story = notes.stories.back().told;
  if (story.incident == change.after.incident) story.standing = std::max(story.standing, change.after.level);
}

void Incidents::open(AccountNumber account, Notes& notes, const StandingChange& change, bool is_reported) {
  Story story;
  story.is_reported = is_reported;
  IncidentReport& told = story.told;
  told.account = accounts_.name(account);
  told.incident = change.after.incident;
  told.opened = change.time;
  told.standing = change.after.level;
  told.messages_out = change.outgo.messages;
  told.recipients_out = change.outgo.recipients;
  if (change.outgo.messages != 0) told.first_stolen = from_seconds32(change.outgo.since);
  const Timestamp a_day_ago = change.time - kMemory;
  const Timestamp from = told.first_stolen ? std::min(*told.first_stolen, a_day_ago) : a_day_ago;
  for (const Finding& finding : notes.findings) {
    if (finding.time >= a_day_ago) told.evidence.push_back(finding.evidence);
  }
  for (const Sighting& sighting : notes.sightings) {
    if (sighting.time >= from) add_place(told, sighting.address);
  }
  notes.stories.push_back(std::move(story));
}

void Incidents::add_place(IncidentReport& story, const IpAddress& address) const {
  const Prefix network = network_of(address);
  const bool is_new = std::ranges::find(story.networks, network) == story.networks.end();
  if (is_new && story.networks.size() < kMostNetworks) story.networks.push_back(network);
  const CountryCode country = locator_.locate(address).country;
  if (country.known() && std::ranges::find(story.countries, country) == story.countries.end()) {
    story.countries.push_back(country);
  }
}

// A stolen message after the incident was opened: what it adds to the story.
void Incidents::follow(Story& story, const Submission& submission, const MessageOutcome& outcome,
                       bool is_reported) const {
  IncidentReport& told = story.told;
  if (!outcome.in_scope || outcome.standing.incident != told.incident) return;
  told.risk = std::max(told.risk, outcome.risk);
  keep_strongest(told.evidence, outcome.evidence);
  if (const auto from = place_of(submission, policy_)) add_place(told, *from);
  if (!told.first_stolen) told.first_stolen = submission.time;
  if (outcome.action != Action::kAccept) {
    if (!told.stepped_in) {
      told.stepped_in = submission.time;
      told.at_message = told.messages_out + 1;
      told.at_recipient = told.recipients_out + outcome.recipients_accepted + 1;
    }
    ++told.messages_touched;
    story.is_reported |= is_reported;
  }
  if (outcome.recipients_accepted == 0) return;
  ++told.messages_out;
  told.recipients_out += outcome.recipients_accepted;
}

void Incidents::note_touched(AccountNumber account, Notes& notes, const Submission& submission,
                             const MessageOutcome& outcome) {
  ++messages_touched_;
  notes.worst = std::max(notes.worst, outcome.standing.level);
  if (!notes.touched) {
    notes.touched.emplace();
    notes.touched->account = accounts_.name(account);
    notes.touched->since = submission.time;
  }
  RestrictedReport& touched = *notes.touched;
  ++touched.messages;
  touched.action = std::max(touched.action, outcome.action);
  if (outcome.standing.incident.known()) touched.incident = outcome.standing.incident;
  if (touched.limit.empty()) touched.limit = limit_name(policy_, outcome.limit);
  keep_strongest(touched.evidence, outcome.evidence);
}

JudgementReport Incidents::report() const {
  JudgementReport report;
  report.observed_only = observed_only_;
  report.messages_touched = messages_touched_;
  for (const auto& notes : notes_) {
    if (!notes) continue;
    for (const Story& story : notes->stories) {
      if (!story.is_reported) continue;
      report.incidents.push_back(story.told);
      sort_by_strength(report.incidents.back().evidence);
    }
    if (!notes->touched || notes->worst > Level::kSlowed) continue;
    report.restricted.push_back(*notes->touched);
    report.restricted.back().standing = notes->worst;
    sort_by_strength(report.restricted.back().evidence);
  }
  std::ranges::sort(report.incidents, {},
                    [](const IncidentReport& i) { return std::tuple(i.opened, i.account); });
  std::ranges::sort(report.restricted, {},
                    [](const RestrictedReport& r) { return std::tuple(r.since, r.account); });
  return report;
}

}  // namespace postreeve
