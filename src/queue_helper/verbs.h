// What the helper does, and for whom: here it is checked whose mail a message is.
//
// Its answer is JSON Lines. The last line is {"end":true}, or {"error":"...","code":"invalid_input"}
// (not_found, conflict, unavailable, limit_exceeded, corrupt); an answer without either was cut off.
//
//   list     a message a line, oldest first ("arrived" in microseconds, "created" in seconds):
//            {"queue_id":"4jX8...","queue":"hold","account":"anna@shop.example",
//            "login":"Anna","client_address":"198.51.100.7","sender":"...","is_local":false,"arrived":1772334000250000,
//            "created":1772334000,"size":812,"recipients":["..."],"open_recipients":2,"done_recipients":0}
//            and "bounce_of":["4jX7...","<m1@x>"] with --bounces
//   show     such a line, then {"content":"BASE64"} in pieces
//   others   {"queue_id":"4jX8...","result":"held"} for each ID, in the order in which they were asked for
//
// Results: held, was_held, released, deleted; not_held (release and delete touch only the hold queue), gone
// (it left the queue), not_of_account, failed (still as it was), later (no time left: ask again).
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "queue_helper/arguments.h"
#include "queue_helper/mail_queue.h"

namespace postreeve {

inline constexpr std::size_t kMostShownBytes = 32UL * 1024 * 1024;
inline constexpr std::size_t kMostInputBytes = 8UL * 1024 * 1024;
// Releasing stops after that: whoever asks waits half a minute.
inline constexpr std::chrono::seconds kReleaseTime{18};

using LineWriter = std::function<void(std::string_view line)>;  // with its line break

// `input`: a queue ID a line; with --bounces also "ID ORIGINAL": a bounce, and the queue ID or Message-ID of
// what it must be about. Lines that are neither are an error, and nothing is done.
[[nodiscard]] Result<void> answer_helper_request(const HelperRequest& request, MailQueue& queue,
                                                 std::string_view input, const LineWriter& write);

// {"error": ...}
[[nodiscard]] std::string error_line(const Error& error);

}  // namespace postreeve
