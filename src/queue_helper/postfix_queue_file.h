// Reads Postfix's queue files: records of a type, a length and that many bytes.
//
// The format is internal to Postfix and has been stable since 2.3 (src/global/rec_type.h there names the
// types): envelope records up to M, the content up to X, extracted records up to E. A pointer record goes on
// elsewhere in the file, where a milter changed something. Pure; any bytes may come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "queue_helper/queued_message.h"

namespace postreeve {

// `file` is the file, or its front (`is_whole` false). The message has neither queue_id, queue nor bounce_of;
// at most `most_recipients` of its open recipients.
//
// kLimitExceeded: the front is too short, give more of it. kCorrupt: this is no whole queue file.
// A login is known only when the envelope says the same one throughout.
[[nodiscard]] Result<QueuedMessage> read_postfix_envelope(std::string_view file, bool is_whole,
                                                          std::size_t most_recipients);

// The message as it would be delivered: header, empty line, body; lines end with LF. Fails as above.
[[nodiscard]] Result<std::string> read_postfix_content(std::string_view file);

}  // namespace postreeve
