// Whether Postfix asks Postreeve, in the right place, and what happens when Postreeve is away.
#pragma once

#include "app/wiring/check.h"
#include "app/wiring/postfix_settings.h"
#include "app/wiring/wiring_settings.h"

namespace postreeve {

[[nodiscard]] Checks check_postfix(const PostfixSettings& postfix, const WiringSettings& ours);

}  // namespace postreeve
