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

// All that "values" names, or none of them and what is wrong with the first bad one.
VerbReply add(Desk& desk, const Request& request) {
  const Result<ListName> list = list_argument(request);
  if (!list) return fail(list.error());
  std::vector<std::string> values = texts_argument(request, "values");
  if (values.empty()) return fail(ErrorCode::kInvalidInput, "nothing to add");
  const ListEntry like{.list = *list,
                       .value = {},
                       .comment = text_argument(request, "comment"),
                       .author = request.person,
                       .created = desk.guard.now(),
                       .expires = expiry_argument(desk, request)};
  std::vector<ListEntry> entries(values.size(), like);
  for (std::size_t i = 0; i < values.size(); ++i) {
    Result<std::string> value = canonical_list_value(*list, values[i]);
    if (!value) return fail(value.error());
    entries[i].value = *std::move(value);
  }
  if (flag_argument(request, "dry_run")) return rows_to_json(entries);
  if (const Result<void> added = desk.lists.add(entries); !added) return fail(added.error());
  if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
  return rows_to_json(entries);
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
