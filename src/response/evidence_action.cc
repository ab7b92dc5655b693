#include "response/evidence_action.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/whole_file.h"
#include "response/evidence_archive.h"
#include "response/log_excerpt.h"
#include "response/mail_signer.h"
#include "response/own_mail.h"
#include "response/story.h"
#include "response/told_before.h"
#include "response/wall_clock.h"
#include "store/ledger/clue_book.h"
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
    ActionKey{"most_messages", Kind::kNumber, false, "How many messages are kept at most (200)."},
    ActionKey{"most_mib", Kind::kNumber, false, "How many MiB of messages are kept at most (512)."}};

constexpr std::string_view kSignedManifest = ".MANIFEST.eml";
constexpr std::size_t kMostSampleBytes = 16UL * 1024;

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
  return std::string(content.substr(0, std::min(content.find("\n\n"), kMostSampleBytes)));
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

// Who may read a folder of the site's own is the site's business.
Result<void> make_folder(const std::string& folder) {
  std::error_code failure;
  const bool is_ours = std::filesystem::create_directories(folder, failure);
  if (failure) return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", folder, failure.message()));
  if (is_ours) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  return {};
}

// Of a log that was rotated since, the file before stands first. It need not be there.
Result<std::string> lines_of_log(const std::string& file, const std::vector<std::string>& needles) {
  const Result<std::string> before = excerpt_of(file + ".1", needles);
  Result<std::string> now = excerpt_of(file, needles);
  if (!now || !before) return now;
  return *before + *now;
}

}  // namespace

// What is known of the archive's content beside the disk.
struct EvidenceAction::Gathered {
  Gathered(const std::string& path, Timestamp time) : archive(path, time) {}

  Result<void> add(const EvidenceFile& file) {
    ++files;
    return archive.add(file);
  }
  Result<void> add(const MailInQueue& mail, const PreservedMail& kept, const IncidentSpan& span);

  EvidenceArchive archive;
  std::size_t files = 0;
  std::vector<std::string> queue_ids;
  std::map<std::string, Source> sources;  // by address
  std::vector<std::string> sentences;
  std::size_t messages = 0;
  std::uint64_t bytes = 0;   // of messages
  std::size_t left_out = 0;  // messages over a limit, or gone meanwhile
  std::string trouble;       // what could not be kept, and why
};

Result<void> EvidenceAction::Gathered::add(const MailInQueue& mail, const PreservedMail& kept,
                                           const IncidentSpan& span) {
  const std::string stem = "messages/" + mail.queue_id;
  if (auto added = add({.name = stem + ".eml", .content = kept.content}); !added) return added;
  if (auto added = add({.name = stem + ".json", .content = kept.envelope}); !added) return added;
  ++messages;
  bytes += kept.content.size();
  if (mail.client_address.empty() || !is_from_its_networks(mail, span)) return {};
  const std::int64_t time = mail.arrived / 1'000'000;
  Source& source = sources[mail.client_address];
  source.first = source.first == 0 ? time : std::min(source.first, time);
  source.last = std::max(source.last, time);
  if (source.messages++ == 0) source.sample_header = header_of(kept.content);
  return {};
}

EvidenceAction::EvidenceAction(EvidenceOptions options, LedgerDatabase& ledger, AccountPlaces places)
    : options_(std::move(options)), ledger_(ledger), places_(std::move(places)) {}

std::string EvidenceAction::file_of(const Task& task) const {
  const std::string number = task.id == kNotAskedForYet ? "NUMBER" : std::to_string(task.id);
  return fmt::format("{}/{}-{}.tar.gz", options_.folder, task.incident.to_string(), number);
}

std::string EvidenceAction::preview(const Task& task) const {
  return fmt::format("write the evidence of incident {} ({}) to {}", task.incident.to_string(),
                     task.account.text(), file_of(task));
}

Result<void> EvidenceAction::gather_story(const Task& task, Gathered& gathered) const {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  const auto timeline = IncidentBook(ledger_).timeline(task.incident);
  if (!timeline) return fail(timeline.error());
  if (auto added = gathered.add({.name = "story.txt", .content = story(task, *rows)}); !added) return added;
  if (auto added = gathered.add({.name = "timeline.jsonl", .content = timeline_lines(*timeline)}); !added)
    return added;
  for (const TimelineRow& row : *timeline) {
    if (row.kind == EntryKind::kEvidence) gathered.sentences.push_back(row.text);
  }
  if (!task.client.empty()) {
    const std::int64_t time = to_seconds32(task.time);
    gathered.sources[task.client] = {.first = time, .last = time, .messages = 0, .sample_header = {}};
  }
  return {};
}

bool EvidenceAction::has_room_for(const MailInQueue& mail, const Gathered& gathered) const {
  return gathered.messages < options_.most_messages && gathered.bytes + mail.size <= options_.most_bytes;
}

Result<void> EvidenceAction::gather_mail(const Task& task, Gathered& gathered) const {
  if (!options_.helper) return {};
  const auto span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  QueueTalk talk(*options_.helper, task.account, options_.time_for_mail);
  const auto queue = talk.list(false);
  if (!queue) return fail(queue.error());
  for (const MailInQueue& mail : *queue) {
    if (mail.account != task.account.text() || !came_since(mail, span->since)) continue;
    gathered.queue_ids.push_back(mail.queue_id);
    if (talk.is_over() || !has_room_for(mail, gathered)) {
      ++gathered.left_out;
      continue;
    }
    const auto shown = talk.show(mail.queue_id, false);
    // Somebody may mend a helper that does not answer; the time for a long queue never comes.
    const bool is_down = !shown && shown.error().code == ErrorCode::kUnavailable;
    if (is_down && (!talk.is_over() || gathered.messages == 0)) return fail(shown.error());
    if (!shown) {
      ++gathered.left_out;
    } else if (auto added = gathered.add(mail, *shown, *span); !added) {
      return added;
    }
  }
  if (gathered.messages == 0 && gathered.left_out > 0 && talk.is_over())
    return fail(ErrorCode::kUnavailable, "the queue helper was too slow to show a single message");
  return {};
}

