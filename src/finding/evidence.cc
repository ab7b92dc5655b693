#include "finding/evidence.h"

#include <algorithm>
#include <cmath>

namespace postreeve {

std::string_view to_text(Group group) noexcept {
  static constexpr std::array<std::string_view, kGroupCount> kTexts{"origin", "volume", "recipients",
                                                                    "answers", "content"};
  return kTexts[static_cast<std::size_t>(group)];
}

std::string_view to_text(DetectorId detector) noexcept {
  static constexpr std::array<std::string_view, kDetectorCount> kTexts{
      "origin_novelty",   "countries_and_speed",
      "origin_churn",     "client_consistency",
      "guessed_password", "volume",
      "new_recipients",   "recipient_fan_out",
      "refusals",         "canary_recipient",
      "credential_test",  "header_spoofing",
      "sleeping_account", "scanner_verdict",
      "shared_origin",    "reading",
      "complaints",       "content"};
  return kTexts[static_cast<std::size_t>(detector)];
}

ShortText::ShortText(std::string_view text) noexcept {
  std::size_t size = std::min(text.size(), bytes_.size());
  // Never cut inside a UTF-8 sequence: continuation bytes are 10xxxxxx.
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  std::copy_n(text.data(), size, bytes_.data());
  size_ = static_cast<std::uint8_t>(size);
}

Evidence make_evidence(Reason reason, double nats, std::initializer_list<Argument> arguments) {
  Evidence evidence;
  evidence.reason = reason;
  // A formula that ends in no number found nothing; it must not poison the sums it enters.
  evidence.nats = std::isnan(nats) ? 0 : std::clamp(static_cast<float>(nats), -kMaxNats, kMaxNats);
  std::copy_n(arguments.begin(), std::min(arguments.size(), evidence.arguments.size()),
              evidence.arguments.begin());
  return evidence;
}

EvidenceList& EvidenceList::operator=(const EvidenceList& other) noexcept {
  std::copy_n(other.items_.begin(), other.size_, items_.begin());
  size_ = other.size_;
  return *this;
}

void EvidenceList::keep_stronger(const Evidence& evidence) noexcept {
  const DetectorId detector = detector_of(evidence.reason);
  for (std::size_t i = 0; i < size_; ++i) {
    if (detector_of(items_[i].reason) != detector) continue;
    if (evidence.nats >= items_[i].nats) items_[i] = evidence;
    return;
  }
  add(evidence);
}

}  // namespace postreeve
