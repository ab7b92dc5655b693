#include "intake/trace.h"

#include <fmt/format.h>

#include "intake/trace_accounts.h"
#include "intake/trace_parser.h"
#include "intake/trace_text.h"

namespace postreeve {
namespace {

// Appends the fields of one event to a JSON object; what is empty is left out.
class LineWriter {
 public:
  LineWriter(Timestamp time, std::string_view event) {
    line_ = "{\"time\":\"" + format_rfc3339(time) + '"';
    text("event", event);
  }

  LineWriter& text(std::string_view name, std::string_view value) {
    return value.empty() ? *this : any_text(name, value);
  }

  LineWriter& any_text(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(line_, value);
    return *this;
  }

  LineWriter& number(std::string_view name, std::uint64_t value) {
    if (value == 0) return *this;
    begin(name);
    fmt::format_to(std::back_inserter(line_), "{}", value);
    return *this;
  }

  LineWriter& truth(std::string_view name, bool value) {
    begin(name);
    line_ += value ? "true" : "false";
    return *this;
  }

  LineWriter& texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return *this;
    begin(name);
    char separator = '[';
    for (const auto& value : values) {
      line_ += separator;
      append_json_string(line_, value);
      separator = ',';
    }
    line_ += ']';
    return *this;
  }

  LineWriter& session(const Session& session) {
    if (session.client_address) text("client_address", session.client_address->to_string());
    return text("client_name", session.client_name)
        .text("helo_name", session.helo_name)
        .text("service", to_text(session.service));
  }

  std::string finish() {
    line_ += '}';
    return std::move(line_);
  }

 private:
  void begin(std::string_view name) {
    line_ += ",\"";
    line_ += name;
    line_ += "\":";
  }

  std::string line_;
};

std::string write(const Login& login) {
  LineWriter line(login.time, "login");
  line.text("account", login.account.text()).session(login.session);
  line.text("result", login.success ? "success" : "failure").text("reason", to_text(login.reason));
  if (login.password_hash != 0) line.text("password_hash", fmt::format("{:016x}", login.password_hash));
  return line.finish();
}

std::string write(const Recipient& recipient) {
  return LineWriter(recipient.time, "recipient")
      .text("account", recipient.account.text())
      .session(recipient.session)
      .text("instance", recipient.transaction)
      .text("sender", recipient.sender)
      .text("recipient", recipient.recipient)
      .finish();
}

std::string write(const Submission& submission) {
  LineWriter line(submission.time, "submission");
  line.text("queue_id", submission.queue_id)
      .text("account", submission.account.text())
      .session(submission.session);
  line.text("sender", submission.sender).texts("recipients", submission.recipients);
  if (submission.recipient_count != submission.recipients.size()) {
    line.number("recipient_count", submission.recipient_count);
  }
  return line.number("size", submission.size)
      .text("header_from", submission.header_from)
      .text("header_to", submission.header_to)
      .text("subject", submission.subject)
      .text("message_id", submission.message_id)
      .finish();
}

std::string write(const Delivery& delivery) {
  LineWriter line(delivery.time, "delivery");
  line.text("queue_id", delivery.queue_id)
      .text("account", delivery.account.text())
      .text("recipient", delivery.recipient)
      .text("status", to_text(delivery.status));
  // A dsn that is left out is read from the response.
  line.any_text("dsn", delivery.dsn.to_string());
  return line.text("response", delivery.response).finish();
}

std::string write(const Scan& scan) {
  return LineWriter(scan.time, "scan")
      .text("queue_id", scan.queue_id)
      .text("account", scan.account.text())
      .text("scanner", scan.scanner)
      .text("result", to_text(scan.result))
      .text("signature", scan.signature)
      .finish();
}

std::string write(const SettingChange& change) {
  LineWriter line(change.time, "setting_change");
  line.text("account", change.account.text()).session(change.session);
  return line.text("setting", to_text(change.setting)).text("target", change.target).finish();
}

std::string write(const Complaint& complaint) {
  return LineWriter(complaint.time, "complaint")
      .text("queue_id", complaint.queue_id)
      .text("account", complaint.account.text())
      .text("recipient", complaint.recipient)
      .text("feedback_type", complaint.feedback_type)
      .text("source", complaint.source)
      .finish();
}

std::string write(const CredentialChange& change) {
  return LineWriter(change.time, "credential_change").text("account", change.account.text()).finish();
}

std::string write(const Judgement& judgement) {
  return LineWriter(judgement.time, "judgement")
      .text("account", judgement.account.text())
      .truth("confirmed", judgement.confirmed)
      .text("person", judgement.person)
      .text("reason", judgement.reason)
      .finish();
}

}  // namespace

struct TraceReader::Impl {
  explicit Impl(std::string default_domain) : parser(std::move(default_domain)) {}

  TraceParser parser;
  TraceAccounts accounts{kRememberedMessages};
  TraceLine line;
};

TraceReader::TraceReader(std::string default_domain)
    : impl_(std::make_unique<Impl>(std::move(default_domain))) {}
TraceReader::~TraceReader() = default;
TraceReader::TraceReader(TraceReader&&) noexcept = default;
TraceReader& TraceReader::operator=(TraceReader&&) noexcept = default;

Result<Event> TraceReader::read(std::string_view line) {
  auto& parsed = impl_->line;
  impl_->parser.parse(line, parsed);
  switch (parsed.kind) {
    case TraceLine::Kind::kBroken:
      return fail(ErrorCode::kInvalidInput, std::move(parsed.fault));
    case TraceLine::Kind::kUnknownEvent:
      return fail(ErrorCode::kNotFound, "an event of a kind we do not know");
    case TraceLine::Kind::kNothing:
      return fail(ErrorCode::kNotFound, "it says nothing about an account");
    case TraceLine::Kind::kEvent:
      break;
  }
  if (!impl_->accounts.settle(parsed.event)) {
    return fail(ErrorCode::kNotFound, "it belongs to a message that no account sent");
  }
  return std::move(parsed.event);
}

std::string write_trace_line(const Event& event) {
  return std::visit([](const auto& one) { return write(one); }, event);
}

}  // namespace postreeve