// Most of the thief's mail has left the queue, and of a hundred machines few have a message in it.
Result<void> EvidenceAction::gather_clues(const Task& task, Gathered& gathered) const {
  const auto clues = ClueBook(ledger_).of(task.incident);
  if (!clues) return fail(ErrorCode::kUnavailable, clues.error().detail);
  const auto span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  for (const ClueRow& row : *clues) {
    if (row.clue.kind == ClueKind::kQueueId) gathered.queue_ids.push_back(row.clue.value);
    if (row.clue.kind != ClueKind::kAddress) continue;
    const auto address = IpAddress::parse(row.clue.value);
    if (!address || !span->networks.contains(network_of(*address))) continue;
    gathered.sources.try_emplace(row.clue.value, Source{.first = to_seconds32(row.seen.first),
                                                        .last = to_seconds32(row.seen.last),
                                                        .messages = 0,
                                                        .sample_header = {}});
  }
  return {};
}

Result<void> EvidenceAction::gather_log_lines(const Task& task, Gathered& gathered) const {
  std::vector<std::string> needles = gathered.queue_ids;
  needles.push_back(task.account.text());
  for (std::size_t i = 0; i < options_.log_files.size(); ++i) {
    const Result<std::string> lines = lines_of_log(options_.log_files[i], needles);
    if (!lines) {
      gathered.trouble += "; " + lines.error().detail;
    } else if (!lines->empty()) {
      auto added = gathered.add({.name = fmt::format("log-{}.txt", i + 1), .content = *lines});
      if (!added) return added;
    }
  }
  return {};
}

Result<void> EvidenceAction::write_reports(const Task& task, Gathered& gathered) const {
  if (options_.reporter.contact.empty()) return {};
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
    auto added = gathered.add({.name = fmt::format("reports/{}-xarf.json", number),
                               .content = xarf_report(report, options_.reporter, key)});
    if (added && !source.sample_header.empty())
      added = gathered.add({.name = fmt::format("reports/{}-arf.eml", number),
                            .content = arf_report(report, options_.reporter, key)});
    if (!added) return added;
  }
  return {};
}

// A signed text that lists the checksums: any mail program, and `openssl cms -verify`, can check it. Evidence
// without a signature counts more than none.
Result<void> EvidenceAction::sign(const Task& task, Gathered& gathered) const {
  if (options_.certificate_file.empty()) return {};
  const auto unsigned_because = [&](const std::string& why) -> Result<void> {
    gathered.trouble += "; not signed: " + why;
    return {};
  };
  // Read anew each time: certificates are renewed while we run.
  const auto signer = MailSigner::load(options_.certificate_file, options_.key_file);
  if (!signer) return unsigned_because(signer.error().detail);
  if (!signer->holds_at(wall_clock()))
    return unsigned_because("the certificate holds until " + signer->ends());
  const auto entity = signer->sign(text_entity(gathered.archive.manifest()));
  if (!entity) return unsigned_because(entity.error().detail);
  return write_whole_file(file_of(task).append(kSignedManifest), "MIME-Version: 1.0\r\n" + *entity);
}

Result<std::string> EvidenceAction::carry_out(const Task& task) {
  if (const auto made = make_folder(options_.folder); !made) return fail(made.error());
  Gathered gathered(file_of(task), task.time);
  if (const auto told = gather_story(task, gathered); !told) return fail(told.error());
  if (const auto kept = gather_mail(task, gathered); !kept) return fail(kept.error());
  if (const auto known = gather_clues(task, gathered); !known) return fail(known.error());
  if (const auto kept = gather_log_lines(task, gathered); !kept) return fail(kept.error());
  if (const auto reported = write_reports(task, gathered); !reported) return fail(reported.error());
  // That of an earlier attempt says nothing about this archive.
  std::error_code none;
  std::filesystem::remove(file_of(task).append(kSignedManifest), none);
  if (const auto written = gathered.archive.finish(); !written) return fail(written.error());
  if (const auto signed_list = sign(task, gathered); !signed_list) return fail(signed_list.error());
  std::string says = fmt::format("wrote the evidence to {}: {} files, {} of them messages", file_of(task),
                                 gathered.files, gathered.messages);
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
  if (const auto signer = MailSigner::load(certificate, key); !signer) return fail(signer.error());
  options.certificate_file = certificate;
  options.key_file = key;
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
  options.most_bytes =
      static_cast<std::uint64_t>(std::clamp<std::int64_t>(settings.number("most_mib", 512), 0, 1'000'000)) *
      1024 * 1024;
  if (settings.has("helper")) {
    auto helper = read_queue_helper(settings);
    if (!helper) return fail(helper.error());
    options.helper = *std::move(helper);
  }
  if (const auto read = read_signer(settings, options); !read) return fail(read.error());
  if (const auto read = read_reporter(settings, options); !read) return fail(read.error());
  return std::make_unique<EvidenceAction>(std::move(options), world.ledger, world.places);
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
