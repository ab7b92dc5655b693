#include "response/tenant_digest.h"

#include <algorithm>
#include <set>
#include <utility>

#include "response/wall_clock.h"

namespace postreeve {
namespace {

constexpr Duration kHour = std::chrono::hours{1};
// A digest is asked for at most this long before it is carried out, tried again or given up.
constexpr Duration kMostBefore = std::chrono::days{7};

struct Told {
  OutboxRow row;
  Task task;
};

// The notices and the digests of the tenant since then, oldest first.
Result<std::vector<Told>> told_since(const Outbox& outbox, const std::string& action,
                                     const std::string& tenant, Timestamp since) {
  auto rows = outbox.of_kind(action, since);
  if (!rows) return fail(ErrorCode::kUnavailable, rows.error().detail);
  std::vector<Told> told;
  for (OutboxRow& row : *rows) {
    auto task = read_task(row);
    if (task && task->tenant == tenant) told.push_back({std::move(row), *std::move(task)});
  }
  return told;
}

bool is_notice(const Told& told) {
  return told.task.about == About::kStanding && told.task.direction == Direction::kCarryOut;
}

bool is_over(const OutboxRow& row) {
  return row.state == OutboxState::kDone || row.state == OutboxState::kGivenUp;
}

Timestamp latest_digest(const std::vector<Told>& told) {
  Timestamp latest{};
  for (const Told& one : told) {
    if (one.task.about == About::kCampaign && is_over(one.row)) latest = std::max(latest, one.row.finished);
  }
  return latest;
}

}  // namespace

Result<bool> TenantDigest::takes(const Task& task) {
  if (alone_ == 0 || task.tenant.empty()) return false;
  const auto told = told_since(outbox_, action_, task.tenant, task.time - kMostBefore);
  if (!told) return fail(told.error());
  std::set<std::uint64_t> others;
  for (const Told& one : *told) {
    if (is_notice(one) && one.row.id < task.id && one.task.time > task.time - kHour &&
        one.task.incident != task.incident)
      others.insert(one.task.incident.value);
  }
  if (others.size() < alone_) return false;
  const bool is_asked_for = std::ranges::any_of(*told, [&](const Told& one) {
    return one.task.about == About::kCampaign && (!is_over(one.row) || one.row.finished >= task.time);
  });
  if (is_asked_for) return true;
  Task digest = task;
  digest.about = About::kCampaign;
  OutboxAction asked = outbox_action(digest);
  const Timestamp now = wall_clock();
  asked.not_before = std::max(now + kCollect, latest_digest(*told) + kHour);
  const auto added = outbox_.add(task.incident, task.account, {std::move(asked)}, now);
  if (!added) return fail(ErrorCode::kUnavailable, added.error().detail);
  return true;
}

Result<std::vector<DigestLine>> TenantDigest::lines(const Task& digest) const {
  const auto told = told_since(outbox_, action_, digest.tenant, digest.time - kMostBefore);
  if (!told) return fail(told.error());
  const Timestamp since = std::max(digest.time - kHour, latest_digest(*told));
  std::vector<DigestLine> lines;
  for (const Told& one : *told) {
    if (!is_notice(one) || one.row.created < since) continue;
    DigestLine line{.account = one.task.account.text(),
                    .stage = stage_of(one.task.after),
                    .incident = one.task.incident.to_string(),
                    .time = one.task.time};
    const auto known = std::ranges::find(lines, line.account, &DigestLine::account);
    if (known == lines.end()) {
      lines.push_back(std::move(line));
    } else {
      *known = std::move(line);
    }
  }
  return lines;
}

}  // namespace postreeve
