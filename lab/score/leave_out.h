// Leaves a detector out of every engine of this program, to see what it is worth.
#pragma once

#include <string_view>

namespace postreeve::lab {

// Returns false when there is no detector of that name. Call before the first engine is made.
bool leave_out(std::string_view detector);

}  // namespace postreeve::lab
