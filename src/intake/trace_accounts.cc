#include "intake/trace_accounts.h"

#include <algorithm>
#include <utility>

#include "intake/message_index.h"

namespace postreeve {

std::size_t TraceAccounts::Generation::place_of(std::uint64_t queue_id) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t place = queue_id & mask;
  while (slots_[place].account != 0 && slots_[place].queue_id != queue_id) place = (place + 1) & mask;
  return place;
}

const AccountId* TraceAccounts::Generation::find(std::uint64_t queue_id) const noexcept {
  if (slots_.empty()) return nullptr;
  const auto& slot = slots_[place_of(queue_id)];
  return slot.account == 0 ? nullptr : &accounts_[slot.account - 1];
}

void TraceAccounts::Generation::grow() {
  constexpr std::size_t kFirst = 1024;
  const auto before = std::exchange(slots_, std::vector<Slot>(std::max(kFirst, slots_.size() * 2)));
  for (const auto& slot : before) {
    if (slot.account != 0) slots_[place_of(slot.queue_id)] = slot;
  }
}

std::uint32_t TraceAccounts::Generation::number_of(const AccountId& account) {
  const auto [known, is_new] =
      numbers_.try_emplace(account, static_cast<std::uint32_t>(accounts_.size() + 1));
  if (is_new) accounts_.push_back(account);
  return known->second;
}

void TraceAccounts::Generation::put(std::uint64_t queue_id, const AccountId& account) {
  if (used_ * 2 >= slots_.size()) grow();
  auto& slot = slots_[place_of(queue_id)];
  if (slot.account == 0) ++used_;
  slot = {queue_id, number_of(account)};
}

void TraceAccounts::remember(const Submission& submission) {
  if (submission.queue_id.empty()) return;
  if (recent_.size() >= capacity_) older_ = std::exchange(recent_, {});
  recent_.put(hash_text(submission.queue_id), submission.account);
}

bool TraceAccounts::complete(std::string_view queue_id, AccountId& account) const {
  const auto hash = hash_text(queue_id);
  const auto* found = recent_.find(hash);
  if (found == nullptr) found = older_.find(hash);
  if (found == nullptr) return false;
  account = *found;
  return !account.empty();
}

bool TraceAccounts::settle(Event& event) {
  if (const auto* submission = std::get_if<Submission>(&event)) remember(*submission);
  if (!account_of(event).empty()) return true;
  if (auto* delivery = std::get_if<Delivery>(&event)) return complete(delivery->queue_id, delivery->account);
  if (auto* scan = std::get_if<Scan>(&event)) return complete(scan->queue_id, scan->account);
  if (auto* complaint = std::get_if<Complaint>(&event))
    return complete(complaint->queue_id, complaint->account);
  return false;
}

}  // namespace postreeve
