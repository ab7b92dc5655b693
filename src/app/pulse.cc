#include "app/pulse.h"

#include <boost/asio/post.hpp>

namespace postreeve {

Pulse::Pulse(boost::asio::io_context& context)
    : context_(context), is_open_(std::make_shared<std::atomic<bool>>(false)) {}

bool Pulse::beats() {
  // Asked once only: a context whose threads hang would collect questions.
  if (is_open_->load()) return false;
  is_open_->store(true);
  boost::asio::post(context_, [is_open = is_open_] { is_open->store(false); });
  const bool was_asked = was_asked_;
  was_asked_ = true;
  return was_asked;
}

}  // namespace postreeve
