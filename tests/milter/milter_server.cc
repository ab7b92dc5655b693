// The milter gate alone, with a judge that does what a message's own words ask for: what milter clients of
// other people are tried on.
//
//   milter_server PORT     0: chosen by the system; the first line of the output says which
//
// Every event is a line of the trace (docs/trace.md); a submission's content follows as "content {...}".
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "gate/milter.h"
#include "gate/stream_gate.h"
#include "intake/trace.h"
#include "mail/message_content.h"

namespace postreeve {
namespace {

// "refuse", "slow", "hold" in a recipient's localpart or at the front of a subject.
Answer answer_to(std::string_view words) {
  Answer answer;
  if (words.starts_with("refuse")) {
    answer.action = Action::kReject;
    answer.reply = Reply::kPolicy;
  } else if (words.starts_with("slow")) {
    answer.action = Action::kDefer;
    answer.reply = Reply::kSlowed;
  } else if (words.starts_with("hold")) {
    answer.action = Action::kHold;
    answer.level = Level::kHeld;
    answer.reason = "the message asked for it";
  }
  answer.would = answer.action;
  return answer;
}

void print_content(const MessageContent& content) {
  std::string hosts;
  for (const std::string& host : content.url_hosts)
    hosts += fmt::format("{}\"{}\"", hosts.empty() ? "" : ",", host);
  std::string attachments;
  for (const Attachment& attachment : content.attachments) {
    std::string digest;
    for (unsigned char byte : attachment.sha256) digest += fmt::format("{:02x}", byte);
    attachments += fmt::format(R"({}{{"type":"{}","name":"{}","size":{},"sha256":"{}"}})",
                               attachments.empty() ? "" : ",", attachment.media_type, attachment.name,
                               attachment.size, digest);
  }
  fmt::print("content {{\"parts\":{},\"hosts\":[{}],\"attachments\":[{}]}}\n", content.parts, hosts,
             attachments);
}

void judge(const Event& event, Guard::Done done) {
  fmt::print("{}\n", write_trace_line(event));
  Answer answer;
  if (const auto* const recipient = std::get_if<Recipient>(&event)) answer = answer_to(recipient->recipient);
  if (const auto* const message = std::get_if<Submission>(&event)) {
    answer = answer_to(message->subject);
    if (message->content != nullptr) print_content(*message->content);
  }
  std::fflush(stdout);
  done(answer);
}

int serve(std::uint16_t port) {
  boost::asio::io_context context;
  const auto options = std::make_shared<const MilterOptions>(MilterOptions{"example.test", true});
  const ListenAt at{.endpoint = {.host = "127.0.0.1", .port = port, .path = {}}, .inherited = -1};
  auto gate = StreamGate::open(context, {at}, [&] { return make_milter(judge, options); },
                               {.limits = kMilterLimits, .most_connections = 100, .unix_mode = 0660});
  if (!gate) {
    fmt::print(stderr, "{}\n", gate.error().detail);
    return 1;
  }
  fmt::print("{}\n", (*gate)->endpoints().front().port);
  std::fflush(stdout);
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const auto&, int) { (*gate)->stop(); });
  context.run();
  return 0;
}

}  // namespace
}  // namespace postreeve

int main(int argc, char** argv) {
  return postreeve::serve(argc > 1 ? static_cast<std::uint16_t>(std::atoi(argv[1])) : std::uint16_t{0});
}
