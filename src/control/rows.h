// The ledger's rows as JSON, the same wherever they are shown.
#pragma once

#include <optional>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "profile/account_record.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/clue_book.h"
#include "store/ledger/hourly_counts.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/list_book.h"

namespace postreeve {

[[nodiscard]] boost::json::object to_json(const Standing& standing);
[[nodiscard]] boost::json::object to_json(const IncidentRow& incident);
[[nodiscard]] boost::json::object to_json(const TimelineRow& entry);
[[nodiscard]] boost::json::object to_json(const ListEntry& entry);
[[nodiscard]] boost::json::object to_json(const AccountPolicy& policy);
[[nodiscard]] boost::json::object to_json(const Sender& sender, bool with_comparison);
[[nodiscard]] boost::json::object to_json(const ClueRow& row);
[[nodiscard]] boost::json::object to_json(const AuditEntry& entry);
// What is normal for the account, in numbers: the record holds no names.
[[nodiscard]] boost::json::object habits_to_json(const AccountRecord& record);

// RFC 3339, or null when there is none.
[[nodiscard]] boost::json::value time_to_json(std::optional<Timestamp> time);

template <typename Row, typename... More>
[[nodiscard]] boost::json::array rows_to_json(const std::vector<Row>& rows, More... more) {
  boost::json::array array;
  array.reserve(rows.size());
  for (const Row& row : rows) array.push_back(to_json(row, more...));
  return array;
}

}  // namespace postreeve
