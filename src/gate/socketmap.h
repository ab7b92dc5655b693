// The gate for check_sasl_access socketmap:inet:HOST:PORT:NAME: suspended accounts get "OK 451 4.7.1 ...",
// others "NOTFOUND ". Any NAME will do. What is no request gets "PERM ..." and is hung up on.
#pragma once

#include <memory>

#include "gate/login_lock.h"
#include "socket/session.h"

namespace postreeve {

inline constexpr SessionLimits kTableLimits{
    .request_bytes = 16UL * 1024, .idle = std::chrono::seconds(600), .write = std::chrono::seconds(30)};

[[nodiscard]] std::unique_ptr<Conversation> make_socketmap(std::shared_ptr<const LoginLock> lock);

}  // namespace postreeve
