#include "finding/json_evidence.h"

#include "finding/explain.h"

namespace postreeve {

void write_evidence(JsonWriter& json, std::span<const Evidence> evidence) {
  json.begin_array();
  for (const Evidence& found : evidence) {
    json.begin_object();
    json.key("detector").text(to_text(detector_of(found.reason)));
    json.key("group").text(to_text(group_of(found.reason)));
    json.key("nats").decimal(found.nats);
    json.key("says").text(explain(found));
    json.end_object();
  }
  json.end_array();
}

}  // namespace postreeve
