// Credential test: the tiny message by which a thief tries a stolen login, minutes to two
// days before the run.
//
// Signs, in nats: at most 1500 bytes (549 in a case) to a freemail mailbox never written to
// and nobody else 2.0; an EHLO name that no mail client has (localhost and the like) 1.5; a
// subject of random letters (odd_text.h) 1.5. The first alone says nothing, the others
// nothing without the first.
//
// Limits: honest people send short notes to new freemail addresses all the time, so
// it weighs only at an unfamiliar place or with both odd client and odd subject, and half at
// an established one.
#include "base/ascii.h"
#include "detect/detectors.h"
#include "detect/freemail.h"
#include "detect/odd_text.h"

namespace postreeve {
namespace {

constexpr std::uint64_t kTinyBytes = 1'500;
constexpr double kBase = 2.0;  // tiny, and to one unknown freemail mailbox
constexpr double kOddClient = 1.5;
constexpr double kOddSubject = 1.5;

bool is_odd_client(std::string_view helo) {
  return equals_ignoring_case(helo, "localhost") || equals_ignoring_case(helo, "localhost.localdomain") ||
         equals_ignoring_case(helo, "ylmf-pc") || equals_ignoring_case(helo, "user") ||
         equals_ignoring_case(helo, "[127.0.0.1]");
}

}  // namespace

std::optional<Evidence> weigh_credential_test(const Scene& scene) {
  const bool to_one_unknown = scene.message.recipients == 1 && scene.message.unknown_recipients > 0;
  if (scene.kind != StepKind::kMessage || !to_one_unknown) return std::nullopt;
  const MessageFacts& message = scene.message;
  if (message.size == 0 || message.size > kTinyBytes || !is_freemail(message.recipient_domain))
    return std::nullopt;
  const bool odd_client = is_odd_client(message.helo_name);
  const bool odd_subject = looks_random(message.subject);
  if (!odd_client && !odd_subject) return std::nullopt;
  if (scene.side != Side::kStranger && !(odd_client && odd_subject)) return std::nullopt;
  const double nats = kBase + (odd_client ? kOddClient : 0) + (odd_subject ? kOddSubject : 0);
  return make_evidence(Reason::kTestMessage, scene.side == Side::kEstablished ? nats / 2 : nats,
                       {static_cast<std::int64_t>(message.size), ShortText(message.recipient_domain),
                        ShortText(message.helo_name), ShortText(message.subject)});
}

}  // namespace postreeve
