#include "replay/report_table.h"

#include <algorithm>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "base/printable.h"
#include "finding/explain.h"
#include "replay/numbers.h"
#include "replay/text_table.h"

namespace postreeve {
namespace {

using Align = TextTable::Align;

constexpr std::size_t kRows = 10;
constexpr std::size_t kSamples = 3;
constexpr std::size_t kNetworksShown = 6;
constexpr std::size_t kCountriesShown = 8;

std::span<const RefusalReport> first_rows(const std::vector<RefusalReport>& rows) {
  return std::span(rows).first(std::min(rows.size(), kRows));
}

std::string percent(double part) {
  return fmt::format("{:.1f} %", part * 100);
}

// Cut, not rounded: 100 % means all of them.
std::string percent_of_lines(const HistoryCounts& lines) {
  if (lines.lines_read == 0) return "0.0 %";
  const std::uint64_t tenths = lines.lines_understood * 1000 / lines.lines_read;
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

std::string per_second(std::uint64_t number, double seconds) {
  return with_commas(static_cast<std::uint64_t>(static_cast<double>(number) / std::max(seconds, 1e-3)));
}

std::string place(const Prefix& network, CountryCode country) {
  return country.known() ? fmt::format("{} ({})", network.to_string(), country.name()) : network.to_string();
}

bool is_slowed_only(const IncidentReport& incident) {
  return incident.standing <= Level::kSlowed;
}

// Writes one report; one object a report.
class TableWriter {
 public:
  explicit TableWriter(TableStyle style) : style_(style) {}

  std::string report(const Report& report) {
    summary(report);
    incidents(report.judgement);
    restricted(report.judgement);
    senders(report.traffic);
    guessing(report.traffic);
    refusals("Refused recipients by account", "account", report.traffic.refusals_by_account);
    refusals("Refused recipients by destination", "destination", report.traffic.refusals_by_destination);
    unread(report.lines);
    return std::move(out_);
  }

  std::string comparison(const Comparison& comparison) {
    summary(comparison.a);
    heading("Side by side");
    out_ += fmt::format("  A is {}, B is {}\n\n", printable(comparison.name_a), printable(comparison.name_b));
    side_by_side(comparison);
    differences(comparison.differences);
    return std::move(out_);
  }

 private:
  std::string painted(std::string_view text, std::string_view code) const {
    return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  void heading(std::string_view text) {
    if (!out_.ends_with("\n\n")) out_ += "\n";
    out_ += painted(text, "1") + "\n\n";
  }
  void field(std::string_view name, std::string_view text) {
    out_ += fmt::format("  {:<12}{}\n", name, text);
  }
  void fact(std::string_view name, std::string_view text) {
    out_ += fmt::format("      {:<16}{}\n", name, text);
  }

  void summary(const Report& report) {
    const TrafficReport& traffic = report.traffic;
    const HistoryCounts& lines = report.lines;
    out_ += painted("Postreeve replay", "1") + "\n\n";
    if (traffic.first) {
      field("Time", fmt::format("{} to {} UTC", readable_time(*traffic.first), readable_time(*traffic.last)));
    }
    field("Lines",
          fmt::format("{} read, {} understood", with_commas(lines.lines_read), percent_of_lines(lines)));
    const EventCounts& events = traffic.events;
    field("Events", fmt::format("{}, {}, {}", counted(events.login, "login", "logins"),
                                counted(events.submission, "submission", "submissions"),
                                counted(events.delivery, "delivery report", "delivery reports")));
    field("Accounts", with_commas(traffic.accounts));
    field("Speed", fmt::format("{:.1f} s; {} lines and {} events a second", report.seconds,
                               per_second(lines.lines_read, report.seconds),
                               per_second(events.all(), report.seconds)));
  }

  void incidents(const JudgementReport& judgement) {
    const auto& all = judgement.incidents;
    const auto stolen = std::ranges::count_if(all, [](const auto& i) { return !is_slowed_only(i); });
    if (stolen == 0) {
      heading("In other hands: no account");
    } else {
      heading(fmt::format("In other hands: {}",
                          counted(static_cast<std::uint64_t>(stolen), "account", "accounts")));
    }
    std::size_t number = 0;
    for (const IncidentReport& incident : all) {
      if (!is_slowed_only(incident)) one_incident(++number, incident);
    }
    if (judgement.observed_only == 0) return;
    out_ += fmt::format(
        "  The fuse was out {}: too many accounts looked stolen at once, which is more often a broken\n"
        "  geography file or clock. Nothing was restricted then.\n",
        counted(judgement.observed_only, "time", "times"));
  }

  void one_incident(std::size_t number, const IncidentReport& incident) {
    const std::string_view colour = incident.standing == Level::kSuspended ? "31" : "33";
    out_ += fmt::format("  {:>2}. {}  {}\n", number, painted(printable(incident.account), "1"),
                        painted(to_text(incident.standing), colour));
    if (incident.first_stolen) fact("First stolen", readable_time(*incident.first_stolen) + " UTC");
    fact("Noticed", readable_time(incident.opened) + " UTC");
    stepped_in(incident);
    fact("Got out", fmt::format("{} to {}", counted(incident.messages_out, "message", "messages"),
                                counted(incident.recipients_out, "recipient", "recipients")));
    if (incident.messages_touched != 0)
      fact("Stopped", counted(incident.messages_touched, "message", "messages"));
    if (!incident.networks.empty()) fact("From", networks(incident));
    if (!incident.countries.empty()) fact("Countries", countries(incident));
    reasons(incident.evidence);
    out_ += "\n";
  }

  void stepped_in(const IncidentReport& incident) {
    if (!incident.stepped_in) return fact("Steps in", "before the next message");
    fact("Steps in", fmt::format("{} UTC, at message {}, recipient {}", readable_time(*incident.stepped_in),
                                 with_commas(incident.at_message), with_commas(incident.at_recipient)));
  }

  static std::string networks(const IncidentReport& incident) {
    std::string text;
    for (std::size_t i = 0; i < std::min(incident.networks.size(), kNetworksShown); ++i) {
      text += (i == 0 ? "" : ", ") + incident.networks[i].to_string();
    }
    if (incident.networks.size() > kNetworksShown) {
      text += fmt::format(" and {} more", incident.networks.size() - kNetworksShown);
    }
    return text;
  }

  static std::string countries(const IncidentReport& incident) {
    std::string text;
    const std::size_t shown = std::min(incident.countries.size(), kCountriesShown);
    for (std::size_t i = 0; i < shown; ++i)
      text += (i == 0 ? "" : ", ") + std::string(incident.countries[i].name());
    if (incident.countries.size() > shown)
      text += fmt::format(" and {} more", incident.countries.size() - shown);
    return text;
  }

  void reasons(const std::vector<Evidence>& evidence) {
    std::string_view name = "Why";
    for (const Evidence& found : evidence) {
      fact(name, printable(explain(found)));
      name = "";
    }
  }

  void restricted(const JudgementReport& judgement) {
    if (judgement.restricted.empty()) return heading("Slowed or limited, and nothing came of it: no account");
    heading(fmt::format("Slowed or limited, and nothing came of it: {}",
                        counted(judgement.restricted.size(), "account", "accounts")));
    for (const RestrictedReport& row : judgement.restricted) {
      out_ += fmt::format("      {}  {}\n", painted(printable(row.account), "1"), to_text(row.action));
      fact("Since", readable_time(row.since) + " UTC");
      fact("Touched", counted(row.messages, "message", "messages"));
      if (!row.limit.empty()) fact("Limit", printable(row.limit));
      if (row.limit.empty() || row.standing == Level::kSlowed) reasons(row.evidence);
      out_ += "\n";
    }
  }

  void senders(const TrafficReport& traffic) {
    if (traffic.top_senders.empty()) return;
    heading("Top senders");
    TextTable table({{"account"}, {"messages", Align::kRight}, {"recipients", Align::kRight}});
    for (const SenderReport& row :
         std::span(traffic.top_senders).first(std::min(traffic.top_senders.size(), kRows))) {
      table.add({row.account, with_commas(row.messages), with_commas(row.recipients)});
    }
    out_ += table.to_string();
  }

  void guessing(const TrafficReport& traffic) {
    if (traffic.guessing.empty()) return;
    heading("Password guessing by network");
    TextTable table({{"network"}, {"failures", Align::kRight}, {"names tried", Align::kRight}});
    for (const GuessingReport& row :
         std::span(traffic.guessing).first(std::min(traffic.guessing.size(), kRows))) {
      table.add({place(row.network, row.country), with_commas(row.failures), with_commas(row.accounts)});
    }
    out_ += table.to_string();
  }

  void refusals(std::string_view title, std::string_view name, const std::vector<RefusalReport>& rows) {
    if (rows.empty()) return;
    heading(title);
    TextTable table(
        {{name}, {"delivered", Align::kRight}, {"refused", Align::kRight}, {"rate", Align::kRight}});
    for (const RefusalReport& row : first_rows(rows)) {
      table.add({row.name, with_commas(row.delivered), with_commas(row.refused), percent(row.rate())});
    }
    out_ += table.to_string();
  }

  void unread(const HistoryCounts& lines) {
    if (lines.lines_unparsed() == 0) return;
    heading("Not understood");
    for (const auto& [program, unparsed] : lines.unparsed) {
      if (unparsed.lines == 0) continue;
      out_ += fmt::format("  {}: {}\n", printable(program), counted(unparsed.lines, "line", "lines"));
      for (const auto& sample :
           std::span(unparsed.samples).first(std::min(unparsed.samples.size(), kSamples))) {
        out_ += fmt::format("      {}\n", printable(sample));
      }
    }
  }

  void side_by_side(const Comparison& comparison) {
    TextTable table({{""}, {"A", Align::kRight}, {"B", Align::kRight}});
    const auto row = [&](std::string name, auto number) {
      table.add({std::move(name), with_commas(number(comparison.a.judgement)),
                 with_commas(number(comparison.b.judgement))});
    };
    row("accounts in other hands", [](const JudgementReport& j) {
      return static_cast<std::uint64_t>(
          std::ranges::count_if(j.incidents, [](const auto& i) { return !is_slowed_only(i); }));
    });
    row("accounts slowed or limited only", [](const JudgementReport& j) { return j.restricted.size(); });
    row("stolen messages that got out", [](const JudgementReport& j) {
      std::uint64_t sum = 0;
      for (const auto& incident : j.incidents) sum += incident.messages_out;
      return sum;
    });
    row("recipients of those", [](const JudgementReport& j) {
      std::uint64_t sum = 0;
      for (const auto& incident : j.incidents) sum += incident.recipients_out;
      return sum;
    });
    row("messages touched", [](const JudgementReport& j) { return j.messages_touched; });
    out_ += table.to_string();
  }

  void differences(const std::vector<Difference>& differences) {
    if (differences.empty()) return heading("No account fares differently");
    heading(fmt::format("Different: {}", counted(differences.size(), "account", "accounts")));
    TextTable table({{"account"},
                     {"A"},
                     {"out", Align::kRight},
                     {"touched", Align::kRight},
                     {"B"},
                     {"out", Align::kRight},
                     {"touched", Align::kRight}});
    for (const Difference& d : differences) {
      table.add({d.account, std::string(to_text(d.a.standing)), with_commas(d.a.messages_out),
                 with_commas(d.a.messages_touched), std::string(to_text(d.b.standing)),
                 with_commas(d.b.messages_out), with_commas(d.b.messages_touched)});
    }
    out_ += table.to_string();
  }

  TableStyle style_;
  std::string out_;
};

}  // namespace

std::string report_as_table(const Report& report, TableStyle style) {
  return TableWriter(style).report(report);
}

std::string comparison_as_table(const Comparison& comparison, TableStyle style) {
  return TableWriter(style).comparison(comparison);
}

}  // namespace postreeve
