// What people see of an answer in a table: the few columns that matter, under short titles. JSON keeps all.
#pragma once

#include <span>
#include <string_view>

namespace postreeve {

struct ViewColumn {
  std::string_view member;
  std::string_view title;
};

// Of the rows that `of` names: a verb ("incident list") or a member that holds rows ("timeline"). Empty: all
// members, as they are called.
[[nodiscard]] std::span<const ViewColumn> columns_of(std::string_view of) noexcept;

}  // namespace postreeve
