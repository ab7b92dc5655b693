#include "lab/score/sheet.h"

#include <fmt/format.h>

#include "lab/people/personas.h"
#include "lab/score/summary.h"

namespace postreeve::lab {
namespace {

double since_start(World& world, Timestamp time) {
  return seconds_between(world.start(), time);
}

std::string time_or_null(World& world, const std::optional<Timestamp>& time) {
  return time ? fmt::format("{:.1f}", since_start(world, *time)) : "null";
}

// "[" items by `write` with commas between "]".
template <typename Items, typename Write>
std::string list(const Items& items, Write write) {
  std::string text = "[";
  for (const auto& item : items) {
    if (text.size() > 1) text += ",\n  ";
    text += write(item);
  }
  return text + "]";
}

std::string mail_fields(const MailScore& mail) {
  return fmt::format(
      R"("messages":{},"deferred":{},"held":{},"rejected":{},"delayed":{},"delay_seconds":{:.0f},"lost":{})",
      mail.messages, mail.deferred, mail.held, mail.rejected, mail.delayed, mail.delay_seconds, mail.lost);
}

std::string attacks(World& world, const Scorer& scorer) {
  static const AttackScore kUntouched{};
  std::string text = "[";
  for (std::size_t i = 0; i < world.attacks().size(); ++i) {
    const AttackRecord& record = world.attacks()[i];
    const AttackScore& score = i < scorer.attacks().size() ? scorer.attacks()[i] : kUntouched;
    fmt::format_to(
        std::back_inserter(text),
        R"({}{{"family":"{}","group":{},"planned":{},"tried":{},"leaked":{},"recipients_tried":{},)"
        R"("recipients_leaked":{},"begins":{:.1f},"first_message":{},"contained":{},"worst":"{}",)"
        R"("before_first":{}}})",
        i > 0 ? ",\n  " : "", record.family, record.group, record.planned, score.messages_tried,
        score.messages_leaked, score.recipients_tried, score.recipients_leaked,
        since_start(world, record.begins), time_or_null(world, score.first_message),
        time_or_null(world, score.contained), to_text(score.worst), score.before_first_message);
  }
  return text + "]";
}

std::string personas(const Summary& summary) {
  return list(summary.personas, [](const PersonaRow& row) {
    return fmt::format(R"({{"persona":"{}","accounts":{},"account_months":{:.2f},{}}})", row.name,
                       row.accounts, row.account_months, mail_fields(row.mail));
  });
}

std::string detectors(std::uint64_t bits) {
  std::string text;
  for (std::size_t d = 0; d < kDetectorCount; ++d) {
    if ((bits >> d & 1) == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", text.empty() ? "" : ",",
                   to_text(static_cast<DetectorId>(d)));
  }
  return text;
}

std::string alarm_months(World& world, const Scorer& scorer) {
  return list(worst_of_months(scorer.alarms(), scorer.counts_from()), [&](const AlarmMonth& month) {
    return fmt::format(R"({{"account":{},"persona":"{}","month":{},"level":"{}","detectors":[{}]}})",
                       month.account, all_personas()[world.accounts()[month.account].persona].name,
                       month.month, to_text(month.level), detectors(month.detectors));
  });
}

std::string alarms(World& world, const Scorer& scorer) {
  return list(scorer.alarms(), [&](const Alarm& alarm) {
    return fmt::format(R"({{"account":{},"time":{:.0f},"level":"{}","begins":{}}})", alarm.account,
                       since_start(world, alarm.time), to_text(alarm.level), alarm.begins);
  });
}

std::string dismissals(World& world, const Scorer& scorer) {
  return list(scorer.dismissals(), [&](const Dismissal& dismissal) {
    return fmt::format(R"({{"account":{},"time":{:.0f}}})", dismissal.account,
                       since_start(world, dismissal.time));
  });
}

// The mean without the slowest hundredth, which the machine's other work made slow.
double trimmed_mean(std::vector<double> values) {
  const double most = quantile(values, 0.99);
  std::erase_if(values, [&](double value) { return value > most; });
  return mean(values);
}

std::string spread(const std::vector<double>& values) {
  return fmt::format(R"({{"count":{},"median":{:.1f},"mean":{:.1f},"trimmed_mean":{:.1f},"p95":{:.1f}}})",
                     values.size(), quantile(values, 0.5), mean(values), trimmed_mean(values),
                     quantile(values, 0.95));
}

}  // namespace

std::string sheet_json(World& world, const Scorer& scorer, const Cost& cost) {
  const Summary summary = summarize(world, scorer);
  const WorldOptions& options = world.options();
  std::string text = fmt::format(
      R"({{"seed":{},"variant":"{}","accounts":{},"days":{},"warm_up":{},"events":{},"seconds":{:.2f},)"
      R"("incidents":{},"incidents_of_clean":{},"alarms_while_listed":{},"observed_only":{},)"
      R"("restrictions":{},"most_restrictions_an_hour":{},)",
      options.seed, options.variant == Variant::kDev ? "dev" : "test", world.accounts().size(), options.days,
      scorer.warm_up_days(), world.happened(), cost.seconds, scorer.incidents(), scorer.incidents_of_clean(),
      summary.alarms_while_listed, scorer.observed_only(), scorer.restrictions().size(),
      most_within_an_hour(scorer.restrictions()));
  const auto add = [&](std::string_view name, const std::string& value) {
    fmt::format_to(std::back_inserter(text), "\n\"{}\":{},", name, value);
  };
  add("victims_mail", '{' + mail_fields(scorer.victims_mail()) + '}');
  add("record_bytes", spread(cost.record_bytes));
  add("nanoseconds", spread(cost.nanoseconds));
  add("attacks", attacks(world, scorer));
  add("personas", personas(summary));
  add("alarm_months", alarm_months(world, scorer));
  add("alarms", alarms(world, scorer));
  add("dismissals", dismissals(world, scorer));
  add("delays", list(scorer.delays(), [](float seconds) { return fmt::format("{:.0f}", seconds); }));
  text.back() = '}';
  return text + '\n';
}

}  // namespace postreeve::lab
