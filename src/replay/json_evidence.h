// Evidence as JSON, the same in every output.
#pragma once

#include <span>

#include "finding/evidence.h"
#include "replay/json_writer.h"

namespace postreeve {

// [{"detector":"origin_novelty","group":"origin","nats":4.2,"says":"first use ever from Vietnam"}, ...]
void write_evidence(JsonWriter& json, std::span<const Evidence> evidence);

}  // namespace postreeve
