#include "intake/trace_parser.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <deque>
#include <optional>

#include "intake/line_reader.h"
#include "intake/trace_text.h"

namespace postreeve {
namespace {

namespace json = simdjson::ondemand;

static_assert(LineBlock::kPadding >= simdjson::SIMDJSON_PADDING);

// The fields we know. Texts first: they index Fields::texts.
enum FieldId : std::uint8_t {
  kTime,
  kEvent,
  kAccount,
  kClientAddress,
  kClientName,
  kHeloName,
  kService,
  kResult,
  kReason,
  kPasswordHash,
  kInstance,
  kQueueId,
  kSender,
  kRecipient,
  kHeaderFrom,
  kHeaderTo,
  kSubject,
  kMessageId,
  kStatus,
  kDsn,
  kResponse,
  kScanner,
  kSignature,
  kPerson,
  kSetting,
  kTarget,
  kFeedbackType,
  kSource,
  kTextCount,
  kRecipients = kTextCount,
  kRecipientCount,
  kSize,
  kConfirmed,
  kFieldCount
};

constexpr std::array<std::string_view, kFieldCount> kNames = {
    "time",    "event",     "account",       "client_address", "client_name", "helo_name",
    "service", "result",    "reason",        "password_hash",  "instance",    "queue_id",
    "sender",  "recipient", "header_from",   "header_to",      "subject",     "message_id",
    "status",  "dsn",       "response",      "scanner",        "signature",   "person",
    "setting", "target",    "feedback_type", "source",         "recipients",  "recipient_count",
    "size",    "confirmed"};

// A hash without collisions among our names; its factors were found by trying.
constexpr std::size_t slot_of(std::string_view name) noexcept {
  const auto first = static_cast<unsigned char>(name.front());
  const auto last = static_cast<unsigned char>(name.back());
  return (first + last * 3U + name.size() * 47U) % 64U;
}

constexpr std::array<std::uint8_t, 64> make_slots() {
  std::array<std::uint8_t, 64> slots{};
  slots.fill(kFieldCount);
  for (std::uint8_t id = 0; id < kFieldCount; ++id) slots[slot_of(kNames[id])] = id;
  return slots;
}
constexpr auto kSlots = make_slots();

constexpr bool slots_are_distinct() {
  for (std::uint8_t id = 0; id < kFieldCount; ++id) {
    if (kSlots[slot_of(kNames[id])] != id) return false;
  }
  return true;
}
static_assert(slots_are_distinct());

FieldId field_named(std::string_view name) noexcept {
  if (name.empty()) return kFieldCount;
  const auto id = kSlots[slot_of(name)];
  return id < kFieldCount && kNames[id] == name ? static_cast<FieldId>(id) : kFieldCount;
}

// A key as it is written; empty when it is longer than any of ours. Keys of ours need no escapes.
std::string_view key_text(json::raw_json_string key) noexcept {
  constexpr std::size_t kLongest = 20;  // within the padding
  const auto* end = static_cast<const char*>(std::memchr(key.raw(), '"', kLongest));
  return end == nullptr ? std::string_view{}
                        : std::string_view(key.raw(), static_cast<std::size_t>(end - key.raw()));
}

// What one line holds; texts are views into the parser's memory or `decoded`.
struct Fields {
  std::array<std::string_view, kTextCount> texts{};
  std::array<bool, kTextCount> present{};
  std::vector<std::string_view> recipients;
  std::uint64_t recipient_count = 0;
  std::uint64_t size = 0;
  std::uint64_t password_hash = 0;
  bool confirmed = false;
  std::deque<std::string> decoded;

