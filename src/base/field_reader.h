// Bytes to fields (base/field_archive.h).
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/field_archive.h"
#include "base/result.h"

namespace postreeve {

// Never reads beyond the bytes, and trusts no length. After the first fault every number reads as 0 and
// every list as empty; finish() says what was wrong. What was read before must then be thrown away.
class FieldReader {
 public:
  static constexpr bool kReads = true;

  // Checks letters, version and checksum. `bytes` must live until finish(). kCorrupt; kInvalidInput when
  // they were written by a newer version.
  [[nodiscard]] static Result<FieldReader> open(const BlobFormat& format, std::string_view bytes);

  [[nodiscard]] std::uint8_t version() const noexcept { return version_; }
  [[nodiscard]] bool failed() const noexcept { return !fault_.empty(); }

  template <typename... Fields>
  void operator()(Fields&... values) {
    (field(values), ...);
  }
  template <typename T>
  void up_to(T& value, T most) {
    const auto raw = number<detail::UnsignedOf<sizeof(T)>>();
    if (raw > static_cast<decltype(raw)>(most)) return fault("a number out of its range");
    value = static_cast<T>(raw);
  }
  template <typename T>
  void list(std::vector<T>& values, std::size_t most) {
    const auto size = number<std::uint32_t>();
    if (size > most) return fault("a list that is too long");
    values.clear();
    values.reserve(size);
    for (std::uint32_t i = 0; i < size && !failed(); ++i) field(values.emplace_back());
  }
  template <typename Map>
  void map(Map& entries, std::size_t most) {
    const auto size = number<std::uint32_t>();
    if (size > most) return fault("a map that is too large");
    entries.clear();
    for (std::uint32_t i = 0; i < size && !failed(); ++i) {
      const auto key = number<typename Map::key_type>();
      field(entries[key]);
    }
  }
  // A fault unless it holds.
  void require(bool holds, std::string_view otherwise) {
    if (!holds) fault(otherwise);
  }

  // kCorrupt when anything was wrong, or bytes are left.
  [[nodiscard]] Result<void> finish();

 private:
  FieldReader(std::string_view name, std::uint8_t version, std::string_view rest)
      : name_(name), version_(version), rest_(rest) {}

  template <typename T>
  void field(T& value) {
    if constexpr (std::is_arithmetic_v<T>) {
      value = number<T>();
    } else {
      detail::describe(value, *this);
    }
  }
  template <typename T, std::size_t kSize>
  void field(std::array<T, kSize>& values) {
    for (T& value : values) field(value);
  }
  template <typename First, typename Second>
  void field(std::pair<First, Second>& values) {
    (*this)(values.first, values.second);
  }
  template <typename T>
  void field(std::unique_ptr<T>& value) {
    value = number<bool>() ? std::make_unique<T>() : nullptr;
    if (value) field(*value);
  }
  template <typename T>
  void field(std::optional<T>& value) {
    value.reset();
    if (number<bool>()) field(value.emplace());
  }

  template <typename T>
  T number() {
    if (!next_bit()) return T{};
    if constexpr (std::same_as<T, bool>) {
      return true;
    } else {
      if (rest_.size() < sizeof(T)) {
        fault("cut off");
        return T{};
      }
      std::uint64_t raw = 0;
      for (std::size_t i = 0; i < sizeof(T); ++i) {
        raw |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
      }
      rest_.remove_prefix(sizeof(T));
      if (raw == 0) fault("a zero that is written out");
      const auto value = std::bit_cast<T>(static_cast<detail::UnsignedOf<sizeof(T)>>(raw));
      if constexpr (std::is_floating_point_v<T>) {
        if (!std::isfinite(value)) {
          fault("a number that is none");
          return T{};
        }
      }
      return value;
    }
  }

  bool next_bit() noexcept {
    if (used_ == 8) {
      if (rest_.empty()) {
        fault("cut off");
        return false;
      }
      mask_ = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      used_ = 0;
    }
    return (mask_ >> static_cast<unsigned>(used_++) & 1U) != 0;
  }
  void fault(std::string_view what) noexcept;

  std::string_view name_;
  std::uint8_t version_;
  std::string_view rest_;
  unsigned mask_ = 0;
  int used_ = 8;
  std::string_view fault_;  // of literals
};

}  // namespace postreeve
