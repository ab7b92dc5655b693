#include "response/ldap_directory.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/password_file.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

using Clock = TimeLimit::Clock;

struct FreeMessage {
  void operator()(LDAPMessage* message) const noexcept { (void)ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, FreeMessage>;

// Whether the same request would fail again.
bool is_lasting(int code) {
  constexpr std::array kLasting{LDAP_NO_SUCH_OBJECT,         LDAP_INVALID_SYNTAX,   LDAP_UNDEFINED_TYPE,
                                LDAP_OBJECT_CLASS_VIOLATION, LDAP_FILTER_ERROR,     LDAP_INVALID_DN_SYNTAX,
                                LDAP_CONSTRAINT_VIOLATION,   LDAP_PARAM_ERROR,      LDAP_INSUFFICIENT_ACCESS,
                                LDAP_INAPPROPRIATE_MATCHING, LDAP_NAMING_VIOLATION, LDAP_NO_OBJECT_CLASS_MODS,
                                LDAP_NOT_ALLOWED_ON_RDN,     LDAP_REFERRAL};
  return std::ranges::find(kLasting, code) != kLasting.end();
}

std::string diagnosis(LDAP* handle) {
  char* text = nullptr;
  (void)ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, static_cast<void*>(&text));
  const std::string says = text == nullptr ? "" : stored_line(text, 300);
  ldap_memfree(text);
  return says;
}

// Values in the shape that the library wants; points into `values`.
class Values {
 public:
  explicit Values(const std::vector<std::string>& values) {
    for (const std::string& value : values)
      values_.push_back({.bv_len = value.size(), .bv_val = const_cast<char*>(value.data())});
    for (berval& value : values_) pointers_.push_back(&value);
    pointers_.push_back(nullptr);
  }
  // None at all is a null pointer: the whole attribute.
  [[nodiscard]] berval** get() { return values_.empty() ? nullptr : pointers_.data(); }

 private:
  std::vector<berval> values_;
  std::vector<berval*> pointers_;
};

int operation(LdapChange::Kind kind) {
  switch (kind) {
    case LdapChange::Kind::kAdd:
      return LDAP_MOD_ADD | LDAP_MOD_BVALUES;
    case LdapChange::Kind::kDelete:
      return LDAP_MOD_DELETE | LDAP_MOD_BVALUES;
    case LdapChange::Kind::kReplace:
      break;
  }
  return LDAP_MOD_REPLACE | LDAP_MOD_BVALUES;
}

timeval as_timeval(std::chrono::seconds time) {
  return {.tv_sec = time.count(), .tv_usec = 0};
}

template <typename Value>
bool set(LDAP* handle, int option, const Value* value) {
  return ldap_set_option(handle, option, value) == LDAP_OPT_SUCCESS;
}

bool set_up(LDAP* handle, const LdapServer& server) {
  constexpr int kVersion = LDAP_VERSION3;
  constexpr int kDemand = LDAP_OPT_X_TLS_DEMAND;
  constexpr int kClient = 0;
  // Each server of a list is given its share of the time.
  const auto servers = 1 + std::ranges::count(server.uri, ' ');
  const timeval network = as_timeval(std::max(std::chrono::seconds(1), server.timeout / servers));
  const timeval answer = as_timeval(server.timeout);
  bool is_set = set(handle, LDAP_OPT_PROTOCOL_VERSION, &kVersion) &&
                set(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) &&
                set(handle, LDAP_OPT_NETWORK_TIMEOUT, &network) && set(handle, LDAP_OPT_TIMEOUT, &answer) &&
                set(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &kDemand);
  if (!server.ca_file.empty())
    is_set = is_set && set(handle, LDAP_OPT_X_TLS_CACERTFILE, server.ca_file.c_str());
  return is_set && set(handle, LDAP_OPT_X_TLS_NEWCTX, &kClient);
}

std::vector<std::string> values_of(LDAP* handle, LDAPMessage* entry, const std::string& attribute) {
  std::vector<std::string> values;
  berval** found = ldap_get_values_len(handle, entry, attribute.c_str());
  for (berval** value = found; value != nullptr && *value != nullptr; ++value)
    values.emplace_back((*value)->bv_val, (*value)->bv_len);
  ldap_value_free_len(found);
  return values;
}

}  // namespace

LdapConnection::LdapConnection(std::chrono::seconds timeout)
    : timeout_(timeout),
      end_(Clock::now() + timeout),
      callbacks_{.lc_add = on_connected, .lc_del = on_closing, .lc_arg = this} {}

int LdapConnection::on_connected(LDAP*, Sockbuf* buffer, LDAPURLDesc*, sockaddr*,
                                 ldap_conncb* self) noexcept {
  auto& connection = *static_cast<LdapConnection*>(self->lc_arg);
  ber_socket_t socket = -1;
  if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &socket) != 1) return -1;
  try {
    // A server that is silent in the midst of a TLS handshake is waited for by nobody else.
    connection.limit_ = std::make_unique<TimeLimit>(socket, connection.end_);
  } catch (const std::exception&) {
    return -1;
  }
  return 0;
}

void LdapConnection::on_closing(LDAP*, Sockbuf*, ldap_conncb*) noexcept {}

