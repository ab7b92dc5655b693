// list add|remove|show|import (export is show)
#include <fmt/format.h>

#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

Result<ListName> list_argument(const Request& request) {
  const Result<std::string> text = required_argument(request, "list");
  if (!text) return fail(text.error());
  const std::optional<ListName> list = list_name_from_text(*text);
  if (list) return *list;
  return fail(ErrorCode::kInvalidInput,
              fmt::format("there is no list '{}'; write allow, block or canary", *text));
}

VerbReply show(Desk& desk, const Request& request) {
  std::optional<ListName> list;
  if (!text_argument(request, "list").empty()) {
    const Result<ListName> named = list_argument(request);
    if (!named) return fail(named.error());
    list = *named;
  }
  const auto entries = desk.lists.entries(list, desk.guard.now());
  if (!entries) return fail(entries.error());
  return rows_to_json(*entries);
}

// In the form in which they are kept, or the first that is wrong.
Result<std::vector<std::string>> values_argument(const Request& request, ListName list) {
  std::vector<std::string> values = texts_argument(request, "values");
  if (values.empty()) return fail(ErrorCode::kInvalidInput, "nothing to add");
  for (std::string& value : values) {
    Result<std::string> canonical = canonical_list_value(list, value);
    if (!canonical) return fail(canonical.error());
    value = *std::move(canonical);
  }
  return values;
}

// All that "values" names: when one is wrong, none is added.
VerbReply add(Desk& desk, const Request& request) {
  const Result<ListName> list = list_argument(request);
  if (!list) return fail(list.error());
  Result<std::vector<std::string>> values = values_argument(request, *list);
  if (!values) return fail(values.error());
  const bool is_rehearsal = flag_argument(request, "dry_run");
  json::array rows;
  for (std::string& value : *values) {
    const ListEntry entry{.list = *list,
                          .value = std::move(value),
                          .comment = text_argument(request, "comment"),
                          .author = request.person,
                          .created = desk.guard.now(),
                          .expires = expiry_argument(desk, request)};
    rows.push_back(to_json(entry));
    if (is_rehearsal) continue;
    if (const Result<void> added = desk.lists.add(entry); !added) return fail(added.error());
  }
  if (is_rehearsal) return rows;
  if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
  return rows;
}

VerbReply remove(Desk& desk, const Request& request) {
  const Result<ListName> list = list_argument(request);
  if (!list) return fail(list.error());
  const Result<std::string> value = required_argument(request, "value");
  if (!value) return fail(value.error());
  if (!flag_argument(request, "dry_run")) {
    if (const Result<void> removed = desk.lists.remove(*list, *value); !removed) return fail(removed.error());
    if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
  }
  return json::object{{"list", to_text(*list)}, {"removed", *value}};
}

constexpr Verb kVerbs[] = {
    {"list show", show},
    {"list add", add, always},
    {"list remove", remove, always},
};

}  // namespace

std::span<const Verb> list_verbs() {
  return kVerbs;
}

}  // namespace postreeve
