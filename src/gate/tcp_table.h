// The gate for check_sasl_access tcp:HOST:PORT: suspended accounts get "200 451%204.7.1%20...", others
// "500 not%20found"; what is no request "400 ...".
#pragma once

#include <memory>

#include "gate/login_lock.h"
#include "socket/session.h"

namespace postreeve {

// Sessions with kTableLimits (socketmap.h).
[[nodiscard]] std::unique_ptr<Conversation> make_tcp_table(std::shared_ptr<const LoginLock> lock);

}  // namespace postreeve
