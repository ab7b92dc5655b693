#include "response/incident_mail.h"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "store/ledger/incident_book.h"

namespace postreeve {
namespace {

constexpr std::int64_t kSlack = 120;
// Between the client's MAIL and the first recipient that was accepted.
constexpr std::int64_t kLongestTransaction = 900;

void add_network(IncidentSpan& span, std::string_view client) {
  if (const auto address = IpAddress::parse(client)) span.networks.insert(network_of(*address));
}

void add_networks(IncidentSpan& span, const std::vector<TimelineRow>& timeline) {
  for (const TimelineRow& row : timeline) {
    if (row.kind != EntryKind::kStanding) continue;
    boost::system::error_code failure;
    const boost::json::value details = boost::json::parse(row.details, failure);
    if (failure || !details.is_object()) continue;
    // Who eased it is the owner, or staff.
    const boost::json::value* after = details.get_object().if_contains("after");
    const boost::json::value* client = details.get_object().if_contains("client");
    if (after == nullptr || *after == "clear" || *after == "recovering") continue;
    if (client != nullptr && client->is_string()) add_network(span, client->get_string());
  }
}

}  // namespace

Result<IncidentSpan> span_of_incident(LedgerDatabase& ledger, const Task& task) {
  IncidentSpan span{.opened = to_seconds32(task.time), .since = 0, .networks = {}, .is_confirmed = false};
  std::uint32_t earliest = task.outgo.since;
  const IncidentBook incidents(ledger);
  const Result<IncidentRow> row = incidents.get(task.incident);
  if (!row && row.error().code != ErrorCode::kNotFound)
    return fail(ErrorCode::kUnavailable, row.error().detail);
  if (row) {
    const auto timeline = incidents.timeline(task.incident);
    if (!timeline) return fail(ErrorCode::kUnavailable, timeline.error().detail);
    add_networks(span, *timeline);
    span.opened = std::min(span.opened, to_seconds32(row->opened));
    span.is_confirmed = row->outcome == Outcome::kConfirmed;
    if (row->outgo.since != 0 && (earliest == 0 || row->outgo.since < earliest)) earliest = row->outgo.since;
  }
  if (task.direction == Direction::kCarryOut) add_network(span, task.client);
  span.since = earliest == 0 ? span.opened : std::min(earliest, span.opened);
  return span;
}

bool came_since(const MailInQueue& mail, std::uint32_t seconds) {
  return mail.created + kSlack >= seconds && mail.arrived / 1'000'000 + kLongestTransaction >= seconds;
}

bool is_from_its_networks(const MailInQueue& mail, const IncidentSpan& span) {
  const auto address = IpAddress::parse(mail.client_address);
  return address && span.networks.contains(network_of(*address));
}

std::string helper_line_of(const MailInQueue& mail, const AccountId& account,
                           const std::set<std::string, std::less<>>& originals) {
  if (mail.account == account.text()) return mail.queue_id;
  const auto about = std::ranges::find_if(
      mail.bounce_of, [&](const std::string& original) { return originals.contains(original); });
  return about == mail.bounce_of.end() ? std::string() : mail.queue_id + ' ' + *about;
}

}  // namespace postreeve
