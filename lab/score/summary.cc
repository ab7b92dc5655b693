#include "lab/score/summary.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

struct Entry {
  const AttackRecord* record = nullptr;
  const AttackScore* score = nullptr;
};

FamilyRow row_of(std::string_view name, const std::vector<Entry>& entries) {
  FamilyRow row;
  row.name = name;
  row.attacks = static_cast<std::uint32_t>(entries.size());
  std::vector<double> messages, recipients, waits;
  double caught = 0, before = 0, leaked = 0, planned = 0;
  for (const auto& [record, score] : entries) {
    if (score->contained) ++caught;
    row.slowed += score->worst == Level::kSlowed;
    row.held += score->worst == Level::kHeld;
    row.suspended += score->worst == Level::kSuspended;
    if (!score->first_message) continue;
    ++row.with_messages;
    before += score->before_first_message;
    messages.push_back(score->messages_leaked);
    recipients.push_back(score->recipients_leaked);
    leaked += score->messages_leaked;
    planned += std::max(record->planned, score->messages_tried);
    if (score->contained)
      waits.push_back(std::max(0.0, seconds_between(*score->first_message, *score->contained)));
  }
  const double n = std::max<double>(1, row.attacks);
  row.caught = caught / n;
  row.slowed /= n;
  row.held /= n;
  row.suspended /= n;
  row.before_first = before / std::max<double>(1, row.with_messages);
  row.messages_median = quantile(messages, 0.5);
  row.messages_p95 = quantile(messages, 0.95);
  row.recipients_median = quantile(recipients, 0.5);
  row.recipients_p95 = quantile(recipients, 0.95);
  row.leaked_share = planned > 0 ? leaked / planned : 0;
  row.seconds_median = quantile(waits, 0.5);
  return row;
}

void finish(PersonaRow& row) {
  const double months = std::max(row.account_months, 1e-9);
  row.rate = 1e4 * static_cast<double>(row.alarms.all()) / months;
  row.upper = 1e4 * upper_bound_95(row.alarms.all()) / months;
  row.suspended = 1e4 * static_cast<double>(row.alarms.suspended) / months;
  std::vector<std::pair<std::uint32_t, std::size_t>> reasons;
  for (std::size_t d = 0; d < row.alarms.by_detector.size(); ++d) {
    if (row.alarms.by_detector[d] > 0) reasons.emplace_back(row.alarms.by_detector[d], d);
  }
  std::ranges::sort(reasons, std::greater{});
  for (std::size_t i = 0; i < std::min<std::size_t>(reasons.size(), 4); ++i) {
    if (i > 0) row.reasons += ", ";
    row.reasons +=
        fmt::format("{} {}", to_text(static_cast<DetectorId>(reasons[i].second)), reasons[i].first);
  }
}

void add(PersonaRow& all, const PersonaRow& row) {
  all.accounts += row.accounts;
  all.account_months += row.account_months;
  all.alarms.slowed += row.alarms.slowed;
  all.alarms.held += row.alarms.held;
  all.alarms.suspended += row.alarms.suspended;
  for (std::size_t d = 0; d < all.alarms.by_detector.size(); ++d)
    all.alarms.by_detector[d] += row.alarms.by_detector[d];
  all.mail.messages += row.mail.messages;
  all.mail.deferred += row.mail.deferred;
  all.mail.held += row.mail.held;
  all.mail.rejected += row.mail.rejected;
  all.mail.delayed += row.mail.delayed;
  all.mail.delay_seconds += row.mail.delay_seconds;
  all.mail.lost += row.mail.lost;
}

std::vector<FamilyRow> family_rows(World& world, const Scorer& scorer) {
  static const AttackScore kUntouched{};
  std::map<std::string_view, std::vector<Entry>> by_family;
  std::vector<Entry> all;
  for (std::size_t i = 0; i < world.attacks().size(); ++i) {
    // A take-over that came to nothing by itself (the owner had a new password) is none.
    const Entry entry{&world.attacks()[i], i < scorer.attacks().size() ? &scorer.attacks()[i] : &kUntouched};
    if (entry.record->planned > 0 && !entry.score->first_message && !entry.score->contained) continue;
    by_family[entry.record->family].push_back(entry);
    all.push_back(entry);
  }
  std::vector<FamilyRow> rows;
  for (const auto& [name, entries] : by_family) rows.push_back(row_of(name, entries));
  rows.push_back(row_of("all", all));
  return rows;
}

std::vector<PersonaRow> persona_rows(World& world, const Scorer& scorer) {
  std::vector<PersonaRow> rows(all_personas().size());
  const double months = (world.options().days - scorer.warm_up_days()) / 30.0;
  for (const Account& account : world.accounts()) {
    if (account.attack >= 0) continue;
    ++rows[account.persona].accounts;
    rows[account.persona].account_months += months;
  }
  PersonaRow all;
  all.name = "all";
  for (const AlarmMonth& month : worst_of_months(scorer.alarms(), scorer.counts_from())) {
    rows[world.accounts()[month.account].persona].alarms.add(month);
  }
  for (std::size_t n = 0; n < rows.size(); ++n) {
    rows[n].name = all_personas()[n].name;
    rows[n].mail = scorer.mail()[n];
    add(all, rows[n]);
    finish(rows[n]);
  }
  finish(all);
  std::erase_if(rows, [](const PersonaRow& row) { return row.accounts == 0; });
  rows.push_back(all);
  return rows;
}

}  // namespace

Summary summarize(World& world, const Scorer& scorer) {
  Summary summary;
  summary.families = family_rows(world, scorer);
  summary.personas = persona_rows(world, scorer);
  const double days = world.options().days - scorer.warm_up_days();
  summary.alerts_a_day =
      static_cast<double>(scorer.incidents()) / days * 1e4 / static_cast<double>(world.accounts().size());
  const auto counts = [&](const Alarm& alarm) { return alarm.time >= scorer.counts_from(); };
  summary.alarms_while_listed = static_cast<std::uint64_t>(std::ranges::count_if(
      scorer.alarms(), [&](const Alarm& a) { return counts(a) && world.listed(a.time); }));
  return summary;
}

}  // namespace postreeve::lab
