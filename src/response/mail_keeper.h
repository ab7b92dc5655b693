// Keeps copies of messages with their envelopes, before they are deleted from the queue.
//
//   FOLDER/INCIDENT/QUEUE-ID.eml    the message as it would have been delivered
//   FOLDER/INCIDENT/QUEUE-ID.json   its envelope, as postreeve-queue shows it; written last
#pragma once

#include <string>

#include "base/result.h"
#include "finding/standing.h"
#include "response/queue_helper_client.h"

namespace postreeve {

// On the disk when it returns; files 0600, folders 0700. Replaces what an earlier attempt wrote.
// kUnavailable: cannot be written. kInvalidInput: a queue ID that is no file's name.
[[nodiscard]] Result<void> keep_mail(const std::string& folder, IncidentId incident,
                                     const std::string& queue_id, const PreservedMail& mail);

// Whether this message, and not another one that had its queue ID before, is kept there whole.
[[nodiscard]] bool is_mail_kept(const std::string& folder, IncidentId incident, const MailInQueue& mail);

}  // namespace postreeve
