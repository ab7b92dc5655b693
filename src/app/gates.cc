#include "app/gates.h"

#include <algorithm>
#include <utility>

#include "app/lists.h"
#include "app/service_manager.h"
#include "base/ascii.h"
#include "engine/familiar_places.h"
#include "engine/login_throttle.h"
#include "gate/auth_policy.h"
#include "gate/event_api.h"
#include "gate/milter.h"
#include "gate/postfix_policy.h"
#include "gate/socketmap.h"
#include "gate/stream_gate.h"
#include "gate/tcp_table.h"
#include "http/router.h"
#include "http/server.h"

namespace postreeve {
namespace {

std::optional<EventScope> scope_of(TokenBook& tokens, std::string_view token, const Policy& policy,
                                   Timestamp now) {
  const Result<TokenRow> row = tokens.verify(token, now);
  if (!row) return std::nullopt;
  EventScope scope{.name = row->name, .events = row->scope.events, .domains = {}};
  if (row->scope.tenant.empty()) return scope;
  const auto tenant = std::ranges::find(policy.tenants, row->scope.tenant, &Tenant::name);
  // A token of a tenant that is gone may speak of nobody.
  scope.domains = tenant == policy.tenants.end() ? std::vector<std::string>{""} : tenant->domains;
  return scope;
}

Result<std::string> first_line_of(const std::string& file) {
  if (file.empty()) return std::string();
  const Result<std::string> text = read_text_file(file);
  if (!text) return fail(text.error().code, file + ": " + text.error().detail);
  return std::string(trim(std::string_view(*text).substr(0, text->find('\n'))));
}

// Whose settings are to be looked at.
std::string section_of(const std::string& name) {
  return name == "metrics" ? "[metrics] listen: " : "[gate." + name + "] listen: ";
}

}  // namespace

struct Gates::Impl {
  Impl(boost::asio::io_context& c, const Serving& s, GateParts p)
      : context(c), serving(s), parts(std::move(p)), places(*parts.state.accounts, parts.state.key) {}

  Result<void> open();
  Result<void> open_policy();
  Result<void> open_tables();
  Result<void> open_milter();
  Result<void> open_auth_policy();
  Result<void> open_events();
  Result<void> open_metrics();
  Result<void> add(const std::string& name, const Endpoints& endpoints, StreamGate::MakeConversation make,
                   SessionLimits limits);
  Result<void> add(const std::string& name, const Endpoints& endpoints, HttpHandler handler,
                   const HttpLimits& limits);
  void add_health(Router& router) const;
  [[nodiscard]] std::shared_ptr<const LoginLock> lock_of(const LockMapSettings& settings) const;
  [[nodiscard]] ListenerOptions listener_options(const std::string& name) const {
    return {.most_connections = serving.most_connections, .inherited = inherited_socket(name)};
  }

