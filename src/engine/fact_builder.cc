#include "engine/fact_builder.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"
#include "detect/complaints.h"
#include "judge/limit_matcher.h"
#include "mail/address.h"
#include "net/prefix.h"
#include "profile/account_profile.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostNameBytes = 320;

// A hash of 32 bits that is never 0, which stands for "none".
std::uint32_t nonzero(std::uint64_t hash) {
  const auto low = static_cast<std::uint32_t>(hash);
  return low == 0 ? 1 : low;
}

// FNV-1a (Fowler, Noll, Vo) for texts an attacker gains nothing by colliding: queue IDs.
std::uint64_t fast_hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mix64(hash);
}

// What of an EHLO name tells one client from another. Mail programs that give their address, or
// localhost, are many people's; their name says nothing.
std::string_view client_name(std::string_view helo) {
  const bool is_address =
      helo.starts_with('[') || std::ranges::all_of(helo, [](char c) { return is_digit(c) || c == '.'; });
  if (is_address || equals_ignoring_case(helo, "localhost") ||
      equals_ignoring_case(helo, "localhost.localdomain"))
    return {};
  return helo;
}

// Whether the EHLO name is the client's own public address. Mail programs behind a router know a private one
// only; machines in clouds and robots on stolen ones know it. Over IPv6 everybody does.
bool names_own_address(std::string_view helo, const IpAddress& address) {
  if (!address.is_v4() || !helo.starts_with('[') || !helo.ends_with(']')) return false;
  return IpAddress::parse(helo.substr(1, helo.size() - 2)) == address;
}

// Whether the EHLO name is of a host below the domain: www.customer.example, not customer.example itself,
// which programs that thieves use say as well. A domain of one label (local, lan) is everybody's.
bool is_host_below(std::string_view helo, std::string_view domain) {
  if (helo.ends_with('.')) helo.remove_suffix(1);
  if (!domain.contains('.') || helo.size() < domain.size() + 2 || client_name(helo).empty()) return false;
  const std::size_t dot = helo.size() - domain.size() - 1;
  return helo[dot] == '.' && is_alnum(helo[dot - 1]) && equals_ignoring_case(helo.substr(dot + 1), domain);
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::uint64_t number_key_of(const HashKey& key) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, key.bytes.data(), sizeof number);
  return number;
}

std::uint32_t prefix_key(std::uint64_t number_key, const Prefix& prefix, std::uint64_t salt) noexcept {
  return nonzero(mix64(prefix.address().low() ^ mix64(prefix.address().high() ^ mix64(number_key ^ salt))));
}

enum Stage : std::uint64_t { kRecipientStage = 1, kMessageStage = 2, kComplaintStage = 3 };

}  // namespace

FactBuilder::FactBuilder(const Policy& policy, const Locator& locator, const HashKey& key)
    : policy_(policy), locator_(locator), key_(key), number_key_(number_key_of(key)) {}

std::uint32_t origin_network_key(const HashKey& key, const Prefix& network) noexcept {
  return prefix_key(number_key_of(key), network, 1);
}

Hash128 FactBuilder::account_key(const AccountId& account) const {
  return keyed_hash(key_, account.text());
}

std::uint32_t FactBuilder::text_key(std::string_view text) const {
  if (text.empty()) return 0;
  std::array<char, kMostNameBytes> lower;
  const std::size_t size = std::min(text.size(), lower.size());
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), lower.begin(),
                 [](char c) { return to_lower(c); });
  return nonzero(keyed_hash(key_, {lower.data(), size}).low);
}

Location FactBuilder::locate(const IpAddress& address) const {
  if (locator_.empty()) return {};
  const std::uint64_t hash = mix64(address.low() ^ mix64(address.high()));
  CachedPlace& place = cache_.places[hash % kCachedPlaces];
  const std::scoped_lock lock(cache_.mutexes[hash % cache_.mutexes.size()]);
  if (!place.filled || place.address != address) place = {address, locator_.locate(address), true};
  return place.location;
}

