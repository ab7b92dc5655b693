// Fields to bytes (base/field_archive.h).
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/field_archive.h"

namespace postreeve {

// Total. Numbers that are none (NaN, infinities) are written as 0: no memory is better than a poisoned one.
class FieldWriter {
 public:
  static constexpr bool kReads = false;

  // Replaces `bytes`, which must live until finish().
  FieldWriter(const BlobFormat& format, std::string& bytes, std::uint8_t version = 0);

  [[nodiscard]] std::uint8_t version() const noexcept { return version_; }

  template <typename... Fields>
  void operator()(const Fields&... values) {
    (field(values), ...);
  }
  // A number or enumerator that is at most `most`.
  template <typename T>
  void up_to(const T& value, T most) {
    static_cast<void>(most);
    number(value);
  }
  // A vector of at most `most` elements.
  template <typename T>
  void list(const std::vector<T>& values, std::size_t most) {
    static_cast<void>(most);
    number(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) field(value);
  }
  // A map of numbers to values, of at most `most` entries.
  template <typename Map>
  void map(const Map& entries, std::size_t most) {
    static_cast<void>(most);
    number(static_cast<std::uint32_t>(entries.size()));
    for (const auto& [key, value] : entries) (*this)(key, value);
  }
  void require(bool holds, std::string_view otherwise) noexcept {
    static_cast<void>(holds);
    static_cast<void>(otherwise);
  }

  void finish();

 private:
  template <typename T>
  void field(const T& value) {
    if constexpr (std::is_arithmetic_v<T>) {
      number(value);
    } else {
      detail::describe(value, *this);
    }
  }
  template <typename T, std::size_t kSize>
  void field(const std::array<T, kSize>& values) {
    for (const T& value : values) field(value);
  }
  template <typename First, typename Second>
  void field(const std::pair<First, Second>& values) {
    (*this)(values.first, values.second);
  }
  template <typename T>
  void field(const std::unique_ptr<T>& value) {
    number(value != nullptr);
    if (value) field(std::as_const(*value));
  }
  template <typename T>
  void field(const std::optional<T>& value) {
    number(value.has_value());
    if (value) field(*value);
  }

  template <typename T>
  void number(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value)) value = 0;
    }
    if (used_ == 8) {
      mask_at_ = bytes_->size();
      bytes_->push_back('\0');
      used_ = 0;
    }
    const auto bit = static_cast<unsigned>(used_++);
    if constexpr (std::same_as<T, bool>) {
      if (value) mark(bit);
    } else {
      auto rest = std::bit_cast<detail::UnsignedOf<sizeof(T)>>(value);
      if (rest == 0) return;
      mark(bit);
      std::array<char, sizeof(T)> little{};
      for (std::size_t i = 0; i < sizeof(T); ++i) {
        little[i] = static_cast<char>(static_cast<std::uint64_t>(rest) >> (8 * i) & 0xffU);
      }
      bytes_->append(little.data(), little.size());
    }
  }
  void mark(unsigned bit) {
    char& mask = (*bytes_)[mask_at_];
    mask = static_cast<char>(static_cast<unsigned char>(mask) | 1U << bit);
  }

  std::string* bytes_;
  std::uint8_t version_;
  int used_ = 8;  // bits of the mask
  std::size_t mask_at_ = 0;
};

}  // namespace postreeve
