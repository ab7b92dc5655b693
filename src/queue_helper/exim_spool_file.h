// Reads the envelope and header that Exim keeps of each message in ID-H (chapter "Format of spool files" of
// its manual). Pure; any bytes may come in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "queue_helper/queued_message.h"

namespace postreeve {

struct EximEnvelope {
  QueuedMessage message;  // without bounce_of, and with the size of the header alone
  std::string header;     // as it would be delivered, without the empty line behind it
};

// `file` is the whole ID-H. kCorrupt: it is none.
[[nodiscard]] Result<EximEnvelope> read_exim_envelope(std::string_view file, std::size_t most_recipients);

}  // namespace postreeve
