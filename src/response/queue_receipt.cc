#include "response/queue_receipt.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "response/receipts.h"

namespace postreeve {

namespace json = boost::json;

Result<QueueReceipt> queue_receipt_for(const std::vector<std::string>& to_hold,
                                       const std::vector<std::string>& held_before, std::uint32_t since,
                                       const std::vector<std::uint32_t>& familiar) {
  QueueReceipt receipt{.since = since,
                       .is_exclusion = false,
                       .lines = {to_hold.begin(), to_hold.end()},
                       .familiar = {familiar.begin(), familiar.end()}};
  if (to_hold.size() <= QueueReceipt::kMostIds && to_text(receipt).size() <= kMostPreparedBytes)
    return receipt;
  receipt.is_exclusion = true;
  receipt.lines = {held_before.begin(), held_before.end()};
  if (to_text(receipt).size() <= kMostPreparedBytes) return receipt;
  return fail(ErrorCode::kLimitExceeded,
              "there is too much mail, and too much that others had held, to tell them apart later; hold it "
              "with `postreeve queue hold`");
}

std::string to_text(const QueueReceipt& receipt) {
  json::array lines;
  for (const std::string& line : receipt.lines) lines.emplace_back(line);
  json::array familiar;
  for (const std::uint32_t network : receipt.familiar) familiar.emplace_back(network);
  return json::serialize(json::object{{"since", receipt.since},
                                      {receipt.is_exclusion ? "all_but" : "ids", std::move(lines)},
                                      {"familiar", std::move(familiar)}});
}

Result<QueueReceipt> read_queue_receipt(std::string_view text) {
  QueueReceipt receipt;
  if (text.empty()) return receipt;
  try {
    const json::value parsed = json::parse(text);
    const json::object& object = parsed.as_object();
    receipt.since = object.at("since").to_number<std::uint32_t>();
    receipt.is_exclusion = object.contains("all_but");
    for (const json::value& line : object.at(receipt.is_exclusion ? "all_but" : "ids").as_array())
      receipt.lines.insert(json::value_to<std::string>(line));
    // Earlier versions did not note them.
    if (const json::value* familiar = object.if_contains("familiar"); familiar != nullptr) {
      for (const json::value& network : familiar->as_array())
        receipt.familiar.insert(network.to_number<std::uint32_t>());
    }
  } catch (const std::exception& wrong) {
    return fail(ErrorCode::kCorrupt, std::string("the receipt cannot be read: ") + wrong.what());
  }
  return receipt;
}

}  // namespace postreeve
