// A record as bytes: what the stores on a disk or beyond the network keep.
//
// Versioned, the same on every machine, with a checksum; the form is in base/field_archive.h, the fields in
// profile/record_fields.h. An account of a month takes about half of what it takes in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "profile/account_record.h"

namespace postreeve {

// The newest format. Version 1: Guard; version 2: when a person last gave an order; version 3:
// recipients in ascending order.
inline constexpr std::uint8_t kRecordFormat = 3;
inline constexpr std::uint8_t kOldestRecordFormat = 1;  // that is read and can be written

// Replaces `bytes`; a string that is used again costs no allocation. About a microsecond. An older `version`
// is for neighbours that read no newer one; what that does not have is left out, or in the form that it has.
void encode_record(const AccountRecord& record, std::string& bytes, std::uint8_t version = kRecordFormat);
[[nodiscard]] std::string encode_record(const AccountRecord& record, std::uint8_t version = kRecordFormat);

// Reads what encode_record wrote, of the format `newest` or an older one. encode(decode(x)) is x in the
// newest format; in an older one it may lie otherwise and is read as the same. kCorrupt says what is wrong
// with the bytes; kInvalidInput that a newer version wrote them. Any bytes are safe: no length is trusted,
// and a record that is returned keeps what its classes promise.
[[nodiscard]] Result<AccountRecord> decode_record(std::string_view bytes,
                                                  std::uint8_t newest = kRecordFormat);

}  // namespace postreeve