Origin FactBuilder::origin_of(const Session& session) const {
  Origin origin;
  if (!session.client_address || session.client_address->is_private()) return origin;
  const IpAddress& address = *session.client_address;
  const Location location = locate(address);
  const auto number_key = [&](const Prefix& prefix, std::uint64_t salt) {
    return prefix_key(number_key_, prefix, salt);
  };
  origin.known = true;
  origin.trusted = policy_.trusted_networks.contains(address);
  origin.prefix = network_of(address);
  origin.network = origin_network_key(key_, origin.prefix);
  origin.host = number_key(host_of(address), 3);
  // Without an ASN the neighbourhood that one provider most likely owns.
  origin.provider = location.asn != 0 ? nonzero(mix64(location.asn ^ number_key_))
                                      : number_key(Prefix::of(address, address.is_v4() ? 16 : 32), 2);
  origin.country = location.country;
  origin.position = location.position;
  origin.client = names_own_address(session.helo_name, address) ? kOwnAddressClient
                                                                : text_key(client_name(session.helo_name));
  return origin;
}

bool FactBuilder::is_web_server(const Session& session) const {
  return session.client_address && policy_.is_web_server(*session.client_address);
}

void FactBuilder::add_place_of_mail(Facts& facts, const AccountId& account, const Session& session) const {
  facts.by_webmail = policy_.is_by_webmail(session);
  if (facts.by_webmail) return;
  facts.origin = origin_of(session);
  facts.names_own_host = is_host_below(session.helo_name, account.domain());
}

bool FactBuilder::is_canary(std::string_view recipient) const {
  const CanaryList& canaries = policy_.canaries;
  if (canaries.addresses.empty() && canaries.patterns.empty()) return false;
  const std::optional<Address> address = Address::parse(recipient);
  if (!address) return false;
  const std::string canonical = address->canonical();
  return canaries.addresses.contains(canonical) ||
         std::ranges::any_of(canaries.patterns,
                             [&](const std::string& p) { return matches_pattern(p, canonical); });
}

// What every event has.
template <typename Happened>
Facts FactBuilder::begin(StepKind kind, const Happened& event) const {
  Facts facts;
  facts.kind = kind;
  facts.time = event.time;
  facts.account = account_key(event.account);
  return facts;
}

Facts FactBuilder::build(const Login& login) const {
  Facts facts = begin(StepKind::kLogin, login);
  // A web server's own login to the mailbox (IMAP) tells nothing: the one to the webmail does.
  if (!is_web_server(login.session)) facts.origin = origin_of(login.session);
  facts.opens_webmail = login.session.service == Service::kWebmail && facts.origin.known;
  facts.use = login.session.service == Service::kSmtp ? Use::kSignIn : Use::kRead;
  facts.login = &login;
  return facts;
}

Facts FactBuilder::build(const Recipient& recipient) const {
  Facts facts = begin(StepKind::kRecipient, recipient);
  add_place_of_mail(facts, recipient.account, recipient.session);
  facts.use = Use::kSend;
  facts.recipient.key = text_key(recipient.recipient);
  facts.recipient.address = recipient.recipient;
  facts.recipient.is_canary = is_canary(recipient.recipient);
  facts.mail_key = nonzero(facts.recipient.key ^ fast_hash(recipient.sender, kRecipientStage));
  if (!recipient.transaction.empty()) {
    facts.transaction_key = nonzero(fast_hash(recipient.transaction, 0));
    facts.step_key = nonzero(mix64(facts.recipient.key ^ fast_hash(recipient.transaction, kRecipientStage)));
  }
  return facts;
}

// Knows a retry: from whom, how large and to whom, in any order. Where nobody is listed (Postfix names only a
// single recipient) their number tells a little.
std::uint32_t FactBuilder::message_key(const Submission& submission) const {
  std::uint64_t to_whom = submission.recipients.empty() ? submission.recipient_count : 0;
  for (const std::string& recipient : submission.recipients) to_whom += mix64(text_key(recipient));
  const std::uint64_t seed = mix64(mix64(submission.size + 1) + to_whom);
  return nonzero(fast_hash(submission.sender, kMessageStage ^ seed));
}

