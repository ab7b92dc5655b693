// Records for tests: grown by use, or filled with anything that the format can hold.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/field_archive.h"
#include "profile/account_record.h"
#include "profile/record_fields.h"

namespace postreeve {

// An archive that fills every field with a random value; the tables of recipients are grown, not filled.
class RandomFields {
 public:
  static constexpr bool kReads = false;

  // `zeros`: share of the numbers that stay 0.
  RandomFields(std::uint64_t seed, double zeros) : random_(seed), zeros_(zeros) {}

  [[nodiscard]] static std::uint8_t version() { return 255; }
  template <typename... Fields>
  void operator()(Fields&... values) {
    (field(values), ...);
  }
  template <typename T>
  void up_to(T& value, T most) {
    value = static_cast<T>(random_() % (static_cast<std::uint64_t>(most) + 1));
  }
  template <typename T>
  void list(std::vector<T>& values, std::size_t most) {
    values.resize(random_() % (most + 1));
    for (T& value : values) field(value);
  }
  static void require(bool /*holds*/, std::string_view /*otherwise*/) {}

 private:
  template <typename T>
  void field(T& value) {
    if constexpr (std::is_floating_point_v<T>) {
      value = is_zero() ? T{} : static_cast<T>(std::uniform_real_distribution<double>(-1e6, 1e6)(random_));
    } else if constexpr (std::is_arithmetic_v<T>) {
      value = is_zero() ? T{} : static_cast<T>(random_());
    } else {
      detail::describe(value, *this);
    }
  }
  void field(RecipientMemory& memory) {
    const std::uint64_t size = random_() % 8 == 0 ? random_() % 30'000 : random_() % 200;
    for (std::uint64_t i = 0; i < size; ++i) memory.add(static_cast<std::uint32_t>(random_()));
  }
  void field(CountryCode& country) { country = CountryCode::of(random_() % 2 == 0 ? "PL" : ""); }
  void field(Prefix& prefix) {
    const IpAddress address = random_() % 2 == 0 ? IpAddress::v4(static_cast<std::uint32_t>(random_()))
                                                 : IpAddress(random_(), random_());
    prefix = Prefix::of(address, static_cast<int>(random_() % 129));
  }
  template <typename T, std::size_t kSize>
  void field(std::array<T, kSize>& values) {
    for (T& value : values) field(value);
  }
  template <typename T>
  void field(std::unique_ptr<T>& value) {
    value = is_zero() ? nullptr : std::make_unique<T>();
    if (value) field(*value);
  }
  template <typename T>
  void field(std::optional<T>& value) {
    value.reset();
    if (!is_zero()) field(value.emplace());
  }
  bool is_zero() { return std::uniform_real_distribution<double>(0, 1)(random_) < zeros_; }

  std::mt19937_64 random_;
  double zeros_;
};

inline AccountRecord random_record(std::uint64_t seed) {
  AccountRecord record;
  RandomFields archive(seed, static_cast<double>(seed % 11) / 10);
  archive(record);
  return record;
}

// A record after `steps` random steps of learning.
inline AccountRecord grown_record(std::uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint32_t most) { return static_cast<std::uint32_t>(random() % most); };
  AccountRecord record;
  Timestamp time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
  for (int i = 0; i < steps; ++i) {
    time += std::chrono::minutes{below(600)};
    Origin origin;
    origin.known = true;
    origin.network = 1 + below(40);
    origin.provider = 1 + below(6);
    origin.client = 1 + below(5);
    origin.country = CountryCode::of("DE");
    learn_use(record.profile, time, origin, static_cast<Use>(below(3)));
    if (below(2) == 0) learn_recipient(record.profile, below(2'000));
    learn_message(record.profile, time,
                  {.recipients = 1 + below(9), .messages_hour = below(20), .sender = below(3)});
    learn_answer(record.profile, below(20) == 0);
    record.owner.messages_hour.add(time);
    record.owner.complaints.add(time);
    record.recent.add(
        {.step = below(9999), .time = to_seconds32(time), .action = static_cast<Action>(below(5))});
    if (below(10) == 0)
      keep(stranger_of(record), {.time = to_seconds32(time), .network = below(99), .use = Use::kRead});
    if (below(10) == 0) note_webmail_login(record, origin, time);
  }
  return record;
}

}  // namespace postreeve
