// The bodies of weakforced's answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "gate/login_desk.h"
#include "http/response.h"

namespace postreeve {

[[nodiscard]] HttpResponse weakforced_ok();  // {"status":"ok"}
// {"status":"failure","reason":"..."}
[[nodiscard]] HttpResponse weakforced_failure(unsigned status, std::string_view reason);
// {"status":-1,"msg":"...","r_attrs":{"rule":"block list"}}
[[nodiscard]] HttpResponse weakforced_allow(const LoginAnswer& answer);
// "2026-Mar-02 08:00:00"; a time that never comes when there is none.
[[nodiscard]] std::string weakforced_time(std::optional<Timestamp> time);

}  // namespace postreeve
