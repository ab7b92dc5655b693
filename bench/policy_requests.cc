#include "bench/policy_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace postreeve::bench {
namespace {

struct Stage {
  std::string_view state;
  std::string_view recipient;
  std::string_view queue_id;
  std::uint64_t size = 0;
};

std::string request_of(const Life& life, const Act& act, std::uint64_t message, const Stage& stage) {
  return fmt::format(
      "request=smtpd_access_policy\nprotocol_state={}\nprotocol_name=ESMTP\nclient_address={}\n"
      "client_name=unknown\nclient_port=60709\nreverse_client_name=unknown\nserver_address=192.0.2.25\n"
      "server_port=587\nhelo_name={}\nsender={}\nrecipient={}\nrecipient_count={}\nqueue_id={}\n"
      "instance=2f6c.6b0230b3.{:x}.0\nsize={}\netrn_domain=\nstress=\nsasl_method=PLAIN\nsasl_username={}\n"
      "sasl_sender=\nccert_subject=\nccert_issuer=\nccert_fingerprint=\nccert_pubkey_fingerprint=\n"
      "encryption_protocol=TLSv1.3\nencryption_cipher=TLS_AES_256_GCM_SHA384\nencryption_keysize=256\n"
      "policy_context=\n\n",
      stage.state, act.address.to_string(), life.device(act.device).helo_name, life.account().text(),
      stage.recipient, stage.state == "RCPT" ? 0 : act.contacts.size(), stage.queue_id, message, stage.size,
      life.account().text());
}

}  // namespace

Transaction policy_transaction(const Life& life, const Act& act, std::uint64_t message) {
  Transaction transaction{.time = act.time, .requests = {}};
  std::string recipient;
  const std::string queue_id = fmt::format("4jX8D52N6B{:06x}", message);
  for (const std::uint32_t contact : act.contacts) {
    recipient = life.contact(contact);
    const std::string_view known_id = transaction.requests.empty() ? std::string_view() : queue_id;
    transaction.requests.push_back(request_of(life, act, message, {"RCPT", recipient, known_id}));
  }
  if (act.contacts.size() > 1) recipient.clear();
  transaction.requests.push_back(request_of(life, act, message, {"DATA", recipient, queue_id}));
  transaction.requests.push_back(
      request_of(life, act, message, {"END-OF-MESSAGE", recipient, queue_id, act.size}));
  return transaction;
}

bool is_whole_policy_reply(std::string_view reply) {
  return reply.ends_with("\n\n");
}

Traffic::Traffic(std::uint64_t accounts, MakeTransaction make) : make_(make) {
  lives_.reserve(accounts);
  for (std::uint64_t number = 0; number < accounts; ++number) lives_.emplace_back(number);
}

std::vector<Transaction> Traffic::next_day() {
  std::vector<Transaction> transactions;
  std::vector<Act> acts;
  for (Life& life : lives_) {
    acts.clear();
    life.live_day(day_, acts);
    for (const Act& act : acts) {
      if (act.is_message) transactions.push_back(make_(life, act, ++messages_));
    }
  }
  ++day_;
  std::ranges::stable_sort(transactions, {}, &Transaction::time);
  return transactions;
}

}  // namespace postreeve::bench