  void clear() {
    texts.fill({});
    present.fill(false);
    recipients.clear();
    recipient_count = size = password_hash = 0;
    confirmed = false;
    decoded.clear();
  }
};

// nullopt: it is not a string.
std::optional<std::string_view> text_of(json::value value, Fields& fields) {
  const auto raw = value.raw_json_token();
  std::string_view text;
  const auto error = value.get_string().get(text);
  if (error == simdjson::SUCCESS) return text;
  const auto last_quote = raw.rfind('"');
  if (error != simdjson::STRING_ERROR || raw.empty() || raw[0] != '"' || last_quote == 0) return std::nullopt;
  return fields.decoded.emplace_back(decode_json_string(raw.substr(1, last_quote - 1)));
}

// Each read_...() returns what the field should have been, nullptr when it is well.
const char* read_text(json::value value, FieldId id, Fields& fields) {
  const auto text = text_of(value, fields);
  if (!text) return "a text";
  fields.texts[id] = *text;
  fields.present[id] = true;
  return nullptr;
}

const char* read_number(json::value value, std::uint64_t& number) {
  return value.get_uint64().get(number) == simdjson::SUCCESS ? nullptr : "a whole number";
}

const char* read_recipients(json::value value, Fields& fields) {
  constexpr auto kWanted = "a list of texts";
  json::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return kWanted;
  for (auto element : list) {
    json::value one;
    if (element.get(one) != simdjson::SUCCESS) return kWanted;
    const auto text = text_of(one, fields);
    if (!text) return kWanted;
    if (!text->empty()) fields.recipients.push_back(*text);
  }
  return nullptr;
}

const char* read_field(json::value value, FieldId id, Fields& fields) {
  switch (id) {
    case kRecipients:
      return read_recipients(value, fields);
    case kRecipientCount:
      return read_number(value, fields.recipient_count);
    case kSize:
      return read_number(value, fields.size);
    case kConfirmed:
      return value.get_bool().get(fields.confirmed) == simdjson::SUCCESS ? nullptr : "true or false";
    default:
      return read_text(value, id, fields);
  }
}

constexpr auto kNoJson = "it is not a JSON object";

// Returns what is wrong with the line, empty when nothing is.
std::string read_fields(json::parser& parser, std::string_view line, Fields& fields) {
  json::document document;
  json::object object;
  const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + LineBlock::kPadding);
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return kNoJson;
  if (document.get_object().get(object) != simdjson::SUCCESS) return kNoJson;
  for (auto next : object) {
    json::field field;
    if (std::move(next).get(field) != simdjson::SUCCESS) return kNoJson;
    const auto id = field_named(key_text(field.key()));
    if (id == kFieldCount) continue;
    json::json_type type{};
    if (field.value().type().get(type) != simdjson::SUCCESS) return kNoJson;
    if (type == json::json_type::null) continue;
    if (const char* wanted = read_field(field.value(), id, fields); wanted != nullptr) {
      return "field '" + std::string(kNames[id]) + "' is not " + wanted;
    }
  }
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS ? "" : kNoJson;
}

std::string bounded(std::string_view text) {
  return std::string(utf8_prefix(text, kMaxTextBytes));
}

std::uint64_t hash_from_hex(std::string_view text) noexcept {
  std::uint64_t hash = 0;
  std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  return hash;
}

// Makes events of fields that were read.
class EventMaker {
 public:
  EventMaker(const Fields& fields, Timestamp time, AccountId account)
      : fields_(fields), time_(time), account_(std::move(account)) {}

  using Kind = TraceLine::Kind;

  Kind login(Event& event) {
    const bool is_failure = text(kResult) == "failure";
    if (!is_failure && fields_.present[kResult] && text(kResult) != "success") return Kind::kNothing;
    auto& login = event.emplace<Login>(Login{time_, std::move(account_), session(), !is_failure});
    if (is_failure) login.reason = LoginFailure::kBadPassword;  // what a server means that does not say
    if (is_failure && !text(kReason).empty()) login.reason = login_failure_from_text(text(kReason));
    login.password_hash = hash_from_hex(text(kPasswordHash));
    return Kind::kEvent;
  }

  Kind recipient(Event& event) {
    event.emplace<Recipient>(Recipient{time_, std::move(account_), session(),
                                       bounded(text(fields_.present[kInstance] ? kInstance : kQueueId)),
                                       bounded(text(kSender)), bounded(text(kRecipient))});
    return Kind::kEvent;
  }

  Kind submission(Event& event) {
    auto& submission = event.emplace<Submission>();
    submission.time = time_;
    submission.account = std::move(account_);
    submission.session = session();
    submission.queue_id = bounded(text(kQueueId));
    submission.sender = bounded(text(kSender));
    submission.recipients.reserve(fields_.recipients.size());
    for (const auto one : fields_.recipients) submission.recipients.push_back(bounded(one));
    const auto counted = std::max<std::uint64_t>(fields_.recipient_count, fields_.recipients.size());
    submission.recipient_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(counted, UINT32_MAX));
    submission.size = fields_.size;
    submission.header_from = bounded(text(kHeaderFrom));
    submission.header_to = bounded(text(kHeaderTo));
    submission.subject = bounded(text(kSubject));
    submission.message_id = bounded(text(kMessageId));
    return Kind::kEvent;
  }

  Kind delivery(Event& event) {
    const auto status = delivery_status_from_text(text(kStatus));
    if (!status) return Kind::kNothing;
    auto& delivery = event.emplace<Delivery>();
    delivery.time = time_;
    delivery.account = std::move(account_);
    delivery.queue_id = bounded(text(kQueueId));
    delivery.recipient = bounded(text(kRecipient));
    delivery.status = *status;
    delivery.response = bounded(text(kResponse));
    const auto dsn = fields_.present[kDsn] ? EnhancedStatus::parse(text(kDsn))
                                           : EnhancedStatus::find_in_reply(delivery.response);
    delivery.dsn = dsn.value_or(EnhancedStatus{});
    return Kind::kEvent;
  }

