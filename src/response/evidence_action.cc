#include "response/evidence_action.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/ascii.h"
#include "response/log_excerpt.h"
#include "response/own_mail.h"
#include "response/story.h"
#include "response/told_before.h"
#include "store/ledger/incident_book.h"

namespace postreeve {
namespace {

namespace json = boost::json;

using Kind = ActionKey::Kind;

constexpr std::array kKeys{
    ActionKey{"evidence_folder", Kind::kText, false,
              "Where the archives are written; by default the folder evidence beside the state."},
    ActionKey{"helper", Kind::kTexts, false,
              "The command that runs postreeve-queue with the rights of root; without it no mail is kept."},
    kServerKey,
    kConfigDirectoryKey,
    kDefaultDomainKey,
    ActionKey{"log_files", Kind::kTexts, false, "Logs whose lines about the account are kept."},
    ActionKey{"organisation", Kind::kText, false, "Who reports, as other networks are to read it."},
    ActionKey{"contact", Kind::kText, false,
              "The address of your abuse desk, for reports to the networks that the attacker came from; "
              "without it none are written."},
    ActionKey{"certificate_file", Kind::kText, false,
              "PEM: signs the list of checksums (S/MIME); its file may go on with those between it and the "
              "root."},
    ActionKey{"key_file", Kind::kText, false, "PEM: the key of the certificate, without a passphrase."},
    ActionKey{"most_messages", Kind::kNumber, false, "How many messages are kept at most (200)."}};

// What a message in the queue shows of where the attacker came from.
struct Source {
  std::int64_t first = 0;  // seconds
  std::int64_t last = 0;
  std::uint32_t messages = 0;
  std::string sample_header;
};

std::string timeline_lines(const std::vector<TimelineRow>& timeline) {
  std::string lines;
  for (const TimelineRow& row : timeline) {
    lines += json::serialize(json::object{{"time", format_rfc3339(row.time)},
                                          {"kind", to_text(row.kind)},
                                          {"author", row.author},
                                          {"says", row.text},
                                          {"details", row.details}});
    lines += '\n';
  }
  return lines;
}

std::string header_of(std::string_view content) {
  return std::string(content.substr(0, content.find("\n\n")));
}

Timestamp from_unix(std::int64_t seconds) {
  return Timestamp{std::chrono::seconds{seconds}};
}

// Keyed by the incident, so that a package made again looks the same, and no other package does.
HashKey key_of(const Task& task) {
  HashKey key;
  const std::string text = "postreeve evidence " + task.incident.to_string() + task.account.text();
  crypto_generichash(key.bytes.data(), key.bytes.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return key;
}

Result<void> make_folder(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", folder, failure.message()));
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  return {};
}

}  // namespace

struct EvidenceAction::Gathered {
  std::vector<EvidenceFile> files;
  std::vector<std::string> queue_ids;
  std::map<std::string, Source> sources;  // by address
  std::vector<std::string> sentences;
  std::size_t messages = 0;
  std::size_t left_out = 0;  // messages over the limit, or gone meanwhile
  std::string trouble;       // what could not be kept, and why
};

EvidenceAction::EvidenceAction(EvidenceOptions options, LedgerDatabase& ledger)
    : options_(std::move(options)), ledger_(ledger) {}

std::string EvidenceAction::path_of(const Task& task) const {
  return fmt::format("{}/{}-{}.tar.gz", options_.folder, task.incident.to_string(), task.id);
}

std::string EvidenceAction::preview(const Task& task) const {
  return fmt::format("write the evidence of incident {} ({}) to {}", task.incident.to_string(),
                     task.account.text(), path_of(task));
}

Result<void> EvidenceAction::gather_story(const Task& task, Gathered& gathered) const {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  const auto timeline = IncidentBook(ledger_).timeline(task.incident);
  if (!timeline) return fail(timeline.error());
  gathered.files.push_back({.name = "story.txt", .content = story(task, *rows)});
  gathered.files.push_back({.name = "timeline.jsonl", .content = timeline_lines(*timeline)});
  for (const TimelineRow& row : *timeline) {
    if (row.kind == EntryKind::kEvidence) gathered.sentences.push_back(row.text);
  }
  if (!task.client.empty()) {
    const std::int64_t time = to_seconds32(task.time);
    gathered.sources[task.client] = {.first = time, .last = time, .messages = 0, .sample_header = {}};
  }
  return {};
}

Result<void> EvidenceAction::gather_mail(const Task& task, Gathered& gathered) const {
  if (!options_.helper) return {};
  const auto span = span_of_incident(ledger_, task);
  if (!span) return fail(span.error());
  QueueTalk talk(*options_.helper, task.account);
  const auto queue = talk.list(false);
  if (!queue) return fail(queue.error());
  for (const MailInQueue& mail : *queue) {
    if (mail.account != task.account.text() || !came_since(mail, span->since)) continue;
    gathered.queue_ids.push_back(mail.queue_id);
    if (gathered.messages == options_.most_messages) {
      ++gathered.left_out;
      continue;
    }
    const auto kept = talk.show(mail.queue_id, false);
    if (!kept && kept.error().code == ErrorCode::kUnavailable) return fail(kept.error());
    if (!kept) {
      ++gathered.left_out;
      continue;
    }
    ++gathered.messages;
    gathered.files.push_back(
        {.name = fmt::format("messages/{}.eml", mail.queue_id), .content = kept->content});
    gathered.files.push_back(
        {.name = fmt::format("messages/{}.json", mail.queue_id), .content = kept->envelope});
    if (mail.client_address.empty() || !is_from_its_networks(mail, *span)) continue;
    const std::int64_t time = mail.arrived / 1'000'000;
    Source& source = gathered.sources[mail.client_address];
    source.first = source.first == 0 ? time : std::min(source.first, time);
    source.last = std::max(source.last, time);
    if (source.messages++ == 0) source.sample_header = header_of(kept->content);
  }
  return {};
}

void EvidenceAction::gather_log_lines(const Task& task, Gathered& gathered) const {
  std::vector<std::string> needles = gathered.queue_ids;
  needles.push_back(task.account.text());
  for (std::size_t i = 0; i < options_.log_files.size(); ++i) {
    const Result<std::string> lines = excerpt_of(options_.log_files[i], needles);
    if (!lines) {
      gathered.trouble += "; " + lines.error().detail;
    } else if (!lines->empty()) {
      gathered.files.push_back({.name = fmt::format("log-{}.txt", i + 1), .content = *lines});
    }
  }
}

void EvidenceAction::write_reports(const Task& task, Gathered& gathered) const {
  if (options_.reporter.contact.empty()) return;
  const HashKey key = key_of(task);
  int number = 0;
  for (const auto& [address, source] : gathered.sources) {
    const AbuseReport report{.incident = task.incident.to_string(),
                             .address = address,
                             .first_seen = from_unix(source.first),
                             .last_seen = from_unix(source.last),
                             .made = task.time,
                             .messages = source.messages,
                             .sentences = gathered.sentences,
                             .sample_header = source.sample_header};
    ++number;
    gathered.files.push_back({.name = fmt::format("reports/{}-xarf.json", number),
                              .content = xarf_report(report, options_.reporter, key)});
    if (source.sample_header.empty()) continue;
    gathered.files.push_back({.name = fmt::format("reports/{}-arf.eml", number),
                              .content = arf_report(report, options_.reporter, key)});
  }
}

// A signed text that lists the checksums: any mail program, and `openssl cms -verify`, can check it.
Result<void> EvidenceAction::sign(const Task& task, const Gathered& gathered) const {
  if (!options_.signer) return {};
  const auto entity = options_.signer->sign(text_entity(manifest_of(gathered.files)));
  if (!entity) return fail(entity.error());
  std::ofstream file(path_of(task) + ".MANIFEST.eml", std::ios::binary | std::ios::trunc);
  file << "MIME-Version: 1.0\r\n" << *entity << std::flush;
  if (!file) return fail(ErrorCode::kUnavailable, path_of(task) + ".MANIFEST.eml cannot be written");
  return {};
}

Result<std::string> EvidenceAction::carry_out(const Task& task) {
  if (const auto made = make_folder(options_.folder); !made) return fail(made.error());
  Gathered gathered;
  if (const auto told = gather_story(task, gathered); !told) return fail(told.error());
  if (const auto kept = gather_mail(task, gathered); !kept) return fail(kept.error());
  gather_log_lines(task, gathered);
  write_reports(task, gathered);
  if (const auto written = write_evidence_archive(path_of(task), gathered.files, task.time); !written)
    return fail(written.error());
  if (const auto signed_list = sign(task, gathered); !signed_list) return fail(signed_list.error());
  std::string says = fmt::format("wrote the evidence to {}: {} files, {} of them messages", path_of(task),
                                 gathered.files.size(), gathered.messages);
  if (gathered.left_out > 0) says += fmt::format("; {} more messages are not in it", gathered.left_out);
  return says + gathered.trouble;
}

namespace {

Result<void> read_signer(const ActionSettings& settings, EvidenceOptions& options) {
  const std::string certificate = settings.text("certificate_file");
  const std::string key = settings.text("key_file");
  if (certificate.empty() != key.empty())
    return fail(ErrorCode::kInvalidInput, "certificate_file and key_file go together");
  if (certificate.empty()) return {};
  Result<MailSigner> signer = MailSigner::load(certificate, key);
  if (!signer) return fail(signer.error());
  options.signer = std::move(*signer);
  return {};
}

Result<void> read_reporter(const ActionSettings& settings, EvidenceOptions& options) {
  const std::string contact = settings.text("contact");
  if (contact.empty()) return {};
  const auto mailbox = parse_own_mailbox(contact);
  if (!mailbox) return fail(ErrorCode::kInvalidInput, "contact: write an address like abuse@hoster.example");
  const std::string domain = contact.substr(contact.rfind('@') + 1);
  options.reporter = {
      .organisation = settings.text("organisation", domain), .contact = contact, .domain = domain};
  return {};
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld& world) {
  EvidenceOptions options;
  options.folder = settings.text("evidence_folder", world.state_folder + "/evidence");
  options.log_files = settings.texts("log_files");
  options.most_messages =
      static_cast<std::size_t>(std::clamp<std::int64_t>(settings.number("most_messages", 200), 0, 10'000));
  if (settings.has("helper")) {
    auto helper = read_queue_helper(settings);
    if (!helper) return fail(helper.error());
    options.helper = *std::move(helper);
  }
  if (const auto read = read_signer(settings, options); !read) return fail(read.error());
  if (const auto read = read_reporter(settings, options); !read) return fail(read.error());
  return std::make_unique<EvidenceAction>(std::move(options), world.ledger);
}

}  // namespace

ActionType evidence_type() {
  return {
      .name = "evidence",
      .means = "writes an archive with the incident's story, its mail in the queue, log lines and reports",
      .keys = kKeys,
      .make = &make};
}

}  // namespace postreeve
