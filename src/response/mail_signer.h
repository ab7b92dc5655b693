// S/MIME signatures (RFC 8551, OpenSSL's CMS): a mail program shows that a notice is really ours.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace postreeve {

// Immutable; any thread.
class MailSigner {
 public:
  // PEM files. The certificate's file may go on with those of the authorities between it and the root. The
  // key has no passphrase. kInvalidInput when they cannot be read or do not belong together.
  [[nodiscard]] static Result<MailSigner> load(const std::string& certificate_file,
                                               const std::string& key_file);

  // Whether the certificate holds at that moment.
  [[nodiscard]] bool holds_at(Timestamp time) const;
  // The last moment at which it does, as its own text: "Mar  1 03:00:00 2027 GMT".
  [[nodiscard]] std::string ends() const;

  // A multipart/signed entity with a detached SHA-256 signature of `entity`: headers, empty line, parts.
  // Requires lines of seven bits that end with CR LF.
  [[nodiscard]] Result<std::string> sign(std::string_view entity) const;

 private:
  struct Impl;
  explicit MailSigner(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace postreeve
