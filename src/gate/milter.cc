#include "gate/milter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sodium/randombytes.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "gate/milter_codec.h"
#include "mail/message_parser.h"

namespace postreeve {
namespace {

using milter::Command;
using milter::Response;

constexpr std::size_t kMostRecipients = 1000;  // kept of a message; all are counted
constexpr std::size_t kMostHeaderValue = 900;  // of ours, with its name below the longest line

// What Postfix tells of the client is asked for again at MAIL: after XCLIENT it is another one. The login
// comes at MAIL, the queue ID as soon as there is one.
const std::vector<milter::MacroWish>& macro_wishes() {
  static const std::vector<milter::MacroWish> kWishes = {
      {0, "j {daemon_name} {client_addr} {client_name}"},
      {1, "{client_addr} {client_name}"},
      {2, "i {auth_authen} {auth_type} {mail_addr} {client_addr} {client_name}"},
      {3, "i {rcpt_addr}"},
      {5, "i"},
  };
  return kWishes;
}

constexpr std::uint32_t kActions = milter::kAddsHeaders | milter::kQuarantines | milter::kChoosesMacros;
constexpr std::uint32_t kProtocol = milter::kNoUnknown | milter::kNoData | milter::kNoEndOfHeaders |
                                    milter::kNoReplyToConnect | milter::kNoReplyToHelo |
                                    milter::kNoReplyToHeader | milter::kNoReplyToBody;

std::string cut(std::string_view text) {
  return std::string(text.substr(0, kMaxTextBytes));
}

std::string_view without_brackets(std::string_view path) noexcept {
  path = trim(path);
  return path.size() >= 2 && path.front() == '<' && path.back() == '>' ? path.substr(1, path.size() - 2)
                                                                       : path;
}

// What is known of the client and, between two MAILs, of its message.
struct Seen {
  std::string client_address;
  std::string client_name;
  std::string helo_name;
  std::string login;
  std::string queue_id;
};

struct Message {
  AccountId account;
  Session session;
  std::string transaction;
  std::string sender;
  std::vector<std::string> recipients;
  std::uint32_t recipient_count = 0;
  bool is_held = false;  // a recipient was accepted on the terms that the message is held
  MessageParser parser;
};

// The part of an answer that refuses; empty when nothing is refused.
std::string refusal(const Answer& answer) {
  std::string frames;
  if (answer.action != Action::kDefer && answer.action != Action::kReject) return frames;
  const std::string_view text = to_text(answer.reply);
  if (!text.empty()) {
    milter::append_reply_code(frames, text);
  } else {
    milter::append_response(frames,
                            answer.action == Action::kDefer ? Response::kTempfail : Response::kReject);
  }
  return frames;
}

std::string header_value(const Answer& answer) {
  std::string value = fmt::format("would={}; standing={}; risk={:.2f}", to_text(answer.would),
                                  to_text(answer.level), static_cast<double>(answer.risk));
  if (!answer.reason.empty()) value += fmt::format("; reason={}", printable(answer.reason));
  std::size_t end = std::min(value.size(), kMostHeaderValue);
  while (end < value.size() && (static_cast<unsigned char>(value[end]) & 0xc0) == 0x80) --end;
  value.resize(end);
  return value;
}

class Milter final : public Conversation {
 public:
  Milter(Judge judge, std::shared_ptr<const MilterOptions> options)
      : judge_(std::move(judge)), options_(std::move(options)) {
    randombytes_buf(&connection_, sizeof connection_);
  }

  Result<std::size_t> request_size(std::string_view input) override { return milter::frame_size(input); }
  [[nodiscard]] bool is_over() const override { return is_over_; }

  void answer(std::string_view request, Reply reply) override {
    const milter::Frame frame = milter::split_frame(request);
    if (!is_agreed_ && frame.command != Command::kNegotiate) {
      is_over_ = true;
      reply({});
      return;
    }
    switch (frame.command) {
      case Command::kRecipient:
        recipient(frame.data, std::move(reply));
        return;
      case Command::kEndOfBody:
        end_of_message(frame.data, std::move(reply));
        return;
      default:
        break;
    }
    reply(answer_at_once(frame));
  }

