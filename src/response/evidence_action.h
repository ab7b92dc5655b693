// Kind "evidence": keeps what shows that an account was stolen, before it is gone: one archive an incident
// (evidence_archive.h) with the incident's story, its mail out of the queue with envelopes, the log's lines,
// and reports to the networks that the attacker came from (abuse_report.h), ready to be sent by a person.
//
// What deletes mail waits for it (queue_removal.h). A queue that is longer than there is time or room for is
// kept from its oldest message on, and what is left out is counted. Carried out again it takes the place of
// its own archive, and never of a fuller one: each row of the outbox has a file of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "response/abuse_report.h"
#include "response/action_type.h"
#include "response/incident_mail.h"
#include "response/queue_helper_client.h"

namespace postreeve {

struct EvidenceOptions {
  std::string folder;
  std::optional<QueueHelper> helper;  // none: no mail
  std::vector<std::string> log_files;
  Reporter reporter;             // without a contact no reports are written
  std::string certificate_file;  // of who signs MANIFEST.eml beside the archive; empty: nobody
  std::string key_file;
  std::size_t most_messages = 200;
  std::uint64_t most_bytes = 512UL * 1024 * 1024;  // of messages
  std::chrono::milliseconds time_for_mail{20'000};
};

// One thread at a time.
class EvidenceAction final : public ResponseAction {
 public:
  EvidenceAction(EvidenceOptions options, LedgerDatabase& ledger, AccountPlaces places = {});

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] std::string file_of(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  struct Gathered;
  [[nodiscard]] Result<void> gather_story(const Task& task, Gathered& gathered) const;
  [[nodiscard]] Result<void> gather_mail(const Task& task, Gathered& gathered) const;
  [[nodiscard]] bool has_room_for(const MailInQueue& mail, const Gathered& gathered) const;
  [[nodiscard]] Result<void> gather_clues(const Task& task, Gathered& gathered) const;
  [[nodiscard]] Result<void> gather_log_lines(const Task& task, Gathered& gathered) const;
  [[nodiscard]] Result<void> write_reports(const Task& task, Gathered& gathered) const;
  [[nodiscard]] Result<void> sign(const Task& task, Gathered& gathered) const;

  EvidenceOptions options_;
  LedgerDatabase& ledger_;
  AccountPlaces places_;
};

[[nodiscard]] ActionType evidence_type();

}  // namespace postreeve
