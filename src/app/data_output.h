// Prints what the daemon answered: rows (an array of objects) or one thing (an object).
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "app/output_format.h"

namespace postreeve {

// A table has the columns that data_view.h keeps of the rows that `of` names (a verb), else those of the
// first row, and fits 100 columns; an object is a line a member, with members that are rows as tables below.
// Texts are made printable. An empty list is "[]" in JSON and "none" in a table.
[[nodiscard]] std::string print_data(const boost::json::value& data, OutputFormat format,
                                     std::string_view of = {});

// The rows of `watch`, a line each: columns of a width that stays the same from answer to answer.
[[nodiscard]] std::string print_watched(const boost::json::value& data);

}  // namespace postreeve
