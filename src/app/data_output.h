// Prints what the daemon answered: rows (an array of objects) or one thing (an object).
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "app/output_format.h"

namespace postreeve {

// A table has the columns of the first row in their order; an object is a line a member, with members that
// are rows as tables below. Texts are made printable. An empty list is "[]" in JSON and "none" in a table.
[[nodiscard]] std::string print_data(const boost::json::value& data, OutputFormat format);

}  // namespace postreeve
