// The command line's side of the control socket (control/control.h).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace postreeve {

// One connection; blocks until the daemon answers, at most `patience` without a byte.
class ControlClient {
 public:
  // kNotFound: nobody listens there. kUnavailable: no permission, or it cannot be reached.
  [[nodiscard]] static Result<ControlClient> connect(const std::string& socket_path,
                                                     std::chrono::seconds patience = std::chrono::minutes{1});
  ~ControlClient();
  ControlClient(ControlClient&& other) noexcept;
  ControlClient& operator=(ControlClient&&) = delete;

  // The reply's "data"; the daemon's own error; kUnavailable when it went away.
  [[nodiscard]] Result<boost::json::value> ask(std::string_view verb, const boost::json::object& arguments);

 private:
  explicit ControlClient(int descriptor) : descriptor_(descriptor) {}
  [[nodiscard]] Result<std::string> read_line();

  int descriptor_;
};

}  // namespace postreeve
