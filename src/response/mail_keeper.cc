#include "response/mail_keeper.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/stat.h>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "base/ascii.h"
#include "base/whole_file.h"

namespace postreeve {
namespace {

bool is_file_name(std::string_view queue_id) {
  return !queue_id.empty() && std::ranges::all_of(queue_id, [](char c) { return is_alnum(c) || c == '-'; });
}

std::string folder_of(const std::string& folder, IncidentId incident) {
  return fmt::format("{}/{}", folder, incident.to_string());
}

Result<void> make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} cannot be written: {}", path, std::generic_category().message(errno)));
}

}  // namespace

Result<void> keep_mail(const std::string& folder, IncidentId incident, const std::string& queue_id,
                       const PreservedMail& mail) {
  if (!is_file_name(queue_id))
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no queue ID", queue_id));
  const std::string below = folder_of(folder, incident);
  for (const std::string& path : {folder, below}) {
    if (const auto made = make_folder(path); !made) return made;
  }
  const std::string stem = fmt::format("{}/{}", below, queue_id);
  if (const auto written = write_whole_file(stem + ".eml", mail.content); !written) return written;
  return write_whole_file(stem + ".json", mail.envelope + '\n');
}

bool is_mail_kept(const std::string& folder, IncidentId incident, const MailInQueue& mail) {
  if (!is_file_name(mail.queue_id)) return false;
  std::ifstream file(fmt::format("{}/{}.json", folder_of(folder, incident), mail.queue_id));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  boost::system::error_code failure;
  const boost::json::value envelope = boost::json::parse(text, failure);
  if (failure || !envelope.is_object()) return false;
  const auto is = [&](std::string_view name, std::int64_t wanted) {
    const boost::json::value* found = envelope.get_object().if_contains(name);
    return found != nullptr && found->is_int64() && found->get_int64() == wanted;
  };
  return is("arrived", mail.arrived) && is("created", mail.created);
}

}  // namespace postreeve
