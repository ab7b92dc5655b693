#include "http/message_parser.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/ascii.h"
#include "http/target.h"

namespace postreeve {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

// Beast's string_body reserves what a client announces; this takes memory for what was sent.
struct GrowingBody {
  using value_type = std::string;

  static std::uint64_t size(const value_type& body) { return body.size(); }

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>&, beast::error_code& failure) { failure = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& failure) {
      failure = {};
      std::size_t size = 0;
      for (const auto& buffer : beast::buffers_range_ref(buffers)) {
        body_.append(static_cast<const char*>(buffer.data()), buffer.size());
        size += buffer.size();
      }
      return size;
    }
    void finish(beast::error_code& failure) { failure = {}; }

   private:
    value_type& body_;
  };
};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct HttpMessageParser::Impl {
  http::request_parser<GrowingBody> parser;
  // As the header said it: Beast adds the trailer's fields to the header's, and a trailer must not say who
  // asks or where to (RFC 9110 6.5.1).
  HttpRequest request;
  std::size_t header_bytes = 0;  // taken so far
  std::size_t most_header_bytes = 0;
  bool header_read = false;
  bool keeps_alive = false;
  bool expects_continue = false;
};

HttpMessageParser::HttpMessageParser(const HttpLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->parser.eager(false);  // the header first
  impl_->most_header_bytes = limits.header_bytes;
  impl_->parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  impl_->parser.body_limit(limits.body_bytes);
}
HttpMessageParser::~HttpMessageParser() = default;

void HttpMessageParser::refuse(unsigned status, std::string detail) {
  refusal_ = Refusal{status, std::move(detail)};
}

std::size_t HttpMessageParser::put(std::string_view input) {
  std::size_t taken = 0;
  beast::error_code failure;
  while (taken < input.size() && !impl_->parser.is_done() && !failure) {
    const std::string_view rest = input.substr(taken);
    const std::size_t more = impl_->parser.put(boost::asio::buffer(rest.data(), rest.size()), failure);
    taken += more;
    if (!impl_->header_read) impl_->header_bytes += more;
    if (impl_->parser.is_header_done() && !impl_->header_read) read_header();
    if (refusal_) return taken;
  }
  if (failure == http::error::body_limit) {
    refuse(413, "the body is larger than allowed");
  } else if (failure == http::error::header_limit) {
    refuse(431, "the header is larger than allowed");
  } else if (failure == http::error::bad_version) {
    refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  } else if (failure && failure != http::error::need_more) {
    refuse(400, failure.message());
  }
  return taken;
}

void HttpMessageParser::read_header() {
  impl_->header_read = true;
  impl_->parser.eager(true);
  // Beast looks at the limit only when a header is not whole yet.
  if (impl_->header_bytes > impl_->most_header_bytes) return refuse(431, "the header is larger than allowed");
  const auto& message = impl_->parser.get();
  // RFC 9112 3.2: exactly one Host with 1.1.
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11))
    return refuse(400, "the field Host is not there once");
  // RFC 9112 6.1: what we do not know how to end we do not read.
  if (const auto codings = message.count(http::field::transfer_encoding); codings > 0) {
    if (message.version() < 11) return refuse(400, "HTTP/1.0 has no transfer codings");
    if (codings > 1 || !equals_ignoring_case(view(message[http::field::transfer_encoding]), "chunked"))
      return refuse(501, "no transfer coding but chunked is spoken here");
  }
  auto target = parse_target(view(message.target()));
  if (!target) return refuse(400, target.error().detail);
  HttpRequest& request = impl_->request;
  request.method = view(message.method_string());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  for (const auto& field : message)
    request.headers.emplace_back(to_lower(view(field.name_string())), view(field.value()));
  impl_->keeps_alive = impl_->parser.keep_alive();
  impl_->expects_continue =
      message.version() >= 11 && equals_ignoring_case(view(message[http::field::expect]), "100-continue");
}

bool HttpMessageParser::is_done() const {
  return impl_->parser.is_done();
}
bool HttpMessageParser::is_head() const {
  return impl_->parser.get().method() == http::verb::head;
}
bool HttpMessageParser::keeps_alive() const {
  return impl_->keeps_alive;
}
std::size_t HttpMessageParser::body_bytes() const {
  return impl_->parser.get().body().size();
}

bool HttpMessageParser::takes_continue() {
  if (impl_->parser.is_done()) return false;
  return std::exchange(impl_->expects_continue, false);
}

HttpRequest HttpMessageParser::take() {
  impl_->request.body = std::move(impl_->parser.get().body());
  return std::move(impl_->request);
}

}  // namespace postreeve
