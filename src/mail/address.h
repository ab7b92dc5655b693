// Mailbox addresses of RFC 5321 4.1.2 with RFC 6531 (UTF-8).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

// A localpart and a domain. The localpart is kept unquoted and in the sender's
// own case; the domain is ASCII-lower-cased, an address literal keeps its brackets.
// The domain may be empty (RFC 5321 4.1.1.3 <postmaster>, and local names in logs).
class Address {
 public:
  // Parses "a@x.example", "\"a b\"@x.example", "a@[192.0.2.7]", "postmaster"; also the unquoted
  // form that Postfix's attributes and logs use ("a b@x.example": the last @ divides).
  // Surrounding white space and <> are understood, source routes dropped.
  // Returns nullopt for empty text, controls, an empty localpart, more than 320 bytes in all (64 + 1 + 255,
  // RFC 5321 4.5.3.1), and a domain that is neither a literal nor letters, digits, "-", ".", "_" and UTF-8.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);

  [[nodiscard]] const std::string& localpart() const noexcept { return localpart_; }
  [[nodiscard]] const std::string& domain() const noexcept { return domain_; }
  // RFC 5321 text, the localpart quoted when it must be.
  [[nodiscard]] std::string to_string() const;
  // The form under which we remember an address: both parts ASCII-lower-cased, the localpart unquoted
  // unless it would then read as another address ("<a", "\"a", a bare "a@b"). Parses to itself, so that
  // two different mailboxes never share it.
  [[nodiscard]] std::string canonical() const;

  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  std::string localpart_;
  std::string domain_;
};

// The part behind the last @ of an address text, without validation; empty when there is none.
[[nodiscard]] std::string_view domain_of(std::string_view address) noexcept;

// A "From:" or "To:" header's first mailbox (RFC 5322 3.4), leniently read.
struct HeaderMailbox {
  std::string
      display_name;     // unquoted and decoded (mail/encoded_word.h), so always valid UTF-8; else the comment
  std::string address;  // as written, without <>; empty when none was found

  friend bool operator==(const HeaderMailbox&, const HeaderMailbox&) = default;
};
// Total: returns something for every input; the name takes at most three times the input's bytes, the address
// no more than it.
[[nodiscard]] HeaderMailbox parse_header_mailbox(std::string_view header);

// The first thing that looks like an address inside `text` ("service@bank.example" in a
// display name); empty when there is none. A view into `text`.
[[nodiscard]] std::string_view find_address(std::string_view text) noexcept;

}  // namespace postreeve
