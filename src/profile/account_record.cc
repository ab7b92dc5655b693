#include "profile/account_record.h"

#include "profile/familiarity.h"

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

namespace {

// Whether the owner sent with it, or from there, on so many days that it is his.
bool is_owners(const Habit* habit, std::uint8_t days) {
  return habit != nullptr && habit->send_days >= days;
}

void forget_lesson(AccountProfile& profile, const Lesson& lesson) {
  const Habit* network = profile.networks.find(lesson.network);
  const bool lives_there =
      is_owners(network, kFamiliarSendDays) || (network != nullptr && is_home(profile, *network));
  if (lives_there) return;
  profile.networks.forget(lesson.network);
  if (!is_owners(profile.clients.find(lesson.client), kFamiliarProviderDays))
    profile.clients.forget(lesson.client);
  if (!is_owners(profile.providers.find(lesson.provider), kFamiliarProviderDays))
    profile.providers.forget(lesson.provider);
  if (!is_owners(profile.countries.find(lesson.country), kFamiliarProviderDays))
    profile.countries.forget(lesson.country);
}

}  // namespace

void disown_stranger(AccountRecord& record) {
  if (!record.stranger) return;
  for (const Lesson& lesson : record.stranger->lessons) forget_lesson(record.profile, lesson);
  record.stranger->lessons.clear();
}

namespace {

template <typename Choice>
void adopt_ripe(AccountRecord& record, Timestamp until, Choice is_chosen) {
  std::erase_if(record.stranger->lessons, [&](const Lesson& lesson) {
    const bool ripe = is_chosen(lesson) && from_seconds32(lesson.time) <= until;
    if (ripe) learn(record.profile, lesson);
    return ripe;
  });
}

}  // namespace

void adopt_harmless(AccountRecord& record, Timestamp until) {
  adopt_ripe(record, until, [](const Lesson& lesson) { return lesson.harmless; });
}

void adopt_of_place(AccountRecord& record, Timestamp until) {
  adopt_ripe(record, until, [](const Lesson& lesson) { return lesson.harmless || lesson.by_place; });
}

std::size_t memory_bytes(const AccountRecord& record) noexcept {
  std::size_t bytes = sizeof(AccountRecord) + record.profile.networks.heap_bytes() +
                      record.profile.known_recipients.heap_bytes();
  if (record.stranger) bytes += sizeof(Stranger) + record.stranger->lessons.capacity() * sizeof(Lesson);
  return bytes;
}

}  // namespace postreeve
