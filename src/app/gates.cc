#include "app/gates.h"

#include <algorithm>
#include <utility>

#include "app/gate_limits.h"
#include "app/inherited_sockets.h"
#include "app/lists.h"
#include "app/service_manager.h"
#include "base/ascii.h"
#include "base/password_file.h"
#include "engine/familiar_places.h"
#include "engine/login_throttle.h"
#include "gate/auth_policy.h"
#include "gate/event_tokens.h"
#include "gate/milter.h"
#include "gate/postfix_policy.h"
#include "gate/socketmap.h"
#include "gate/stream_gate.h"
#include "gate/tcp_table.h"
#include "http/router.h"
#include "http/server.h"

namespace postreeve {
namespace {

std::vector<std::string> domains_of(const Policy& policy, std::string_view tenant) {
  const auto found = std::ranges::find(policy.tenants, tenant, &Tenant::name);
  return found == policy.tenants.end() ? std::vector<std::string>{} : found->domains;
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
                   const SessionLimits& limits);
  Result<void> add(const std::string& name, const Endpoints& endpoints, HttpHandler handler,
                   const HttpLimits& limits);
  void add_health(Router& router) const;
  [[nodiscard]] std::shared_ptr<const LoginLock> lock_of(const LockMapSettings& settings) const;

  boost::asio::io_context& context;
  const Serving& serving;
  GateParts parts;
  FamiliarPlaces places;
  std::vector<std::string> listening;
  WaitingActions waiting;  // for their messages
  std::unique_ptr<LoginThrottle> throttle;
  std::unique_ptr<LoginDesk> desk;
  std::unique_ptr<AuthPolicy> auth_policy;
  std::unique_ptr<EventApi> events;
  Router events_router;
  Router metrics_router;
  std::vector<std::unique_ptr<StreamGate>> streams;
  std::vector<std::unique_ptr<HttpServer>> servers;
  const HttpServer* health = nullptr;  // of `servers`, what monitoring asks
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
      [this, options] { return make_postfix_policy(parts.guard, waiting, options); },
      as_configured(kPostfixPolicyLimits, serving));
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
      [lock = lock_of(serving.socketmap)] { return make_socketmap(lock); },
      as_configured(kTableLimits, serving));
  if (!opened) return opened;
  return add(
      "tcp_table", serving.tcp_table.listen,
      [lock = lock_of(serving.tcp_table)] { return make_tcp_table(lock); },
      as_configured(kTableLimits, serving));
}

Result<void> Gates::Impl::open_milter() {
  auto options = std::make_shared<const MilterOptions>(
      MilterOptions{.default_domain = parts.default_domain, .adds_header = serving.milter.add_header});
  return add(
      "milter", serving.milter.listen,
      [&guard = parts.guard, options] { return make_milter(guard, options); }, milter_limits(serving));
}

Result<void> Gates::Impl::open_auth_policy() {
  if (serving.auth_policy.listen.empty()) return {};
  const Result<std::string> password = read_password(serving.auth_policy.password_file);
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
  desk_options.suspended_refuses_mailboxes = serving.auth_policy.suspended_refuses_mailboxes;
  const auto is_familiar = [this](const AccountId& account, const IpAddress& address) {
    return places.knows(account, address);
  };
  desk = std::make_unique<LoginDesk>(login_guard(parts.guard, is_familiar, Door::kAuthPolicy), *throttle,
                                     desk_options);
  auth_policy = std::make_unique<AuthPolicy>(*desk, login_lists(parts.state.lists, parts.lists_changed),
                                             std::move(options), parts.saw_allow);
  return add(
      "auth_policy", serving.auth_policy.listen,
      [this](HttpRequest request, HttpReply reply) {
        auth_policy->answer(std::move(request), std::move(reply));
      },
      as_configured(HttpLimits{}, serving));
}

Result<void> Gates::Impl::open_events() {
  if (serving.events.empty()) return {};
  EventTokens tokens = event_tokens(
      parts.state.tokens, [this] { return parts.guard.now(); },
      [this](std::string_view tenant) { return domains_of(parts.guard.rules()->policy(), tenant); });
  EventApiOptions options;
  options.default_domain = parts.default_domain;
  events = std::make_unique<EventApi>(event_guard(parts.guard, parts.settle), std::move(tokens),
                                      std::move(options), &parts.state.answers,
                                      [this] { return parts.guard.now(); });
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
      as_configured(HttpLimits{.body_bytes = kMostBodyBytes}, serving));
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
  Result<void> opened = add(
      "metrics", serving.metrics,
      [this](HttpRequest request, HttpReply reply) {
        metrics_router.answer(std::move(request), std::move(reply));
      },
      as_configured(HttpLimits{}, serving));
  if (opened) health = servers.back().get();
  return opened;
}

Result<void> Gates::Impl::add(const std::string& name, const Endpoints& endpoints,
                              StreamGate::MakeConversation make, const SessionLimits& limits) {
  if (endpoints.empty()) return {};
  const auto inherited = share_out(inherited_sockets(name), endpoints);
  if (!inherited) return fail(inherited.error().code, section_of(name) + inherited.error().detail);
  std::vector<ListenAt> listens;
  listens.reserve(endpoints.size());
  for (std::size_t i = 0; i < endpoints.size(); ++i)
    listens.push_back({.endpoint = endpoints[i], .inherited = (*inherited)[i]});
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
  const auto inherited = share_out(inherited_sockets(name), endpoints);
  if (!inherited) return fail(inherited.error().code, section_of(name) + inherited.error().detail);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const Result<Endpoint> where = server->listen(
        endpoints[i], {.most_connections = serving.most_connections, .inherited = (*inherited)[i]});
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
  for (const auto& server : impl_->servers) {
    if (server.get() != impl_->health) server->stop();
  }
}

std::size_t Gates::open_connections() const {
  return under_way() + (impl_->health == nullptr ? 0 : impl_->health->connections());
}

std::size_t Gates::under_way() const {
  std::size_t open = 0;
  for (const auto& gate : impl_->streams) open += gate->open_sessions();
  for (const auto& server : impl_->servers) {
    if (server.get() != impl_->health) open += server->connections();
  }
  return open;
}

const std::vector<std::string>& Gates::listening() const {
  return impl_->listening;
}

}  // namespace postreeve