  Kind scan(Event& event) {
    const auto result = scan_result_from_text(text(kResult));
    if (!result) return Kind::kNothing;
    event.emplace<Scan>(Scan{time_, std::move(account_), bounded(text(kQueueId)), bounded(text(kScanner)),
                             *result, bounded(text(kSignature))});
    return Kind::kEvent;
  }

  Kind setting_change(Event& event) {
    event.emplace<SettingChange>(SettingChange{time_, std::move(account_), session(),
                                               setting_kind_from_text(text(kSetting)),
                                               bounded(text(kTarget))});
    return Kind::kEvent;
  }

  Kind complaint(Event& event) {
    event.emplace<Complaint>(Complaint{time_, std::move(account_), bounded(text(kQueueId)),
                                       bounded(text(kRecipient)), bounded(text(kFeedbackType)),
                                       bounded(text(kSource))});
    return Kind::kEvent;
  }

  Kind credential_change(Event& event) {
    event.emplace<CredentialChange>(CredentialChange{time_, std::move(account_)});
    return Kind::kEvent;
  }

  Kind judgement(Event& event) {
    event.emplace<Judgement>(Judgement{time_, std::move(account_), fields_.confirmed, bounded(text(kPerson)),
                                       bounded(text(kReason))});
    return Kind::kEvent;
  }

 private:
  [[nodiscard]] std::string_view text(FieldId id) const noexcept { return fields_.texts[id]; }

  [[nodiscard]] Session session() const {
    const auto name = text(kClientName);
    return {IpAddress::parse(text(kClientAddress)), name == "unknown" ? std::string{} : bounded(name),
            bounded(text(kHeloName)), service_from_text(text(kService))};
  }

  const Fields& fields_;
  Timestamp time_;
  AccountId account_;
};

struct EventWord {
  std::string_view word;
  TraceLine::Kind (EventMaker::*make)(Event&);
  bool needs_account;  // a delivery may name only its queue ID, a submission may be nobody's
};
constexpr std::array kEvents = {EventWord{"login", &EventMaker::login, true},
                                EventWord{"submission", &EventMaker::submission, false},
                                EventWord{"delivery", &EventMaker::delivery, false},
                                EventWord{"recipient", &EventMaker::recipient, true},
                                EventWord{"scan", &EventMaker::scan, false},
                                EventWord{"setting_change", &EventMaker::setting_change, true},
                                EventWord{"complaint", &EventMaker::complaint, false},
                                EventWord{"credential_change", &EventMaker::credential_change, true},
                                EventWord{"judgement", &EventMaker::judgement, true}};

TraceLine::Kind break_line(TraceLine& parsed, std::string fault) {
  parsed.fault = std::move(fault);
  return TraceLine::Kind::kBroken;
}

TraceLine::Kind make_event(const Fields& fields, std::string_view default_domain, TraceLine& parsed) {
  using Kind = TraceLine::Kind;
  if (!fields.present[kTime]) return break_line(parsed, "field 'time' is missing");
  const auto time = parse_rfc3339(fields.texts[kTime]);
  if (!time) return break_line(parsed, "field 'time' is not RFC 3339");
  if (!fields.present[kEvent]) return break_line(parsed, "field 'event' is missing");
  const auto* const known = std::ranges::find(kEvents, fields.texts[kEvent], &EventWord::word);
  if (known == kEvents.end()) return Kind::kUnknownEvent;
  auto account = AccountId::from_login(fields.texts[kAccount], default_domain);
  if (known->needs_account && !account) {
    return fields.present[kAccount] ? Kind::kNothing : break_line(parsed, "field 'account' is missing");
  }
  EventMaker maker(fields, *time, std::move(account).value_or(AccountId{}));
  return (maker.*(known->make))(parsed.event);
}

}  // namespace

struct TraceParser::Impl {
  json::parser parser;
  Fields fields;
  std::string default_domain;
  std::string padded;
};

TraceParser::TraceParser(std::string default_domain) : impl_(std::make_unique<Impl>()) {
  impl_->default_domain = std::move(default_domain);
}
TraceParser::~TraceParser() = default;
TraceParser::TraceParser(TraceParser&&) noexcept = default;
TraceParser& TraceParser::operator=(TraceParser&&) noexcept = default;

void TraceParser::parse_padded(std::string_view line, TraceLine& parsed) {
  auto& fields = impl_->fields;
  fields.clear();
  auto fault = read_fields(impl_->parser, line, fields);
  parsed.kind = fault.empty() ? make_event(fields, impl_->default_domain, parsed)
                              : break_line(parsed, std::move(fault));
}

void TraceParser::parse(std::string_view line, TraceLine& parsed) {
  impl_->padded.assign(line);
  impl_->padded.append(LineBlock::kPadding, ' ');
  parse_padded(std::string_view(impl_->padded).substr(0, line.size()), parsed);
}

}  // namespace postreeve
