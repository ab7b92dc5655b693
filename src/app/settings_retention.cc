// How long the ledger keeps what.
#include "app/settings.h"

namespace postreeve {
namespace {

using Type = SettingType;

RetentionSettings& retention(SettingsDraft& draft) {
  return draft.configuration.serving.retention;
}

constexpr Setting kSettings[] = {
    {.section = "retention",
     .name = "incident_names",
     .type = Type::kDuration,
     .fallback = "\"180d\"",
     .least = 0,
     .most = 3650 * 86'400.0,
     .needs_restart = true,
     .example = "\"30d\"",
     .sentence = "Names in incidents, from their last change on: then the account becomes a keyed "
                 "placeholder, and words and addresses go. An incident that still restricts its account "
                 "keeps them. Also standings that are over. \"0s\": for ever.",
     .store = [](auto& d, auto& v) { retention(d).incident_names = std::get<Duration>(v); }},
    {.section = "retention",
     .name = "activity",
     .type = Type::kDuration,
     .fallback = "\"30d\"",
     .least = 0,
     .most = 3650 * 86'400.0,
     .needs_restart = true,
     .example = "\"7d\"",
     .sentence = "Logins and messages of `[activity] domains`. \"0s\": for ever.",
     .store = [](auto& d, auto& v) { retention(d).activity = std::get<Duration>(v); }},
    {.section = "retention",
     .name = "hourly_counts",
     .type = Type::kDuration,
     .fallback = "\"15d\"",
     .least = 8 * 86'400.0,
     .most = 3650 * 86'400.0,
     .needs_restart = true,
     .example = "\"60d\"",
     .sentence = "What each account did in each hour; `top senders` compares with last week.",
     .store = [](auto& d, auto& v) { retention(d).hourly_counts = std::get<Duration>(v); }},
    {.section = "retention",
     .name = "finished_actions",
     .type = Type::kDuration,
     .fallback = "\"90d\"",
     .least = 0,
     .most = 3650 * 86'400.0,
     .needs_restart = true,
     .example = "\"30d\"",
     .sentence = "Actions that were carried out, once their account is clear. \"0s\": for ever.",
     .store = [](auto& d, auto& v) { retention(d).finished_actions = std::get<Duration>(v); }},
    {.section = "retention",
     .name = "expired_list_entries",
     .type = Type::kDuration,
     .fallback = "\"90d\"",
     .least = 0,
     .most = 3650 * 86'400.0,
     .needs_restart = true,
     .example = "\"30d\"",
     .sentence = "Entries of lists, from their end on. \"0s\": for ever.",
     .store = [](auto& d, auto& v) { retention(d).expired_list_entries = std::get<Duration>(v); }},
    {.section = "retention",
     .name = "given_answers",
     .type = Type::kDuration,
     .fallback = "\"1d\"",
     .least = 3'600,
     .most = 30 * 86'400.0,
     .needs_restart = true,
     .example = "\"3d\"",
     .sentence = "Answers to batches of events with an `Idempotency-Key`: how long a program may repeat one.",
     .store = [](auto& d, auto& v) { retention(d).given_answers = std::get<Duration>(v); }},
};

}  // namespace

std::span<const Setting> retention_settings() {
  return kSettings;
}

}  // namespace postreeve
