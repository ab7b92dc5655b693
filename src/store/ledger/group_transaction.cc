#include "store/ledger/group_transaction.h"

#include <utility>

#include "store/ledger/sql_session.h"

namespace postreeve {
namespace {

struct Failure {
  Error error;
  bool is_trouble = false;
};
using Tried = std::expected<void, Failure>;

template <typename Call>
Tried tried(Call call) {
  try {
    call();
    return {};
  } catch (const std::exception& thrown) {
    return std::unexpected(Failure{error_of(thrown), is_server_trouble(thrown)});
  }
}

class WriteGroup {
 public:
  WriteGroup(soci::session& session, std::span<WriteItem> items, Error& why)
      : session_(session), items_(items), why_(why) {}

  Attempt attempt(const GroupTransaction& transaction);

 private:
  Tried carry_out(WriteItem& item);
  void undo();

  soci::session& session_;
  std::span<WriteItem> items_;
  Error& why_;
};

void WriteGroup::undo() {
  if (!in_transaction(session_)) return;
  [[maybe_unused]] const Tried undone = tried([&] { session_ << "ROLLBACK"; });
}

Tried WriteGroup::carry_out(WriteItem& item) {
  if (auto begun = tried([&] { session_ << "SAVEPOINT work"; }); !begun) return begun;
  item.outcome = {};
  const Tried worked = tried([&] { item.outcome = item.work(session_); });
  if (!worked) {
    item.outcome = fail(worked.error().error);
    if (worked.error().is_trouble) return worked;
  }
  if (!in_transaction(session_)) {
    // A full disk, for one: SQLite has undone everything, also what this write did before it failed.
    if (item.outcome) item.outcome = fail(ErrorCode::kUnavailable, "the ledger's transaction was undone");
    return std::unexpected(Failure{item.outcome.error(), false});
  }
  if (!item.outcome) {
    [[maybe_unused]] const Tried undone = tried([&] { session_ << "ROLLBACK TO SAVEPOINT work"; });
  }
  const Tried released = tried([&] { session_ << "RELEASE SAVEPOINT work"; });
  if (released) return {};
  item.outcome = fail(released.error().error);
  if (released.error().is_trouble || !in_transaction(session_)) return released;
  return {};
}

Attempt WriteGroup::attempt(const GroupTransaction& transaction) {
  const auto ended = [this](const Tried& what, Attempt otherwise) {
    why_ = what.error().error;
    undo();
    return what.error().is_trouble ? Attempt::kServerTrouble : otherwise;
  };
  const auto call = [this](const std::function<void(soci::session&)>& more) {
    return tried([&] {
      if (more) more(session_);
    });
  };
  if (const Tried begun = tried([&] { session_ << transaction.begin; }); !begun)
    return ended(begun, Attempt::kNoTransaction);
  if (const Tried called = call(transaction.before); !called) return ended(called, Attempt::kUndone);
  for (WriteItem& item : items_) {
    if (const Tried carried = carry_out(item); !carried) return ended(carried, Attempt::kUndone);
  }
  if (const Tried called = call(transaction.after); !called) return ended(called, Attempt::kUndone);
  const Tried committed = tried([&] { session_ << "COMMIT"; });
  if (committed) return Attempt::kDecided;
  const Attempt how = ended(committed, Attempt::kUndone);
  return how == Attempt::kServerTrouble ? Attempt::kUnknown : how;
}

}  // namespace

Attempt attempt_group(soci::session& session, const GroupTransaction& transaction, std::span<WriteItem> group,
                      Error& why) {
  return WriteGroup(session, group, why).attempt(transaction);
}

}  // namespace postreeve