 private:
  // Commands that nobody has to be asked about.
  std::string answer_at_once(const milter::Frame& frame) {
    switch (frame.command) {
      case Command::kNegotiate:
        return negotiate(frame.data);
      case Command::kMacro:
        macros(frame.data);
        return {};
      case Command::kConnect:
        client(frame.data);
        return unless_silent(milter::kNoReplyToConnect);
      case Command::kHelo:
        seen_.helo_name = cut(milter::parse_text(frame.data));
        return unless_silent(milter::kNoReplyToHelo);
      case Command::kMail:
        return mail(frame.data);
      case Command::kHeader:
        header(frame.data);
        return unless_silent(milter::kNoReplyToHeader);
      case Command::kBody:
        if (message_) message_->parser.body(frame.data);
        return unless_silent(milter::kNoReplyToBody);
      case Command::kAbort:
        end_message();
        return {};
      case Command::kQuit:
        is_over_ = true;
        return {};
      case Command::kQuitNewConnection:
        end_message();
        seen_ = {};
        return {};
      case Command::kEndOfHeaders:
        return unless_silent(milter::kNoReplyToEndOfHeaders);
      default:
        break;  // DATA, UNKNOWN and whatever a later version brings
    }
    return response(Response::kContinue);
  }

  static std::string response(Response response) {
    std::string frames;
    milter::append_response(frames, response);
    return frames;
  }
  [[nodiscard]] std::string unless_silent(std::uint32_t flag) const {
    return (agreed_.protocol & flag) != 0 ? std::string{} : response(Response::kContinue);
  }
  // What is no frame of the protocol ends the connection; the MTA does what it does without a milter.
  std::string give_up() {
    is_over_ = true;
    return {};
  }

  std::string negotiate(std::string_view data) {
    const Result<milter::Offer> offer = milter::parse_offer(data);
    if (!offer) return give_up();
    agreed_ = milter::agree(*offer, kActions, kProtocol);
    is_agreed_ = true;
    std::string frames;
    milter::append_agreement(frames, agreed_, macro_wishes());
    return frames;
  }

  void macros(std::string_view data) {
    const Result<milter::Macros> macros = milter::parse_macros(data);
    if (!macros) {
      is_over_ = true;
      return;
    }
    if (macros->stage == Command::kMail) {
      seen_.login.clear();
      seen_.queue_id.clear();
    }
    for (const milter::Macro& macro : macros->values) {
      if (macro.name == "i") {
        seen_.queue_id = cut(macro.value);
      } else if (macro.name == "auth_authen") {
        seen_.login = cut(macro.value);
      } else if (macro.name == "client_addr") {
        seen_.client_address = cut(macro.value);
      } else if (macro.name == "client_name") {
        seen_.client_name = cut(macro.value);
      }
    }
  }

  void client(std::string_view data) {
    const Result<milter::Client> client = milter::parse_client(data);
    if (!client) {
      is_over_ = true;
      return;
    }
    // CONNECT's macros came before it, and say the same.
    seen_.client_name = cut(client->name);
    if (client->family == '4' || client->family == '6') {
      seen_.client_address = cut(client->address);
    }
  }

  std::string mail(std::string_view data) {
    const auto arguments = milter::parse_arguments(data);
    if (!arguments) return give_up();
    const auto account = AccountId::from_login(seen_.login, options_->default_domain);
    message_.reset();
    if (!account) return response(Response::kAccept);
    message_.emplace();
    message_->account = *account;
    message_->sender = cut(without_brackets(arguments->front()));
    message_->transaction = fmt::format("{:016x}.{}", connection_, ++messages_);
    Session& session = message_->session;
    session.service = Service::kSmtp;
    session.client_address = IpAddress::parse(seen_.client_address);
    // "[192.0.2.7]" and "unknown" are no names.
    if (!seen_.client_name.starts_with('[') && seen_.client_name != "unknown")
      session.client_name = seen_.client_name;
    session.helo_name = seen_.helo_name;
    return response(Response::kContinue);
  }

