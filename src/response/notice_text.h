// What a mailbox's owner is told, in the owner's language and without a technical word that could be avoided.
//
// The texts are mustache templates, notices/en.txt, notices/digest_en.txt and their neighbours; a site may
// put its own into a folder. The first line is "Subject: ...". docs/actions/notice.md lists what a text may
// use.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/incident.h"
#include "finding/standing.h"

namespace postreeve {

enum class NoticeStage : std::uint8_t { kSlowed, kHeld, kSuspended, kReleased };
[[nodiscard]] std::string_view to_text(NoticeStage stage) noexcept;  // "slowed"
// What a level means to the owner: what is no restriction is a release.
[[nodiscard]] NoticeStage stage_of(Level level) noexcept;

// Texts may come from outside: they are made harmless where they are used.
struct NoticeFacts {
  NoticeStage stage{};
  Level before{};
  Level after{};
  Scope scope{};
  std::string account;
  std::string client;    // address; empty: unknown
  std::string from;      // who writes, as the mail shows it
  std::string support;   // a line of the site: telephone, address; empty: none
  std::string incident;  // as to_string() gives it
  std::string zone;      // of the time that is shown: "Europe/Berlin"
  Timestamp time{};
  Outgo outgo;
  bool for_contact = false;  // the reader looks after the mailbox and does not use it
  bool is_signed = false;
};

// One account of a digest (tenant_digest.h), as it was left last.
struct DigestLine {
  std::string account;
  NoticeStage stage{};
  std::string incident;
  Timestamp time{};
};

struct DigestFacts {
  static constexpr std::size_t kMostLines = 500;  // more are counted

  std::string tenant;
  std::vector<DigestLine> lines;
  std::string from;  // as of NoticeFacts
  std::string support;
  std::string zone;
  bool is_signed = false;
};

struct NoticeText {
  std::string subject;
  std::string body;  // lines end with LF; a paragraph is one line
};

[[nodiscard]] bool is_notice_language(std::string_view language) noexcept;
[[nodiscard]] bool is_time_zone(const std::string& name) noexcept;

// Immutable; any thread.
class NoticeTexts {
 public:
  // LANGUAGE.txt and digest_LANGUAGE.txt of the folder where there are some, else ours; an empty `folder`:
  // ours. kInvalidInput names the file that is no template.
  [[nodiscard]] static Result<NoticeTexts> load(const std::string& folder);

  // Requires is_notice_language() and is_time_zone().
  [[nodiscard]] NoticeText write(std::string_view language, const NoticeFacts& facts) const;
  // To a tenant's contact, of many accounts at once.
  [[nodiscard]] NoticeText write(std::string_view language, const DigestFacts& facts) const;

 private:
  std::map<std::string, std::string, std::less<>> templates_;
};

}  // namespace postreeve
