// The detectors: each looks at one event beside what is remembered and says how
// much it speaks for the account being in other hands. Detectors only weigh; what
// follows is decided in judge/.
//
// A detector returns ln(P(event | other hands) / P(event | owner)) in nats, within
// [-8, 8], with the numbers a person needs to understand it; nullopt when it has
// nothing to say, which is not the same as evidence of innocence (a negative weight).
//
// Pure: no clock, no I/O, no state, any thread. Total: returns for every input,
// including an empty record. Their formulas and limits stand in their own files.
#pragma once

#include <optional>
#include <span>

#include "detect/scene.h"

namespace postreeve {

std::optional<Evidence> weigh_origin_novelty(const Scene& scene);
std::optional<Evidence> weigh_countries_and_speed(const Scene& scene);
std::optional<Evidence> weigh_origin_churn(const Scene& scene);
std::optional<Evidence> weigh_client_consistency(const Scene& scene);
std::optional<Evidence> weigh_guessed_password(const Scene& scene);
std::optional<Evidence> weigh_volume(const Scene& scene);
std::optional<Evidence> weigh_new_recipients(const Scene& scene);
std::optional<Evidence> weigh_recipient_fan_out(const Scene& scene);
std::optional<Evidence> weigh_refusals(const Scene& scene);
std::optional<Evidence> weigh_canary_recipient(const Scene& scene);
std::optional<Evidence> weigh_credential_test(const Scene& scene);
std::optional<Evidence> weigh_header_spoofing(const Scene& scene);
std::optional<Evidence> weigh_sleeping_account(const Scene& scene);
std::optional<Evidence> weigh_scanner_verdict(const Scene& scene);
std::optional<Evidence> weigh_shared_origin(const Scene& scene);
std::optional<Evidence> weigh_reading(const Scene& scene);
std::optional<Evidence> weigh_complaints(const Scene& scene);
std::optional<Evidence> weigh_content(const Scene& scene);

struct Detector {
  DetectorId id;
  std::optional<Evidence> (*weigh)(const Scene&);
};

// All detectors, in the order of DetectorId.
[[nodiscard]] std::span<const Detector> all_detectors() noexcept;

}  // namespace postreeve
