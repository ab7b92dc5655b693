// Records of accounts from one home to another, as they lie there: moving house to Redis, and back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/record_table.h"

namespace postreeve {

// Where records lie. One thread; nobody judges by them meanwhile.
class RecordHome {
 public:
  RecordHome() = default;
  RecordHome(const RecordHome&) = delete;
  RecordHome& operator=(const RecordHome&) = delete;
  virtual ~RecordHome() = default;

  // Every record, some hundreds at a time; ends with the first error. One may come twice.
  using OnRecords = std::function<Result<void>(std::span<const NamedRecord>)>;
  [[nodiscard]] virtual Result<void> each(const OnRecords& on_records) = 0;
  // What lies there of the same accounts, in their order; nullopt: nothing.
  using Found = std::vector<std::optional<std::string>>;
  [[nodiscard]] virtual Result<Found> find(std::span<const NamedRecord> accounts) = 0;
  // Records of accounts that have none there yet.
  [[nodiscard]] virtual Result<void> put(std::span<const NamedRecord> records) = 0;
  // Everything is put: `copied` is how many there are. Returns how many the home has.
  [[nodiscard]] virtual Result<RecordCounts> finish(const RecordCounts& copied) = 0;
  // Deletes every record.
  [[nodiscard]] virtual Result<void> clear() = 0;
};

// The state's file, which is made when it is not there. Errors name it.
[[nodiscard]] Result<std::unique_ptr<RecordHome>> open_records_in_file(const std::string& path);

// How many there are, without making or changing anything; 0 when there is no such file or no records in it.
[[nodiscard]] Result<std::uint64_t> count_records_in_file(const std::string& path);

// Told after every part how many records were gone through by now.
using RecordProgress = std::function<void(std::uint64_t records)>;

// Puts into `to` what it does not have yet; so a copy that broke off goes on. Requires that nobody else
// writes into either, between the parts of a copy that broke off neither. Records that cannot be read are
// copied as they are: who uses them next keeps them aside.
[[nodiscard]] Result<void> copy_records(RecordHome& from, RecordHome& to, const RecordProgress& progress);

// Goes through `from` once more and compares byte by byte; then finishes. kCorrupt when `to` does not have
// the same records, and as many.
[[nodiscard]] Result<RecordCounts> check_records(RecordHome& from, RecordHome& to,
                                                 const RecordProgress& progress);

}  // namespace postreeve
