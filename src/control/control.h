// The daemon's side of the command line: a Unix socket on which each line is a request and each reply a line.
//
//   {"verb":"account suspend","arguments":{"account":"a@x.example","reason":"reported by phone"}}
//   {"data":{"account":"a@x.example","standing":"suspended", ...}}
//   {"error":{"code":"not_found","text":"there is no incident 0011223344556677"}}
//
// Who asks is known by the socket's peer credentials; who may open the socket may do everything.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "control/desk.h"
#include "socket/endpoint.h"

namespace postreeve {

class Control {
 public:
  // The desk must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Control>> open(boost::asio::io_context& context,
                                                             const std::string& socket_path, Desk& desk);
  ~Control();  // waits for what is being answered
  // Accepts no more; what was asked is answered. Returns at once.
  void stop();
  [[nodiscard]] std::size_t open_connections() const;

 private:
  struct Impl;
  explicit Control(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Answers one request of `person`, as text (carry_out() in control/verbs.h).
[[nodiscard]] std::string answer_request(Desk& desk, std::string_view request, const std::string& person);

}  // namespace postreeve
