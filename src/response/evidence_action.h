// Kind "evidence": keeps what shows that an account was stolen, before it is gone: one archive an incident
// (evidence_archive.h) with the incident's story, its mail out of the queue with envelopes, the log's lines,
// and reports to the networks that the attacker came from (abuse_report.h), ready to be sent by a person.
//
// List it before what deletes mail. Carried out again it takes the place of its own archive, and never of a
// fuller one: each row of the outbox has a file of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "response/abuse_report.h"
#include "response/action_type.h"
#include "response/evidence_archive.h"
#include "response/incident_mail.h"
#include "response/mail_signer.h"
#include "response/queue_helper_client.h"

namespace postreeve {

struct EvidenceOptions {
  std::string folder;
  std::optional<QueueHelper> helper;  // none: no mail
  std::vector<std::string> log_files;
  Reporter reporter;                 // without a contact no reports are written
  std::optional<MailSigner> signer;  // of MANIFEST.eml beside the archive
  std::size_t most_messages = 200;
};

// One thread at a time.
class EvidenceAction final : public ResponseAction {
 public:
  EvidenceAction(EvidenceOptions options, LedgerDatabase& ledger);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  struct Gathered;
  [[nodiscard]] Result<void> gather_story(const Task& task, Gathered& gathered) const;
  [[nodiscard]] Result<void> gather_mail(const Task& task, Gathered& gathered) const;
  void gather_log_lines(const Task& task, Gathered& gathered) const;
  void write_reports(const Task& task, Gathered& gathered) const;
  [[nodiscard]] std::string path_of(const Task& task) const;
  [[nodiscard]] Result<void> sign(const Task& task, const Gathered& gathered) const;

  EvidenceOptions options_;
  LedgerDatabase& ledger_;
};

[[nodiscard]] ActionType evidence_type();

}  // namespace postreeve
