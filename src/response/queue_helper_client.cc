#include "response/queue_helper_client.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/error_word.h"
#include "process/child.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostAnswerBytes = 128UL * 1024 * 1024;

std::unexpected<Error> unreadable(std::string_view why) {
  return fail(ErrorCode::kUnavailable, fmt::format("the queue helper's answer cannot be read: {}", why));
}

std::vector<std::string> lines_in(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
    lines.emplace_back(text.substr(0, end));
  return lines;
}

// The lines before the last one, which says how it ended.
Result<std::vector<std::string>> answer_in(const ChildOutcome& outcome) {
  std::vector<std::string> lines = lines_in(outcome.output);
  if (lines.empty()) {
    return fail(ErrorCode::kUnavailable, fmt::format("the queue helper says nothing (exit code {}): {}",
                                                     outcome.exit_code, trim(outcome.errors)));
  }
  const json::value parsed = json::parse(lines.back());
  const json::object& last = parsed.as_object();
  if (const json::value* error = last.if_contains("error"); error != nullptr)
    return fail(
        error_code_from(json::value_to<std::string>(last.at("code"))).value_or(ErrorCode::kUnavailable),
        json::value_to<std::string>(*error));
  if (!last.contains("end")) return unreadable("it was cut off");
  lines.pop_back();
  return lines;
}

MailInQueue mail_from(const json::object& line) {
  const auto text = [&](std::string_view name) { return json::value_to<std::string>(line.at(name)); };
  MailInQueue mail{.queue_id = text("queue_id"),
                   .queue = text("queue"),
                   .account = text("account"),
                   .client_address = text("client_address"),
                   .sender = text("sender"),
                   .arrived = line.at("arrived").to_number<std::int64_t>(),
                   .created = line.at("created").to_number<std::int64_t>(),
                   .size = line.at("size").to_number<std::uint64_t>(),
                   .recipients = json::value_to<std::vector<std::string>>(line.at("recipients")),
                   .open_recipients = line.at("open_recipients").to_number<std::uint32_t>(),
                   .done_recipients = line.at("done_recipients").to_number<std::uint32_t>(),
                   .bounce_of = {}};
  if (const json::value* originals = line.if_contains("bounce_of"); originals != nullptr)
    mail.bounce_of = json::value_to<std::vector<std::string>>(*originals);
  return mail;
}

}  // namespace

Result<QueueHelper> read_queue_helper(const ActionSettings& settings) {
  QueueHelper helper{.command = settings.texts("helper"),
                     .default_domain = settings.text("default_domain"),
                     .server = settings.text("server", "postfix")};
  if (helper.command.empty())
    return fail(ErrorCode::kInvalidInput,
                R"(helper: the command is missing; write ["/usr/lib/postreeve/postreeve-queue", "--via", )"
                R"("/run/postreeve-queue.sock"])");
  if (helper.server != "postfix" && helper.server != "exim")
    return fail(ErrorCode::kInvalidInput,
                fmt::format("server: '{}' is none; write postfix or exim", helper.server));
  helper.command.insert(helper.command.end(), {"--server", helper.server});
  const std::string configuration = settings.text("config_directory");
  if (!configuration.empty() && !configuration.starts_with('/'))
    return fail(ErrorCode::kInvalidInput, "config_directory: write an absolute path");
  if (!configuration.empty()) helper.command.insert(helper.command.end(), {"--config", configuration});
  return helper;
}

QueueTalk::QueueTalk(const QueueHelper& helper, AccountId account, std::chrono::milliseconds limit)
    : helper_(helper), account_(std::move(account)), until_(std::chrono::steady_clock::now() + limit) {}

Result<std::vector<std::string>> QueueTalk::ask(std::vector<std::string> arguments, std::string input) const {
  std::vector<std::string> command = helper_.command;
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.insert(command.end(), {"--account", account_.text()});
  if (!helper_.default_domain.empty())
    command.insert(command.end(), {"--default-domain", helper_.default_domain});
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
  if (left.count() <= 0) return fail(ErrorCode::kUnavailable, "there was not enough time; it goes on later");
  const auto done =
      run_child(command, {.input = std::move(input), .limit = left, .most_output = kMostAnswerBytes});
  if (!done) {
    // A helper that is not installed yet, or not readable: somebody may be about to mend it.
    return fail(ErrorCode::kUnavailable, done.error().detail);
  }
  try {
    return answer_in(*done);
  } catch (const std::exception& wrong) {
    return unreadable(wrong.what());
  }
}

Result<std::vector<MailInQueue>> QueueTalk::list(bool with_bounces) {
  std::vector<std::string> arguments{"list"};
  if (with_bounces) arguments.emplace_back("--bounces");
  const auto lines = ask(std::move(arguments), {});
  if (!lines) return fail(lines.error());
  std::vector<MailInQueue> messages;
  try {
    for (const std::string& line : *lines) messages.push_back(mail_from(json::parse(line).as_object()));
  } catch (const std::exception& wrong) {
    return unreadable(wrong.what());
  }
  return messages;
}

Result<std::vector<QueueResult>> QueueTalk::change(const std::string& verb,
                                                   std::span<const std::string> ids) const {
  if (ids.empty()) return std::vector<QueueResult>{};
  std::vector<std::string> arguments{verb};
  std::string input;
  bool with_bounces = false;
  for (const std::string& id : ids) {
    input += id + '\n';
    with_bounces |= id.find(' ') != std::string::npos;
  }
  if (with_bounces) arguments.emplace_back("--bounces");
  const auto lines = ask(std::move(arguments), std::move(input));
  if (!lines) return fail(lines.error());
  std::vector<QueueResult> results;
  try {
    for (const std::string& line : *lines) {
      const json::value parsed = json::parse(line);
      results.push_back({json::value_to<std::string>(parsed.at("queue_id")),
                         json::value_to<std::string>(parsed.at("result"))});
    }
  } catch (const std::exception& wrong) {
    return unreadable(wrong.what());
  }
  return results;
}

Result<std::vector<QueueResult>> QueueTalk::hold(std::span<const std::string> ids) {
  return change("hold", ids);
}

Result<std::vector<QueueResult>> QueueTalk::release(std::span<const std::string> ids) {
  return change("release", ids);
}

Result<std::vector<QueueResult>> QueueTalk::remove(std::span<const std::string> ids) {
  return change("delete", ids);
}

Result<PreservedMail> QueueTalk::show(const std::string& queue_id, bool is_bounce) {
  std::vector<std::string> arguments{"show", queue_id};
  if (is_bounce) arguments.emplace_back("--bounces");
  const auto lines = ask(std::move(arguments), {});
  if (!lines) return fail(lines.error());
  if (lines->empty()) return unreadable("there is no envelope");
  PreservedMail mail{.envelope = lines->front(), .content = {}};
  try {
    for (const std::string& line : std::span(*lines).subspan(1)) {
      const json::value parsed = json::parse(line);
      const auto piece = from_base64(parsed.at("content").as_string());
      if (!piece) return unreadable("no BASE64");
      mail.content += *piece;
    }
  } catch (const std::exception& wrong) {
    return unreadable(wrong.what());
  }
  return mail;
}

std::size_t count_of(const std::vector<QueueResult>& results, std::string_view result) {
  return static_cast<std::size_t>(std::ranges::count(results, result, &QueueResult::result));
}

}  // namespace postreeve
