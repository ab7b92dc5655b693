#include "lab/score/report.h"

#include <fmt/format.h>

#include "lab/score/summary.h"

namespace postreeve::lab {
namespace {

void add_families(std::string& text, const Summary& summary) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{:20}{:>5}{:>8}{:>8}{:>7}{:>6}{:>8}{:>7}{:>8}{:>9}{:>7}{:>6}{:>6}\n", "family", "n",
                 "caught", "before", "msg50", "p95", "rcpt50", "p95", "leaked", "sec50", "slowed", "held",
                 "susp");
  for (const FamilyRow& r : summary.families) {
    fmt::format_to(out,
                   "{:20}{:>5}{:>7.1f}%{:>7.1f}%{:>7.0f}{:>6.0f}{:>8.0f}{:>7.0f}{:>7.2f}%{:>9.0f}{:>6.0f}%{:>"
                   "5.0f}%{:>5.0f}%\n",
                   r.name, r.attacks, 100 * r.caught, 100 * r.before_first, r.messages_median, r.messages_p95,
                   r.recipients_median, r.recipients_p95, 100 * r.leaked_share, r.seconds_median,
                   100 * r.slowed, 100 * r.held, 100 * r.suspended);
  }
}

void add_personas(std::string& text, const Summary& summary) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "\n{:20}{:>7}{:>9}{:>6}{:>5}{:>5}{:>8}{:>8}{:>10}{:>8}{:>7}{:>9}{:>8}  {}\n", "persona",
                 "acc", "months", "slow", "held", "susp", "/10k", "<95%", "messages", "defer", "held",
                 "delay/m", "lost", "reasons");
  for (const PersonaRow& r : summary.personas) {
    const double delay =
        r.mail.delayed > 0 ? r.mail.delay_seconds / 60 / static_cast<double>(r.mail.delayed) : 0;
    fmt::format_to(
        out, "{:20}{:>7}{:>9.0f}{:>6}{:>5}{:>5}{:>8.1f}{:>8.1f}{:>10}{:>8}{:>7}{:>9.0f}{:>8}  {}\n", r.name,
        r.accounts, r.account_months, r.alarms.slowed, r.alarms.held, r.alarms.suspended, r.rate, r.upper,
        r.mail.messages, r.mail.deferred, r.mail.held, delay, r.mail.lost, r.reasons);
  }
}

}  // namespace

std::string report_text(World& world, const Scorer& scorer, const Cost& cost) {
  const Summary summary = summarize(world, scorer);
  std::string text = fmt::format(
      "seed {}, {} accounts, {} days, {} take-overs, {} variant: {} events in {:.1f} s ({:.0f}/s)\n\n",
      world.options().seed, world.accounts().size(), world.options().days, world.attacks().size(),
      world.options().variant == Variant::kDev ? "dev" : "test", world.happened(), cost.seconds,
      static_cast<double>(world.happened()) / cost.seconds);
  add_families(text, summary);
  add_personas(text, summary);
  fmt::format_to(
      std::back_inserter(text),
      "\nrestricted while our address was listed: {}; alerts a day per 10,000 accounts: {:.2f}; held back by "
      "the fuse: {}; most restrictions in an hour: {}\nrecords: {:.0f} bytes in the median, {:.0f} in the "
      "mean; observe: {:.0f} ns in the median, {:.0f} in the mean\nvictims' own mail: {} messages, {} "
      "deferred, {} held, {} lost\n",
      summary.alarms_while_listed, summary.alerts_a_day, scorer.observed_only(),
      most_within_an_hour(scorer.restrictions()), quantile(cost.record_bytes, 0.5), mean(cost.record_bytes),
      quantile(cost.nanoseconds, 0.5), mean(cost.nanoseconds), scorer.victims_mail().messages,
      scorer.victims_mail().deferred, scorer.victims_mail().held, scorer.victims_mail().lost);
  return text;
}

}  // namespace postreeve::lab
