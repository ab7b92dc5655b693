#include "store/redis/redis_keys.h"

#include <charconv>
#include <system_error>

namespace postreeve::redis_keys {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kLettersOfNumber = 11;

void append_letters(std::string& name, std::uint64_t bits) {
  for (std::size_t i = 0; i < kLettersOfNumber; ++i, bits >>= 6U) name += kLetters[bits & 63U];
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

std::string in_braces(char kind, const std::string& name) {
  return std::string("pr:{") + kind + name + '}';
}

}  // namespace

std::string name_of(const Hash128& account) {
  std::string name;
  append_letters(name, account.low);
  append_letters(name, account.high);
  return name;
}

std::string name_of(std::uint64_t key) {
  std::string name;
  append_letters(name, key);
  return name;
}

std::optional<std::uint64_t> number_of(std::string_view name) {
  if (name.size() != kLettersOfNumber) return std::nullopt;
  std::uint64_t bits = 0;
  for (std::size_t i = kLettersOfNumber; i-- > 0;) {
    const std::size_t letter = kLetters.find(name[i]);
    if (letter == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | letter;
  }
  return bits;
}

std::string record(const Hash128& account) {
  return "pr:{" + name_of(account) + "}r";
}

std::string corrupt_record(const Hash128& account) {
  return "pr:{" + name_of(account) + "}bad";
}

std::string format(std::uint8_t newest) {
  return "pr:format" + std::to_string(newest);
}

std::optional<Hash128> account_of_record(std::string_view key) {
  if (key.size() != 4 + 2 * kLettersOfNumber + 2 || !key.starts_with("pr:{") || !key.ends_with("}r"))
    return std::nullopt;
  const auto low = number_of(key.substr(4, kLettersOfNumber));
  const auto high = number_of(key.substr(4 + kLettersOfNumber, kLettersOfNumber));
  if (!low || !high) return std::nullopt;
  return Hash128{*low, *high};
}

std::string network(std::uint64_t network) {
  return in_braces('n', name_of(network));
}
std::string destination(std::uint64_t destination) {
  return in_braces('d', name_of(destination));
}
std::string limit(std::uint64_t limit) {
  return in_braces('l', name_of(limit));
}
std::string trait(TraitKey trait) {
  return in_braces('t', name_of(trait));
}
std::string accusations(std::uint32_t account) {
  return in_braces('c', std::to_string(account));
}
std::string countries(std::uint32_t tenant) {
  return in_braces('k', std::to_string(tenant));
}

std::string name_of(TraitKey trait) {
  return std::to_string(static_cast<unsigned>(trait.trait)) + '.' + std::to_string(trait.value);
}

std::optional<TraitKey> trait_named(std::string_view name) {
  const std::size_t dot = name.find('.');
  unsigned kind = 0;
  TraitKey trait;
  if (dot == std::string_view::npos || !read_number(name.substr(0, dot), kind) ||
      !read_number(name.substr(dot + 1), trait.value))
    return std::nullopt;
  if (kind > static_cast<unsigned>(Trait::kPretence)) return std::nullopt;  // a newer version's
  trait.trait = static_cast<Trait>(kind);
  return trait;
}

}  // namespace postreeve::redis_keys
