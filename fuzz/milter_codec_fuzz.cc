// Any bytes as an MTA's frames: the codec is total, and the whole conversation answers or gives up.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "gate/milter.h"
#include "gate/milter_codec.h"

namespace {

using namespace postreeve;

void require(bool holds) {
  if (!holds) std::abort();
}

void parse_as_everything(std::string_view data) {
  (void)milter::parse_offer(data);
  if (const auto macros = milter::parse_macros(data)) require(macros->values.size() <= milter::kMostMacros);
  (void)milter::parse_client(data);
  (void)milter::parse_header_field(data);
  if (const auto arguments = milter::parse_arguments(data)) {
    require(!arguments->empty() && arguments->size() <= milter::kMostArguments);
  }
  std::string out;
  milter::append_reply_code(out, data);
  milter::append_header(out, data, data);
  milter::append_quarantine(out, data);
  for (std::string_view rest = out; !rest.empty();) {
    const auto size = milter::frame_size(rest);
    require(size && *size > 0);
    rest.remove_prefix(*size);
  }
}

void converse(std::string_view input) {
  int asked = 0;
  const auto conversation = make_milter(
      [&asked](const Event&, Guard::Done done) {
        Answer answer;
        answer.action = answer.would = static_cast<Action>(asked++ % 5);
        done(answer);
      },
      std::make_shared<const MilterOptions>(MilterOptions{"x.example", true}));
  while (!input.empty() && !conversation->is_over()) {
    const Result<std::size_t> size = conversation->request_size(input);
    if (!size || *size == 0) return;
    int replies = 0;
    conversation->answer(input.substr(0, *size), [&replies](std::string_view reply) {
      ++replies;
      for (; !reply.empty(); reply.remove_prefix(*milter::frame_size(reply))) {
        require(*milter::frame_size(reply) > 0);
      }
    });
    require(replies == 1);
    input.remove_prefix(*size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  parse_as_everything(input);
  converse(input);
  return 0;
}
