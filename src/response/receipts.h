// What prepare() told, as it stands in the rows of the outbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/ledger/outbox.h"

namespace postreeve {

inline constexpr std::size_t kMostPreparedBytes = 64UL * 1024;

// What a row keeps: an empty receipt is one too, and is told from one that was never asked for.
[[nodiscard]] std::string kept_receipt(const std::string& receipt);
[[nodiscard]] std::optional<std::string> receipt_of(const OutboxRow& row);

// The receipt of the latest carrying out of the action among the incident's rows before `id` that nothing has
// undone for good; nullopt: there is none. `undo_awaits_judgement`: of the action (action.h), whose undoing
// is never for good.
[[nodiscard]] std::optional<std::string> receipt_in_force(const std::vector<OutboxRow>& rows,
                                                          std::string_view action, std::uint64_t id,
                                                          bool undo_awaits_judgement);

}  // namespace postreeve