std::unexpected<Error> LdapConnection::failure(int code) const {
  if ((limit_ && limit_->has_struck()) || code == LDAP_TIMEOUT)
    return fail(ErrorCode::kUnavailable, fmt::format("ldap did not answer within {} s", timeout_.count()));
  const std::string more = diagnosis(handle_.get());
  return fail(is_lasting(code) ? ErrorCode::kInvalidInput : ErrorCode::kUnavailable,
              fmt::format("ldap: {}{}{}", ldap_err2string(code), more.empty() ? "" : ": ", more));
}

Result<std::unique_ptr<LdapConnection>> LdapConnection::open(const LdapServer& server) {
  std::unique_ptr<LdapConnection> connection(new LdapConnection(server.timeout));
  const auto password = read_password(server.password_file);
  if (!password) return fail(password.error());
  if (auto connected = connection->connect(server); !connected) return fail(connected.error());
  if (auto in = connection->log_in(server, *password); !in) return fail(in.error());
  return connection;
}

Result<void> LdapConnection::connect(const LdapServer& server) {
  LDAP* made = nullptr;
  if (const int code = ldap_initialize(&made, server.uri.c_str()); code != LDAP_SUCCESS)
    return fail(ErrorCode::kInvalidInput, fmt::format("ldap: {}: {}", server.uri, ldap_err2string(code)));
  handle_.reset(made);
  if (!set_up(made, server) || !set(made, LDAP_OPT_CONNECT_CB, &callbacks_))
    return fail(ErrorCode::kUnavailable, fmt::format("ldap: TLS cannot be set up with {}", server.ca_file));
  const int code = ldap_connect(made);
  if (code == LDAP_SUCCESS) return {};
  if (limit_ && limit_->has_struck()) return failure(code);
  const std::string more = diagnosis(made);
  return fail(ErrorCode::kUnavailable, fmt::format("ldap cannot be reached at {}: {}{}{}", server.uri,
                                                   ldap_err2string(code), more.empty() ? "" : ": ", more));
}

Result<void> LdapConnection::log_in(const LdapServer& server, const std::string& password) {
  if (server.start_tls) {
    if (const int code = ldap_start_tls_s(handle_.get(), nullptr, nullptr); code != LDAP_SUCCESS)
      return failure(code);
  }
  if (server.bind_dn.empty()) return {};
  berval secret{.bv_len = password.size(), .bv_val = const_cast<char*>(password.data())};
  const int code = ldap_sasl_bind_s(handle_.get(), server.bind_dn.c_str(), LDAP_SASL_SIMPLE, &secret, nullptr,
                                    nullptr, nullptr);
  if (code != LDAP_SUCCESS) return failure(code);
  return {};
}

Result<LdapEntry> LdapConnection::find(const std::string& base, const std::string& filter,
                                       const std::string& attribute) {
  constexpr int kMostEntries = 2;
  std::array<char*, 2> attributes{const_cast<char*>(attribute.c_str()), nullptr};
  timeval time = as_timeval(timeout_);
  LDAPMessage* received = nullptr;
  const int code = ldap_search_ext_s(handle_.get(), base.c_str(), LDAP_SCOPE_SUBTREE, filter.c_str(),
                                     attributes.data(), 0, nullptr, nullptr, &time, kMostEntries, &received);
  const Message message(received);
  if (code != LDAP_SUCCESS && code != LDAP_SIZELIMIT_EXCEEDED) return failure(code);
  LDAPMessage* entry = ldap_first_entry(handle_.get(), message.get());
  if (entry == nullptr) return fail(ErrorCode::kNotFound, "there is no such entry");
  if (code == LDAP_SIZELIMIT_EXCEEDED || ldap_next_entry(handle_.get(), entry) != nullptr)
    return fail(ErrorCode::kInvalidInput, "ldap: more than one entry fits " + stored_line(filter, 500));
  char* dn = ldap_get_dn(handle_.get(), entry);
  LdapEntry found{.dn = dn == nullptr ? "" : dn, .values = values_of(handle_.get(), entry, attribute)};
  ldap_memfree(dn);
  return found;
}

Result<LdapOutcome> LdapConnection::change(const std::string& dn, const std::string& attribute,
                                           const std::vector<LdapChange>& changes) {
  std::vector<Values> values;
  std::vector<LDAPMod> modifications(changes.size());
  std::vector<LDAPMod*> pointers;
  values.reserve(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    values.emplace_back(changes[i].values);
    modifications[i].mod_op = operation(changes[i].kind);
    modifications[i].mod_type = const_cast<char*>(attribute.c_str());
    modifications[i].mod_bvalues = values[i].get();
    pointers.push_back(&modifications[i]);
  }
  pointers.push_back(nullptr);
  const int code = ldap_modify_ext_s(handle_.get(), dn.c_str(), pointers.data(), nullptr, nullptr);
  if (code == LDAP_SUCCESS) return LdapOutcome::kDone;
  if (code == LDAP_TYPE_OR_VALUE_EXISTS) return LdapOutcome::kValueExists;
  if (code == LDAP_NO_SUCH_ATTRIBUTE) return LdapOutcome::kNoSuchValue;
  return failure(code);
}

}  // namespace postreeve