Facts FactBuilder::build(const Submission& submission) const {
  Facts facts = begin(StepKind::kMessage, submission);
  add_place_of_mail(facts, submission.account, submission.session);
  facts.use = Use::kSend;
  if (!submission.queue_id.empty()) {
    const std::string& transaction =
        submission.transaction.empty() ? submission.queue_id : submission.transaction;
    facts.transaction_key = nonzero(fast_hash(transaction, 0));
    facts.step_key = nonzero(fast_hash(submission.queue_id, kMessageStage));
    facts.answer_transaction = nonzero(fast_hash(submission.queue_id, 0));
  }
  facts.mail_key = message_key(submission);
  facts.message.recipients = submission.recipient_count;
  facts.message.size = submission.size;
  facts.message.subject = submission.subject;
  facts.message.helo_name = submission.session.helo_name;
  facts.message.sender = submission.sender;
  if (submission.recipients.size() == 1)
    facts.message.recipient_domain = domain_of(submission.recipients.front());
  // The null sender is how autoresponders and thieves send; it is nobody's forgery.
  const bool own = submission.sender.empty() || owns_address(policy_, submission.account, submission.sender);
  facts.message.sender_is_own = own;
  if (!own) facts.sender_key = text_key(submission.sender);
  add_header_facts(facts, submission);
  return facts;
}

void FactBuilder::add_header_facts(Facts& facts, const Submission& submission) const {
  if (!submission.header_from.empty()) {
    const HeaderMailbox from = parse_header_mailbox(submission.header_from);
    const std::size_t at = submission.header_from.find(from.address);
    if (at != std::string::npos)
      facts.message.from_address = std::string_view(submission.header_from).substr(at, from.address.size());
    facts.message.from_is_own =
        from.address.empty() || owns_address(policy_, submission.account, from.address);
    if (!facts.message.from_is_own) facts.header_from_key = text_key(from.address);
    const std::string_view domain = domain_of(submission.account.text());
    facts.message.from_is_of_domain =
        !domain.empty() && equals_ignoring_case(domain_of(from.address), domain);
    const std::string_view inside = find_address(from.display_name);
    if (!inside.empty() && !equals_ignoring_case(inside, from.address) &&
        !owns_address(policy_, submission.account, inside)) {
      facts.message.from_name_address = ShortText(inside);
    }
  }
  if (submission.header_to.empty()) return;
  const HeaderMailbox to = parse_header_mailbox(submission.header_to);
  facts.message.to_name_is_address = !to.address.empty() && equals_ignoring_case(to.display_name, to.address);
}

Facts FactBuilder::build(const Delivery& delivery) const {
  Facts facts = begin(StepKind::kDelivery, delivery);
  facts.answer.dsn = delivery.dsn;
  facts.answer_transaction = delivery.queue_id.empty() ? 0 : nonzero(fast_hash(delivery.queue_id, 0));
  return facts;
}

Facts FactBuilder::build(const Scan& scan) const {
  Facts facts = begin(StepKind::kScan, scan);
  facts.answer_transaction = scan.queue_id.empty() ? 0 : nonzero(fast_hash(scan.queue_id, 0));
  facts.scan = &scan;
  return facts;
}

Facts FactBuilder::build(const SettingChange& change) const {
  Facts facts = begin(StepKind::kSettingChange, change);
  facts.by_webmail = is_web_server(change.session);
  if (!facts.by_webmail) facts.origin = origin_of(change.session);
  // A deed like sending: having read from a place does not make it one to set things from.
  facts.use = Use::kSend;
  facts.setting.kind = change.setting;
  facts.setting.target_domain = domain_of(change.target);
  facts.setting.is_own =
      equals_ignoring_case(facts.setting.target_domain, domain_of(change.account.text())) ||
      owns_address(policy_, change.account, change.target);
  return facts;
}

Facts FactBuilder::build(const Complaint& complaint) const {
  Facts facts = begin(StepKind::kComplaint, complaint);
  facts.is_grave = is_grave_complaint(complaint.feedback_type);
  if (complaint.queue_id.empty()) return facts;
  facts.answer_transaction = nonzero(fast_hash(complaint.queue_id, 0));
  // Reports without their recipient cannot be told from each other.
  if (!complaint.recipient.empty()) {
    facts.step_key =
        nonzero(mix64(text_key(complaint.recipient) ^ fast_hash(complaint.queue_id, kComplaintStage)));
  }
  return facts;
}

std::uint64_t FactBuilder::destination_key(std::string_view recipient) const {
  const std::string_view domain = domain_of(recipient);
  return domain.empty() ? 0 : mix64(text_key(domain) ^ number_key_);
}

}  // namespace postreeve
