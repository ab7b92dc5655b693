#include "profile/account_record.h"

namespace postreeve {
namespace {

std::unique_ptr<Stranger> copy_of(const std::unique_ptr<Stranger>& stranger) {
  return stranger ? std::make_unique<Stranger>(*stranger) : nullptr;
}

Origin origin_of(const Lesson& lesson) {
  Origin origin;
  origin.known = lesson.network != 0;
  origin.network = lesson.network;
  origin.provider = lesson.provider;
  origin.client = lesson.client;
  origin.country = CountryCode::unpack(lesson.country);
  return origin;
}

void learn(AccountProfile& profile, const Lesson& lesson) {
  if (lesson.recipient != 0) {
    learn_recipient(profile, lesson.recipient);
  } else {
    learn_use(profile, from_seconds32(lesson.time), origin_of(lesson), lesson.use);
  }
}

}  // namespace

AccountRecord::AccountRecord(const AccountRecord& other)
    : profile(other.profile),
      standing(other.standing),
      owner(other.owner),
      recent(other.recent),
      last_use(other.last_use),
      guesses(other.guesses),
      webmail(other.webmail),
      dismissed(other.dismissed),
      stranger(copy_of(other.stranger)) {}

AccountRecord& AccountRecord::operator=(const AccountRecord& other) {
  if (this != &other) *this = AccountRecord(other);
  return *this;
}

bool operator==(const AccountRecord& a, const AccountRecord& b) {
  if ((a.stranger == nullptr) != (b.stranger == nullptr)) return false;
  if (a.stranger && !(*a.stranger == *b.stranger)) return false;
  return a.profile == b.profile && a.owner == b.owner && a.standing == b.standing && a.recent == b.recent &&
         a.last_use == b.last_use && a.guesses == b.guesses && a.webmail == b.webmail &&
         a.dismissed == b.dismissed;
}

void keep(Stranger& stranger, const Lesson& lesson) {
  if (stranger.lessons.size() >= Stranger::kMostLessons) stranger.lessons.erase(stranger.lessons.begin());
  stranger.lessons.push_back(lesson);
}

Stranger& stranger_of(AccountRecord& record) {
  if (!record.stranger) record.stranger = std::make_unique<Stranger>();
  return *record.stranger;
}

void adopt_stranger(AccountRecord& record) {
  if (!record.stranger) return;
  for (const Lesson& lesson : record.stranger->lessons) learn(record.profile, lesson);
  record.stranger.reset();
}

void adopt_harmless(AccountRecord& record, Timestamp until) {
  std::erase_if(record.stranger->lessons, [&](const Lesson& lesson) {
    const bool ripe = lesson.harmless && from_seconds32(lesson.time) <= until;
    if (ripe) learn(record.profile, lesson);
    return ripe;
  });
}

std::size_t memory_bytes(const AccountRecord& record) noexcept {
  std::size_t bytes = sizeof(AccountRecord) + record.profile.networks.heap_bytes() +
                      record.profile.known_recipients.heap_bytes();
  if (record.stranger) bytes += sizeof(Stranger) + record.stranger->lessons.capacity() * sizeof(Lesson);
  return bytes;
}

}  // namespace postreeve
