// The milter protocol from Postfix's side.
#include <fmt/format.h>

#include <initializer_list>

#include "bench/policy_requests.h"
#include "gate/milter_codec.h"

namespace postreeve::bench {
namespace {

using milter::Command;

std::string zero_ended(std::initializer_list<std::string_view> texts) {
  std::string data;
  for (const std::string_view text : texts) {
    data.append(text);
    data.push_back('\0');
  }
  return data;
}

void add(std::string& request, Command command, std::string_view data = {}) {
  milter::append_frame(request, static_cast<char>(command), data);
}

void add_macros(std::string& request, Command stage, std::initializer_list<std::string_view> values) {
  add(request, Command::kMacro, static_cast<char>(stage) + zero_ended(values));
}

// A new client on the same connection, up to the first question.
std::string beginning(const Life& life, const Act& act, std::string_view queue_id) {
  std::string request;
  using std::string_view_literals::operator""sv;
  add(request, Command::kNegotiate, "\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"sv);
  add(request, Command::kQuitNewConnection);
  add_macros(request, Command::kConnect, {"j", "mx.example.org", "{daemon_name}", "mx.example.org"});
  add(request, Command::kConnect,
      zero_ended({"unknown"}) + "4\xed\x2d" + zero_ended({act.address.to_string()}));
  add(request, Command::kHelo, zero_ended({life.device(act.device).helo_name}));
  const std::string& account = life.account().text();
  add_macros(request, Command::kMail,
             {"i", queue_id, "{auth_type}", "PLAIN", "{auth_authen}", account, "{mail_addr}", account});
  add(request, Command::kMail, zero_ended({"<" + account + ">"}));
  return request;
}

std::string content(const Life& life, const Act& act, std::string_view queue_id, std::uint64_t message) {
  std::string request;
  const std::string& account = life.account().text();
  const auto field = [&](std::string_view name, const std::string& value) {
    add(request, Command::kHeader, zero_ended({name, value}));
  };
  field("From", fmt::format("Somebody <{}>", account));
  field("To", life.contact(act.contacts.front()));
  field("Subject", fmt::format("Notes on matter {} of the week", message % 977));
  field("Date", "Mon, 02 Mar 2026 08:00:00 +0000");
  field("Message-ID", fmt::format("<{:x}@example.org>", message));
  field("MIME-Version", "1.0");
  field("Content-Type", "text/plain; charset=utf-8");
  add(request, Command::kEndOfHeaders);
  std::string body;
  while (body.size() < 2000) body += "We met on Monday and agreed on what is to be done until Friday.\r\n";
  add(request, Command::kBody, body);
  add_macros(request, Command::kEndOfBody, {"i", queue_id});
  add(request, Command::kEndOfBody);
  return request;
}

}  // namespace

Transaction milter_transaction(const Life& life, const Act& act, std::uint64_t message) {
  Transaction transaction{.time = act.time, .requests = {}};
  const std::string queue_id = fmt::format("4jX8D52N6B{:06x}", message);
  transaction.requests.push_back(beginning(life, act, queue_id));
  for (const std::uint32_t contact : act.contacts) {
    const std::string recipient = life.contact(contact);
    std::string request;
    add_macros(request, Command::kRecipient, {"i", queue_id, "{rcpt_addr}", recipient});
    add(request, Command::kRecipient, zero_ended({"<" + recipient + ">"}));
    transaction.requests.push_back(std::move(request));
  }
  transaction.requests.push_back(content(life, act, queue_id, message));
  return transaction;
}

// The last whole frame is an answer; an agreement is followed by one.
bool is_whole_milter_reply(std::string_view reply) {
  char last = 'O';
  while (!reply.empty()) {
    const auto size = milter::frame_size(reply);
    if (!size || *size == 0 || *size > reply.size()) return false;
    last = reply[4];
    reply.remove_prefix(*size);
  }
  return std::string_view("acdrty").contains(last);
}

}  // namespace postreeve::bench
