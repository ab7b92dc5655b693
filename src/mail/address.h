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
  // Returns nullopt for empty text, controls, an empty localpart, or more than 320 bytes
  // (64 + 1 + 255, RFC 5321 4.5.3.1), with surrounding <> understood and source routes dropped.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);

  [[nodiscard]] const std::string& localpart() const noexcept { return localpart_; }
  [[nodiscard]] const std::string& domain() const noexcept { return domain_; }
  // RFC 5321 text, the localpart quoted when it must be.
  [[nodiscard]] std::string to_string() const;
  // The form under which we remember an address: both parts ASCII-lower-cased, unquoted.
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
  std::string display_name;  // unquoted, RFC 2047 encoded-words decoded to UTF-8 where they are UTF-8 or Latin-1
  std::string address;       // as written, without <>; empty when none was found

  friend bool operator==(const HeaderMailbox&, const HeaderMailbox&) = default;
};
// Total: returns something for every input, bounded by the input's length.
[[nodiscard]] HeaderMailbox parse_header_mailbox(std::string_view header);

// The first thing that looks like an address inside `text` ("service@bank.example" in a
// display name); empty when there is none. A view into `text`.
[[nodiscard]] std::string_view find_address(std::string_view text) noexcept;

}  // namespace postreeve
