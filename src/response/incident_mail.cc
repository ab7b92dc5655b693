#include "response/incident_mail.h"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "base/ascii.h"
#include "store/ledger/clue_book.h"
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

std::optional<Prefix> network_in(const Clue& clue) {
  if (clue.kind == ClueKind::kNetwork) {
    const auto network = Prefix::parse(clue.value);
    return network ? std::optional(*network) : std::nullopt;
  }
  if (clue.kind != ClueKind::kAddress) return std::nullopt;
  const auto address = IpAddress::parse(clue.value);
  return address ? std::optional(network_of(*address)) : std::nullopt;
}

// What a person, a bounce or a scan brought about has no client, and of a hundred machines few tip the scale.
Result<void> add_seen_networks(IncidentSpan& span, LedgerDatabase& ledger, const Task& task,
                               const AccountPlaces& places) {
  if (!places.familiar || !places.key_of) return {};
  const auto clues = ClueBook(ledger).of(task.incident);
  if (!clues) return fail(ErrorCode::kUnavailable, clues.error().detail);
  const std::vector<std::uint32_t> familiar = places.familiar(task.account);
  for (const ClueRow& row : *clues) {
    const std::optional<Prefix> network = network_in(row.clue);
    if (network && std::ranges::find(familiar, places.key_of(network->address())) == familiar.end())
      span.networks.insert(*network);
  }
  return {};
}

// Of the next incident. The same stranger's first message may be one of the incident before: it says nothing.
std::uint32_t first_message_of(const IncidentRow& next, const IncidentRow& before) {
  const std::uint32_t opened = to_seconds32(next.opened);
  return next.outgo.since > to_seconds32(before.opened) ? std::min(next.outgo.since, opened) : opened;
}

Result<std::uint32_t> next_of(const IncidentBook& incidents, const IncidentRow& row) {
  constexpr std::uint32_t kMost = 1'000;
  const auto later = incidents.find(
      {.outcome = {}, .account = row.account, .since = row.opened, .before = {}, .most = kMost});
  if (!later) return fail(ErrorCode::kUnavailable, later.error().detail);
  std::uint32_t next = 0;
  for (const IncidentRow& other : *later) {
    if (other.id == row.id || other.outcome == Outcome::kDismissed) continue;
    const std::uint32_t first = first_message_of(other, row);
    next = next == 0 ? first : std::min(next, first);
  }
  return next;
}

}  // namespace

Result<IncidentSpan> span_of_incident(LedgerDatabase& ledger, const Task& task, const AccountPlaces& places) {
  IncidentSpan span{.opened = to_seconds32(task.time), .since = 0, .networks = {}};
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
    span.outcome = row->outcome;
    span.is_observed = row->is_observed;
    const auto next = next_of(incidents, *row);
    if (!next) return fail(next.error());
    span.next = *next;
    if (row->outgo.since != 0 && (earliest == 0 || row->outgo.since < earliest)) earliest = row->outgo.since;
  }
  if (const auto seen = add_seen_networks(span, ledger, task, places); !seen) return fail(seen.error());
  if (task.direction == Direction::kCarryOut) add_network(span, task.client);
  span.since = earliest == 0 ? span.opened : std::min(earliest, span.opened);
  return span;
}

bool came_before_the_next(const MailInQueue& mail, const IncidentSpan& span) {
  return span.next == 0 || !came_since(mail, span.next);
}

bool came_since(const MailInQueue& mail, std::uint32_t seconds) {
  return mail.created + kSlack >= seconds && mail.arrived / 1'000'000 + kLongestTransaction >= seconds;
}

bool is_from_its_networks(const MailInQueue& mail, const IncidentSpan& span) {
  const auto address = IpAddress::parse(mail.client_address);
  return address && span.networks.contains(network_of(*address));
}

Result<BounceOriginals> originals_of_incident(LedgerDatabase& ledger, const Task& task) {
  const auto clues = ClueBook(ledger).of(task.incident);
  if (!clues) return fail(ErrorCode::kUnavailable, clues.error().detail);
  BounceOriginals originals;
  originals.senders.insert(task.account.text());
  for (const ClueRow& row : *clues) {
    const std::string& value = row.clue.value;
    if (row.clue.kind == ClueKind::kQueueId) originals.gone.insert(value);
    // Logs of Exim leave the brackets out.
    if (row.clue.kind == ClueKind::kMessageId)
      originals.gone.insert(value.starts_with('<') ? value : '<' + value + '>');
    if (row.clue.kind == ClueKind::kSender) originals.senders.insert(value);
  }
  return originals;
}

std::string helper_line_of(const MailInQueue& mail, const AccountId& account,
                           const BounceOriginals& originals) {
  if (mail.account == account.text()) return mail.queue_id;
  if (!mail.account.empty()) return {};
  const auto about = [&](const BounceOriginals::Texts& known) {
    const auto found =
        std::ranges::find_if(mail.bounce_of, [&](const std::string& id) { return known.contains(id); });
    return found == mail.bounce_of.end() ? std::string() : mail.queue_id + ' ' + *found;
  };
  if (std::string line = about(originals.certain); !line.empty()) return line;
  const bool goes_to_sender = std::ranges::any_of(mail.recipients, [&](const std::string& recipient) {
    return originals.senders.contains(to_lower(recipient));
  });
  return goes_to_sender ? about(originals.gone) : std::string();
}

}  // namespace postreeve
