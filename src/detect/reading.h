// What a setting weighs that was made from an unfamiliar place, shared by the detector that
// weighs it and by the judge that notes it.
#pragma once

#include <chrono>

#include "detect/scene.h"

namespace postreeve {

// Nats of the setting itself, without those of the place it was made from.
[[nodiscard]] double setting_weight(const SettingFacts& setting) noexcept;

// So long after a setting was made from an unfamiliar place it speaks against mail from one.
inline constexpr std::chrono::days kSettingMemory{7};

}  // namespace postreeve
