#include "store/record_copy.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "profile/record_codec.h"
#include "store/record_cache.h"
#include "store/sqlite_connection.h"

namespace postreeve {
namespace {

constexpr std::size_t kRecordsAtOnce = 500;
constexpr std::chrono::milliseconds kPatience{5'000};

class RecordsInFile final : public RecordHome {
 public:
  explicit RecordsInFile(std::unique_ptr<RecordTable> table) : table_(std::move(table)) {}

  Result<void> each(const OnRecords& on_records) override {
    std::int64_t after = 0;
    while (true) {
      const auto records = table_->next(after, kRecordsAtOnce);
      if (!records) return fail(records.error());
      if (records->empty()) return {};
      if (Result<void> done = on_records(*records); !done) return done;
    }
  }

  Result<Found> find(std::span<const NamedRecord> accounts) override {
    Found found;
    for (const NamedRecord& named : accounts) {
      auto stored = table_->load(named.account);
      if (!stored) return fail(stored.error());
      found.emplace_back();
      if (*stored) found.back() = std::move((*stored)->bytes);
    }
    return found;
  }

  Result<void> put(std::span<const NamedRecord> records) override {
    std::vector<RowToWrite> rows;
    for (const NamedRecord& named : records) {
      RowToWrite& row = rows.emplace_back();
      row.account = named.account;
      row.bytes = named.bytes;
      const Result<AccountRecord> record = decode_record(named.bytes);
      if (!record) continue;
      row.changed = latest_event(*record);
      row.is_active = record->profile.first_seen != 0;
    }
    return table_->write(rows);
  }

  Result<RecordCounts> finish(const RecordCounts& /*copied*/) override {
    if (Result<void> done = table_->checkpoint(); !done) return fail(done.error());
    return table_->counts();
  }

  Result<void> clear() override { return table_->clear(); }

 private:
  std::unique_ptr<RecordTable> table_;
};

std::vector<NamedRecord> each_account_once(std::span<const NamedRecord> records) {
  std::vector<NamedRecord> once(records.begin(), records.end());
  std::ranges::sort(once, {}, &NamedRecord::account);
  const auto rest = std::ranges::unique(once, {}, &NamedRecord::account);
  once.erase(rest.begin(), rest.end());
  return once;
}

}  // namespace

Result<std::unique_ptr<RecordHome>> open_records_in_file(const std::string& path) {
  auto table = RecordTable::open(path, 0);
  if (!table) return fail(table.error().code, fmt::format("{}: {}", path, table.error().detail));
  return std::make_unique<RecordsInFile>(std::move(*table));
}

Result<std::uint64_t> count_records_in_file(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) return 0;
  const auto in_file = [&](const Error& error) {
    return fail(error.code, fmt::format("{}: {}", path, error.detail));
  };
  auto connection = SqliteConnection::open(path, SqliteConnection::Access::kRead, kPatience);
  if (!connection) return in_file(connection.error());
  const auto number = [&](std::string_view sql) -> Result<std::uint64_t> {
    auto statement = connection->prepare(sql);
    if (!statement) return in_file(statement.error());
    const Result<bool> row = statement->step();
    if (!row) return in_file(row.error());
    return *row ? static_cast<std::uint64_t>(statement->integer(0)) : 0;
  };
  auto tables = number("SELECT COUNT(*) FROM sqlite_master WHERE name = 'account_record'");
  if (!tables || *tables == 0) return tables;
  return number("SELECT COUNT(*) FROM account_record");
}

Result<void> copy_records(RecordHome& from, RecordHome& to, const RecordProgress& progress) {
  std::uint64_t done = 0;
  return from.each([&](std::span<const NamedRecord> records) -> Result<void> {
    std::vector<NamedRecord> once = each_account_once(records);
    const auto found = to.find(once);
    if (!found) return fail(found.error());
    std::vector<NamedRecord> missing;
    for (std::size_t i = 0; i < once.size(); ++i) {
      if (!(*found)[i]) missing.push_back(std::move(once[i]));
    }
    if (Result<void> written = to.put(missing); !written) return written;
    done += records.size();
    if (progress) progress(done);
    return {};
  });
}

Result<RecordCounts> check_records(RecordHome& from, RecordHome& to, const RecordProgress& progress) {
  RecordCounts counts;
  const auto compare = [&](std::span<const NamedRecord> records) -> Result<void> {
    const auto found = to.find(records);
    if (!found) return fail(found.error());
    for (std::size_t i = 0; i < records.size(); ++i) {
      if ((*found)[i] != records[i].bytes)
        return fail(ErrorCode::kCorrupt, "a record is not the same on both sides: somebody else has written");
      const Result<AccountRecord> record = decode_record(records[i].bytes);
      if (record && record->profile.first_seen != 0) ++counts.active;
    }
    counts.accounts += records.size();
    if (progress) progress(counts.accounts);
    return {};
  };
  if (const Result<void> same = from.each(compare); !same) return fail(same.error());
  auto there = to.finish(counts);
  if (!there) return there;
  // A Redis that is gone through may name a record twice; never too few.
  if (there->accounts > counts.accounts)
    return fail(ErrorCode::kCorrupt,
                fmt::format("the copy has {} records, the source {}", there->accounts, counts.accounts));
  return there;
}

}  // namespace postreeve
