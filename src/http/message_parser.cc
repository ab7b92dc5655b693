#include "http/message_parser.h"

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

}  // namespace

struct HttpMessageParser::Impl {
  http::request_parser<GrowingBody> parser;
  bool header_checked = false;
  bool continue_taken = false;
};

HttpMessageParser::HttpMessageParser(const HttpLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->parser.eager(true);
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
    taken += impl_->parser.put(boost::asio::buffer(rest.data(), rest.size()), failure);
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
  if (!refusal_ && impl_->parser.is_header_done()) check_header();
  return taken;
}

void HttpMessageParser::check_header() {
  if (impl_->header_checked) return;
  impl_->header_checked = true;
  const auto& message = impl_->parser.get();
  // RFC 9112 3.2: exactly one Host with 1.1.
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) refuse(400, "the field Host is not there once");
  // RFC 9112 6.1: what we do not know how to end we do not read.
  const auto codings = message.count(http::field::transfer_encoding);
  if (codings == 0) return;
  const auto coding = message[http::field::transfer_encoding];
  if (codings > 1 || !equals_ignoring_case({coding.data(), coding.size()}, "chunked"))
    refuse(501, "no transfer coding but chunked is spoken here");
  if (message.version() < 11) refuse(400, "HTTP/1.0 has no transfer codings");
}

bool HttpMessageParser::is_done() const {
  return impl_->parser.is_done();
}
bool HttpMessageParser::is_head() const {
  return impl_->parser.get().method() == http::verb::head;
}
bool HttpMessageParser::keeps_alive() const {
  return impl_->parser.keep_alive();
}
std::size_t HttpMessageParser::body_bytes() const {
  return impl_->parser.get().body().size();
}

bool HttpMessageParser::takes_continue() {
  if (impl_->continue_taken || !impl_->parser.is_header_done() || impl_->parser.is_done()) return false;
  impl_->continue_taken = true;
  const auto expect = impl_->parser.get()[http::field::expect];
  return impl_->parser.get().version() >= 11 &&
         equals_ignoring_case({expect.data(), expect.size()}, "100-continue");
}

Result<HttpRequest> HttpMessageParser::take() {
  auto message = impl_->parser.release();
  const auto target_text = message.target();
  auto target = parse_target({target_text.data(), target_text.size()});
  if (!target) return fail(target.error());
  HttpRequest request;
  const auto method = message.method_string();
  request.method.assign(method.data(), method.size());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  for (const auto& field : message) {
    const auto name = field.name_string();
    const auto value = field.value();
    request.headers.emplace_back(to_lower({name.data(), name.size()}),
                                 std::string(value.data(), value.size()));
  }
  request.body = std::move(message.body());
  return request;
}

}  // namespace postreeve
