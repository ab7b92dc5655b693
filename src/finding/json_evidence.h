// Evidence as JSON, the same in every output.
#pragma once

#include <span>

#include "base/json_writer.h"
#include "finding/evidence.h"

namespace postreeve {

// [{"detector":"origin_novelty","group":"origin","nats":4.2,"says":"first use ever from Vietnam"}, ...]
void write_evidence(JsonWriter& json, std::span<const Evidence> evidence);

}  // namespace postreeve
