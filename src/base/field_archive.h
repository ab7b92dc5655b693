// Values as bytes and back, by one description of their fields for both directions.
//
//   template <ConstOr<Habit> Self, typename Archive>
//   void fields(Self& habit, Archive& archive) {
//     auto& [key, day] = habit;  // a new member does not compile before it is named here
//     archive(key, day);
//   }
//
// A class with private members has the same as `template <typename Self, typename Archive> static void
// fields(Self&, Archive&)`. The writer calls it with a const value, the reader with one to fill in, so
// that what is written and what is read cannot drift apart.
//
// FieldWriter (base/field_writer.h) and FieldReader (base/field_reader.h) are the two archives.
//
// The bytes: two letters that name the format, its version, the fields, four bytes of checksum. Before
// each eight numbers lies a byte that says which of them are not zero; only those follow, little-endian, each
// in its own width; `true` needs nothing but its bit. So what is empty costs an eighth of a byte a number,
// and a value has one form only: what is read and written again gives the same bytes.
//
// A later version: raise BlobFormat::version and describe what is new with `if (archive.version() >= 2)
// archive(what_is_new);`. Older bytes then leave it as it was made. A writer can be told to write
// an older version, for neighbours that do not know the new one yet.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace postreeve {

template <typename T, typename Of>
concept ConstOr = std::same_as<std::remove_const_t<T>, Of>;

struct BlobFormat {
  std::string_view name;        // for messages: "a record"
  std::array<char, 2> letters;  // the first bytes
  std::uint8_t version = 1;     // the newest that is known, at least 1
};

namespace detail {

template <std::size_t kBytes>
using UnsignedOf =
    std::conditional_t<kBytes == 1, std::uint8_t,
                       std::conditional_t<kBytes == 2, std::uint16_t,
                                          std::conditional_t<kBytes == 4, std::uint32_t, std::uint64_t>>>;

template <typename T, typename Archive>
void describe(T& value, Archive& archive) {
  if constexpr (requires { std::remove_const_t<T>::fields(value, archive); }) {
    std::remove_const_t<T>::fields(value, archive);
  } else {
    fields(value, archive);  // beside the type, found by its namespace
  }
}

}  // namespace detail

}  // namespace postreeve