  boost::asio::io_context& context;
  const Serving& serving;
  GateParts parts;
  FamiliarPlaces places;
  std::vector<std::string> listening;
  std::unique_ptr<LoginThrottle> throttle;
  std::unique_ptr<LoginDesk> desk;
  std::unique_ptr<AuthPolicy> auth_policy;
  std::unique_ptr<EventApi> events;
  Router events_router;
  Router metrics_router;
  std::vector<std::unique_ptr<StreamGate>> streams;
  std::vector<std::unique_ptr<HttpServer>> servers;
};

Result<void> Gates::Impl::open() {
  for (const auto step : {&Impl::open_policy, &Impl::open_tables, &Impl::open_milter, &Impl::open_auth_policy,
                          &Impl::open_events, &Impl::open_metrics}) {
    if (const Result<void> opened = (this->*step)(); !opened) return opened;
  }
  return {};
}

Result<void> Gates::Impl::open_policy() {
  auto options = std::make_shared<const PostfixPolicyOptions>(
      PostfixPolicyOptions{.default_domain = parts.default_domain,
                           .divert_to = serving.postfix_policy.divert_to,
                           .prepends = serving.postfix_policy.prepend_reason});
  return add(
      "postfix_policy", serving.postfix_policy.listen,
      [&guard = parts.guard, options] { return make_postfix_policy(guard, options); }, kPostfixPolicyLimits);
}

std::shared_ptr<const LoginLock> Gates::Impl::lock_of(const LockMapSettings& settings) const {
  LoginLockOptions options;
  options.default_domain = parts.default_domain;
  options.whole_account_only = settings.whole_account_only;
  return std::make_shared<const LoginLock>(parts.guard, std::move(options));
}

Result<void> Gates::Impl::open_tables() {
  Result<void> opened = add(
      "socketmap", serving.socketmap.listen,
      [lock = lock_of(serving.socketmap)] { return make_socketmap(lock); }, kTableLimits);
  if (!opened) return opened;
  return add(
      "tcp_table", serving.tcp_table.listen,
      [lock = lock_of(serving.tcp_table)] { return make_tcp_table(lock); }, kTableLimits);
}

Result<void> Gates::Impl::open_milter() {
  auto options = std::make_shared<const MilterOptions>(
      MilterOptions{.default_domain = parts.default_domain, .adds_header = serving.milter.add_header});
  return add(
      "milter", serving.milter.listen,
      [&guard = parts.guard, options] { return make_milter(guard, options); }, kMilterLimits);
}

Result<void> Gates::Impl::open_auth_policy() {
  if (serving.auth_policy.listen.empty()) return {};
  const Result<std::string> password = first_line_of(serving.auth_policy.password_file);
  if (!password) return fail(password.error());
  AuthPolicyOptions options;
  options.default_domain = parts.default_domain;
  options.user = serving.auth_policy.user;
  const bool by_header = !serving.auth_policy.api_header.empty();
  if (by_header) options.api_header = to_lower(serving.auth_policy.api_header);
  (by_header ? options.api_key : options.password) = *password;
  throttle = std::make_unique<LoginThrottle>(LoginThrottleSettings{}, parts.state.key);
  LoginDeskOptions desk_options;
  desk_options.suspended_refuses_smtp = serving.auth_policy.refuse_suspended;
  const auto is_familiar = [this](const AccountId& account, const IpAddress& address) {
    return places.knows(account, address);
  };
  desk = std::make_unique<LoginDesk>(login_guard(parts.guard, is_familiar, Door::kAuthPolicy), *throttle,
                                     desk_options);
  auth_policy = std::make_unique<AuthPolicy>(*desk, login_lists(parts.state.lists, parts.lists_changed),
                                             std::move(options));
  return add(
      "auth_policy", serving.auth_policy.listen,
      [this](HttpRequest request, HttpReply reply) {
        auth_policy->answer(std::move(request), std::move(reply));
      },
      HttpLimits{});
}

Result<void> Gates::Impl::open_events() {
  if (serving.events.empty()) return {};
  const EventTokens tokens = [this](std::string_view token) {
    return scope_of(parts.state.tokens, token, parts.guard.rules()->policy(), parts.guard.now());
  };
  EventApiOptions options;
  options.default_domain = parts.default_domain;
  events = std::make_unique<EventApi>(event_guard(parts.guard), tokens, std::move(options));
  events_router.add("POST", "/v1/events", [this](HttpRequest request, HttpReply reply) {
    events->answer(std::move(request), std::move(reply));
  });
  add_health(events_router);
  constexpr std::size_t kMostBodyBytes = 4UL * 1024 * 1024;
  return add(
      "events", serving.events,
      [this](HttpRequest request, HttpReply reply) {
        events_router.answer(std::move(request), std::move(reply));
      },
      HttpLimits{.body_bytes = kMostBodyBytes});
}

void Gates::Impl::add_health(Router& router) const {
  router.add("GET", "/livez", [](const HttpRequest&, HttpReply reply) { reply(text_response("ok\n")); });
  router.add("GET", "/readyz", [is_ready = parts.is_ready](const HttpRequest&, HttpReply reply) {
    reply(is_ready() ? text_response("ok\n") : text_response("not ready\n", 503));
  });
}

Result<void> Gates::Impl::open_metrics() {
  if (serving.metrics.empty()) return {};
  add_health(metrics_router);
  metrics_router.add("GET", "/metrics", [this](const HttpRequest&, HttpReply reply) {
    HttpResponse response = text_response(parts.metrics.text());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    reply(std::move(response));
  });
  return add(
      "metrics", serving.metrics,
      [this](HttpRequest request, HttpReply reply) {
        metrics_router.answer(std::move(request), std::move(reply));
      },
      HttpLimits{});
}

Result<void> Gates::Impl::add(const std::string& name, const Endpoints& endpoints,
                              StreamGate::MakeConversation make, SessionLimits limits) {
  if (endpoints.empty()) return {};
  limits.request_bytes = std::min<std::size_t>(limits.request_bytes, serving.most_request_kib * 1024UL);
  limits.idle = std::max(limits.idle, serving.idle);
  std::vector<ListenAt> listens;
  for (const Endpoint& endpoint : endpoints)
    listens.push_back({.endpoint = endpoint, .inherited = listens.empty() ? inherited_socket(name) : -1});
  auto gate = StreamGate::open(context, listens, std::move(make),
                               {.limits = limits, .most_connections = serving.most_connections});
  if (!gate) return fail(gate.error().code, section_of(name) + gate.error().detail);
  for (const Endpoint& endpoint : (*gate)->endpoints())
    listening.push_back(name + ' ' + endpoint.to_string());
  streams.push_back(std::move(*gate));
  return {};
}

Result<void> Gates::Impl::add(const std::string& name, const Endpoints& endpoints, HttpHandler handler,
                              const HttpLimits& limits) {
  if (endpoints.empty()) return {};
  auto server = std::make_unique<HttpServer>(context, std::move(handler), limits);
  bool is_first = true;
  for (const Endpoint& endpoint : endpoints) {
    ListenerOptions options = listener_options(name);
    if (!std::exchange(is_first, false)) options.inherited = -1;
    const Result<Endpoint> where = server->listen(endpoint, options);
    if (!where) return fail(where.error().code, section_of(name) + where.error().detail);
    listening.push_back(name + ' ' + where->to_string());
  }
  servers.push_back(std::move(server));
  return {};
}

Result<std::unique_ptr<Gates>> Gates::open(boost::asio::io_context& context, const Serving& serving,
                                           const GateParts& parts) {
  auto impl = std::make_unique<Impl>(context, serving, parts);
  if (const Result<void> opened = impl->open(); !opened) return fail(opened.error());
  return std::unique_ptr<Gates>(new Gates(std::move(impl)));
}

Gates::Gates(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gates::~Gates() = default;

void Gates::stop() {
  for (const auto& gate : impl_->streams) gate->stop();
  for (const auto& server : impl_->servers) server->stop();
}

std::size_t Gates::open_connections() const {
  std::size_t open = 0;
  for (const auto& gate : impl_->streams) open += gate->open_sessions();
  for (const auto& server : impl_->servers) open += server->connections();
  return open;
}

const std::vector<std::string>& Gates::listening() const {
  return impl_->listening;
}

}  // namespace postreeve
