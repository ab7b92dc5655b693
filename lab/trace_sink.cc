#include "lab/trace_sink.h"

#include <fmt/format.h>

#include "intake/trace.h"
#include "lab/people/personas.h"

namespace postreeve::lab {

TraceSink::TraceSink(const std::string& trace, const std::string& truth)
    : writes_trace_(!trace.empty()), writes_truth_(!truth.empty()) {
  if (writes_trace_) trace_.open(trace, std::ios::binary);
  if (writes_truth_) truth_.open(truth, std::ios::binary);
}

bool TraceSink::good() const {
  return (!writes_trace_ || trace_.good()) && (!writes_truth_ || truth_.good());
}

void TraceSink::write(const Event& event) {
  if (writes_trace_) trace_ << write_trace_line(event) << '\n';
}

void TraceSink::observe(const Event& event, Doer) {
  write(event);
}

std::span<const Fate> TraceSink::submit(const Submission& submission, Doer doer) {
  if (writes_trace_) {
    std::get<Submission>(event_) = submission;
    write(event_);
  }
  if (doer.hostile() && writes_truth_) {
    const auto n = static_cast<std::size_t>(doer.attack);
    if (deeds_.size() <= n) deeds_.resize(n + 1);
    Deeds& deeds = deeds_[n];
    fmt::format_to(std::back_inserter(deeds.queue_ids), "{}\"{}\"", deeds.messages == 0 ? "" : ",",
                   submission.queue_id);
    ++deeds.messages;
    deeds.recipients += static_cast<std::uint32_t>(submission.recipients.size());
  }
  fates_.assign(submission.recipients.size(), Fate::kOut);
  return fates_;
}

void TraceSink::write_truth(World& world) {
  if (!writes_truth_) return;
  deeds_.resize(world.attacks().size());
  std::string line;
  for (const Account& account : world.accounts()) {
    line.clear();
    fmt::format_to(std::back_inserter(line), "{{\"account\":\"{}\",\"persona\":\"{}\",\"tenant\":\"{}\"}}\n",
                   account.id.text(), all_personas()[account.persona].name,
                   world.tenants()[account.tenant].domain);
    truth_ << line;
  }
  for (std::size_t n = 0; n < deeds_.size(); ++n) {
    const AttackRecord& attack = world.attacks()[n];
    line.clear();
    fmt::format_to(
        std::back_inserter(line),
        "{{\"attack\":{},\"family\":\"{}\",\"crew\":{},\"account\":\"{}\",\"begins\":\"{}\",\"messages\":{},"
        "\"recipients\":{},\"queue_ids\":[{}]}}\n",
        n, attack.family, attack.group, world.accounts()[attack.account].id.text(),
        format_rfc3339(attack.begins), deeds_[n].messages, deeds_[n].recipients, deeds_[n].queue_ids);
    truth_ << line;
  }
}

}  // namespace postreeve::lab
