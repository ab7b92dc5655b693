// Names and phrases of the lab's people.
#pragma once

#include <cstdint>
#include <string>

#include "lab/random.h"

namespace postreeve::lab {

[[nodiscard]] std::string_view first_name(std::uint64_t number);
[[nodiscard]] std::string_view last_name(std::uint64_t number);
// "Anna Kowalska" of person `number`.
[[nodiscard]] std::string full_name(std::uint64_t number);

// Each replaces `text`.
void write_subject(std::string& text, Random& random);
void write_reply_subject(std::string& text, Random& random);
void write_newsletter_subject(std::string& text, Random& random);
void write_order_subject(std::string& text, Random& random);
void write_scan_subject(std::string& text, Random& random);
void write_ticket_subject(std::string& text, Random& random);
// What thieves write; `campaign` chooses the text, so that one campaign keeps its subjects.
void write_spam_subject(std::string& text, std::uint64_t campaign, Random& random);
void write_fraud_subject(std::string& text, Random& random);
// "ZYaeD, X"
void write_random_subject(std::string& text, Random& random);

}  // namespace postreeve::lab