  void recipient(std::string_view data, Reply reply) {
    const auto arguments = milter::parse_arguments(data);
    if (!arguments || !message_) {
      reply(arguments ? response(Response::kContinue) : give_up());
      return;
    }
    Recipient event;
    event.account = message_->account;
    event.session = message_->session;
    event.transaction = message_->transaction;
    event.sender = message_->sender;
    event.recipient = cut(without_brackets(arguments->front()));
    // Nothing touches the message until the reply is taken, so the answer may come from another thread.
    judge_(event,
           [this, recipient = event.recipient, reply = std::move(reply)](const Answer& answer) mutable {
             std::string frames = refusal(answer);
             if (frames.empty()) {
               accepted(std::move(recipient), answer);
               milter::append_response(frames, Response::kContinue);
             }
             reply(frames);
           });
  }

  void accepted(std::string recipient, const Answer& answer) {
    ++message_->recipient_count;
    message_->is_held |= answer.action == Action::kHold || answer.action == Action::kDivert;
    if (message_->recipients.size() < kMostRecipients) message_->recipients.push_back(std::move(recipient));
  }

  void header(std::string_view data) {
    const auto field = milter::parse_header_field(data);
    if (field && message_) message_->parser.header(field->name, field->value);
    if (!field) is_over_ = true;
  }

  void end_of_message(std::string_view last_piece, Reply reply) {
    if (!message_) {
      reply(response(Response::kContinue));
      return;
    }
    if (!last_piece.empty()) message_->parser.body(last_piece);
    judge_(submission(), [this, reply = std::move(reply)](const Answer& answer) mutable {
      const std::string frames = end_of_message_frames(answer);
      end_message();
      reply(frames);
    });
  }

  Submission submission() {
    ParsedMessage parsed = message_->parser.finish();
    Submission event;
    event.account = message_->account;
    event.session = message_->session;
    event.queue_id = seen_.queue_id;
    event.transaction = message_->transaction;
    event.sender = message_->sender;
    event.recipients = std::move(message_->recipients);
    event.recipient_count = message_->recipient_count;
    event.size = parsed.size;
    event.header_from = std::move(parsed.from);
    event.header_to = std::move(parsed.to);
    event.subject = std::move(parsed.subject);
    event.message_id = std::move(parsed.message_id);
    event.content = std::make_shared<const MessageContent>(std::move(parsed.content));
    return event;
  }

  [[nodiscard]] std::string end_of_message_frames(const Answer& answer) const {
    std::string frames = refusal(answer);
    if (!frames.empty()) return frames;
    const bool is_held =
        message_->is_held || answer.action == Action::kHold || answer.action == Action::kDivert;
    if (options_->adds_header && (is_held || answer.would != Action::kAccept) &&
        (agreed_.actions & milter::kAddsHeaders) != 0) {
      milter::append_header(frames, "X-Postreeve", header_value(answer));
    }
    if (is_held) {
      if ((agreed_.actions & milter::kQuarantines) == 0) return response(Response::kTempfail);
      milter::append_quarantine(frames, fmt::format("postreeve: {}", to_text(answer.level)));
    }
    milter::append_response(frames, Response::kContinue);
    return frames;
  }

  void end_message() {
    message_.reset();
    seen_.login.clear();
    seen_.queue_id.clear();
  }

  Judge judge_;
  std::shared_ptr<const MilterOptions> options_;
  milter::Offer agreed_;
  bool is_agreed_ = false;
  bool is_over_ = false;
  std::uint64_t connection_ = 0;  // tells transactions of different connections and processes apart
  std::uint64_t messages_ = 0;
  Seen seen_;
  std::optional<Message> message_;
};

}  // namespace

std::unique_ptr<Conversation> make_milter(Judge judge, std::shared_ptr<const MilterOptions> options) {
  return std::make_unique<Milter>(std::move(judge), std::move(options));
}

std::unique_ptr<Conversation> make_milter(Guard& guard, std::shared_ptr<const MilterOptions> options) {
  return make_milter(
      [&guard](Event event, Guard::Done done) {
        guard.judge(std::move(event), Door::kMilter, std::move(done));
      },
      std::move(options));
}

}  // namespace postreeve
