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

// The format that is written, and the newest that is read. Version 1: Guard.
inline constexpr std::uint8_t kRecordFormat = 1;

// Replaces `bytes`; a string that is used again costs no allocation. About a microsecond.
void encode_record(const AccountRecord& record, std::string& bytes);
[[nodiscard]] std::string encode_record(const AccountRecord& record);

// Reads what encode_record wrote, of this format or an older one: encode(decode(x)) is x for the newest
// format. kCorrupt says what is wrong with the bytes; kInvalidInput that a newer version wrote them. Any
// bytes are safe: no length is trusted, and a record that is returned keeps what its classes promise.
[[nodiscard]] Result<AccountRecord> decode_record(std::string_view bytes);

}  // namespace postreeve
