#include "response/webhook_target.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <kainjow/mustache.hpp>

#include "base/ascii.h"
#include "response/http_client.h"
#include "response/mail_office.h"
#include "response/outside_text.h"
#include "response/story.h"

namespace postreeve {

namespace json = boost::json;
namespace mustache = kainjow::mustache;

namespace {

constexpr std::size_t kMostFileBytes = 256UL * 1024;
constexpr std::chrono::seconds kMostWait{3600};

std::optional<std::string> read_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream.is_open()) return std::nullopt;
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (stream.bad() || text.size() > kMostFileBytes) return std::nullopt;
  return text;
}

// A secret or a URL: the file without the white space around it.
Result<std::string> read_secret(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be read", file));
  if (trim(*text).empty()) return fail(ErrorCode::kUnavailable, fmt::format("{} is empty", file));
  return std::string(trim(*text));
}

Result<std::vector<std::string>> read_headers(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be read", file));
  std::vector<std::string> headers;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line(trim(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (const auto usable = check_http_header(line); !usable) return fail(usable.error());
    headers.push_back(line);
  }
  return headers;
}

std::string_view type_of(const Task& task) {
  switch (task.about) {
    case About::kStanding:
    case About::kCampaign:  // which is no webhook's
      return "standing.changed";
    case About::kFuseOut:
      return "fuse.out";
    case About::kFuseBack:
      return "fuse.back";
  }
  return "";
}

std::string own_json(const Task& task) {
  json::array evidence;
  for (const SaidEvidence& found : task.evidence) {
    evidence.push_back(json::object{{"detector", outside_text(found.detector, 64)},
                                    {"group", outside_text(found.group, 64)},
                                    {"nats", std::isfinite(found.nats) ? found.nats : 0},
                                    {"says", outside_text(found.says)}});
  }
  return json::serialize(json::object{{"id", webhook_id(task)},
                                      {"type", type_of(task)},
                                      {"incident", task.incident.to_string()},
                                      {"account", outside_text(task.account.text())},
                                      {"tenant", outside_text(task.tenant)},
                                      {"time", format_rfc3339(task.time)},
                                      {"before", to_text(task.before)},
                                      {"after", to_text(task.after)},
                                      {"scope", to_text(task.scope)},
                                      {"observed", task.is_observed},
                                      {"risk", std::isfinite(task.risk) ? task.risk : 0},
                                      {"client", outside_text(task.client, 60)},
                                      {"messages", task.outgo.messages},
                                      {"recipients", task.outgo.recipients},
                                      {"author", outside_text(task.author)},
                                      {"reason", outside_text(task.reason, 2'000)},
                                      {"headline", headline(task)},
                                      {"evidence", std::move(evidence)}});
}

// Chats take &, < and > for markup of their own: "<!channel>" would wake everybody.
std::string slack_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string slack_json(const Task& task, const std::vector<OutboxRow>& rows) {
  const std::string text =
      fmt::format("[Postreeve #{}] {}\n\n{}", task.incident.to_string(), headline(task), story(task, rows));
  return json::serialize(json::object{{"text", slack_escaped(text)}});
}

mustache::data template_data(const Task& task, const std::vector<OutboxRow>& rows) {
  mustache::data data;
  const auto text = [&data](const std::string& name, const std::string& value) {
    data.set(name, value.empty() ? mustache::data(false) : mustache::data(value));
  };
  text("id", webhook_id(task));
  text("incident", task.incident.to_string());
  text("account", outside_text(task.account.text()));
  text("tenant", outside_text(task.tenant));
  text("time", format_rfc3339(task.time));
  text("before", std::string(to_text(task.before)));
  text("after", std::string(to_text(task.after)));
  text("scope", std::string(to_text(task.scope)));
  text("risk", fmt::format("{:.1f}", task.risk));
  text("client", outside_text(task.client, 60));
  text("messages", std::to_string(task.outgo.messages));
  text("recipients", std::to_string(task.outgo.recipients));
  text("author", outside_text(task.author));
  text("reason", outside_text(task.reason, 2'000));
  text("headline", headline(task));
  text("story", story(task, rows));
  data.set("observed", task.is_observed);
  data.set("restricted", is_restriction(task.after));
  mustache::data evidence(mustache::data::type::list);
  for (const SaidEvidence& found : task.evidence)
    evidence.push_back(mustache::data("says", outside_text(found.says)));
  data.set("evidence", evidence);
  return data;
}

std::string from_template(const std::string& text, const Task& task, const std::vector<OutboxRow>& rows) {
  mustache::mustache page(text);
  page.set_custom_escape([](const std::string& value) { return json_escaped(value); });
  const mustache::data data = template_data(task, rows);
  mustache::context<std::string> context;
  context.push(&data);
  return page.render(context);
}

// A change of standing that says something in every field.
Task sample_task() {
  Task task;
  task.id = 1;
  task.incident = {1};
  task.account = AccountId::from_login("a\"b\\c@sample.example", "").value_or(AccountId{});
  task.after = Level::kSuspended;
  task.reason = "\"quoted\"";
  task.evidence = {{.detector = "sample", .group = "sample", .nats = 1, .says = "a \"sample\""}};
  return task;
}

bool is_worth_another_try(long status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

std::string webhook_signature(std::string_view secret, Timestamp time, std::string_view id,
                              std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const std::string message = fmt::format("{}.{}.{}", seconds, id, body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &length);
  std::string value = fmt::format("t={},v1=", seconds);
  for (unsigned i = 0; i < length; ++i) value += fmt::format("{:02x}", digest[i]);
  return value;
}

std::string webhook_id(const Task& task) {
  return fmt::format("{}-{}", task.incident.to_string(), task.id);
}

Result<std::string> read_url(const ActionSettings& settings, const std::string& key) {
  const std::string file_key = key + "_file";
  if (settings.has(key) == settings.has(file_key))
    return wrong_key(key, fmt::format("give either this or '{}'", file_key));
  std::string url = settings.text(key);
  if (settings.has(file_key)) {
    auto read = read_secret(settings.text(file_key));
    if (!read) return wrong_key(file_key, read.error().detail);
    url = *std::move(read);
  }
  if (const auto usable = check_http_url(url); !usable) return wrong_key(key, usable.error().detail);
  return url;
}

Result<void> WebhookTarget::read_format(const ActionSettings& settings) {
  const std::string format = settings.text("format", "postreeve");
  if (format != "postreeve" && format != "slack" && format != "template")
    return wrong_key("format", "is none of postreeve, slack, template");
  if ((format == "template") != settings.has("template_file"))
    return wrong_key("template_file", "belongs to format = \"template\"");
  if (format == "slack") format_ = Format::kSlack;
  if (format != "template") return {};
  format_ = Format::kTemplate;
  const std::string file = settings.text("template_file");
  const auto text = read_file(file);
  if (!text) return wrong_key("template_file", fmt::format("{} cannot be read", file));
  if (const mustache::mustache page(*text); !page.is_valid())
    return wrong_key("template_file", page.error_message());
  boost::system::error_code no_json;
  static_cast<void>(json::parse(from_template(*text, sample_task(), {}), no_json));
  if (no_json)
    return wrong_key("template_file", fmt::format("what comes out is no JSON ({})", no_json.message()));
  template_ = *text;
  return {};
}

Result<WebhookTarget> WebhookTarget::make(const ActionSettings& settings, std::string url, WallClock clock) {
  WebhookTarget target;
  target.url_ = std::move(url);
  target.clock_ = std::move(clock);
  target.secret_file_ = settings.text("secret_file");
  target.header_file_ = settings.text("header_file");
  target.ca_file_ = settings.text("ca_file");
  target.headers_ = settings.texts("headers");
  for (const std::string& header : target.headers_) {
    if (const auto usable = check_http_header(header); !usable)
      return wrong_key("headers", usable.error().detail);
  }
  if (const auto read = target.read_format(settings); !read) return fail(read.error());
  if (const auto secret = read_secret(target.secret_file_); settings.has("secret_file") && !secret)
    return wrong_key("secret_file", secret.error().detail);
  if (const auto more = read_headers(target.header_file_); settings.has("header_file") && !more)
    return wrong_key("header_file", more.error().detail);
  return target;
}

std::string WebhookTarget::place() const {
  return place_of_url(url_);
}

std::string WebhookTarget::body_of(const Task& task, const std::vector<OutboxRow>& rows) const {
  switch (format_) {
    case Format::kPostreeve:
      return own_json(task);
    case Format::kSlack:
      return slack_json(task, rows);
    case Format::kTemplate:
      return from_template(template_, task, rows);
  }
  return {};
}

// The files are read anew: secrets are changed while we run.
Result<std::vector<std::string>> WebhookTarget::headers_for(const std::string& id,
                                                            const std::string& body) const {
  std::vector<std::string> headers{"Content-Type: application/json", "User-Agent: Postreeve",
                                   "Postreeve-Webhook-Id: " + id};
  std::ranges::copy(headers_, std::back_inserter(headers));
  if (!header_file_.empty()) {
    const auto more = read_headers(header_file_);
    if (!more) return fail(ErrorCode::kUnavailable, more.error().detail);
    std::ranges::copy(*more, std::back_inserter(headers));
  }
  if (!secret_file_.empty()) {
    const auto secret = read_secret(secret_file_);
    if (!secret) return fail(secret.error());
    headers.push_back("Postreeve-Signature: " + webhook_signature(*secret, clock_(), id, body));
  }
  return headers;
}

Result<std::string> WebhookTarget::post(const std::string& id, const std::string& body) {
  if (clock_() < wait_until_) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} asked to wait until {}", place(), format_rfc3339(wait_until_)));
  }
  const auto headers = headers_for(id, body);
  if (!headers) return fail(headers.error());
  const auto answer = http_post({.url = url_, .headers = *headers, .body = body, .ca_file = ca_file_});
  if (!answer) return fail(answer.error().code, fmt::format("{}: {}", place(), answer.error().detail));
  if (answer->status >= 200 && answer->status < 300)
    return fmt::format("{} took it ({})", place(), answer->status);
  const bool again = is_worth_another_try(answer->status);
  if (again) wait_until_ = clock_() + std::min(answer->retry_after, kMostWait);
  return fail(
      again ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput,
      fmt::format("{} answered {}: {}", place(), answer->status, outside_text(trim(answer->body), 200)));
}

}  // namespace postreeve
