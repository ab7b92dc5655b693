#include "intake/follow_checkpoint.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/whole_file.h"
#include "intake/byte_source.h"

namespace postreeve {
namespace {

namespace dom = simdjson::dom;

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMostBytes = 16UL * 1024 * 1024;

void write_position(JsonWriter& json, std::string_view name, const FilePosition& position) {
  json.key(name).begin_array().number(position.generation).number(position.offset).end_array();
}

void write_file(JsonWriter& json, const FileCheckpoint& file) {
  json.begin_object().key("path").text(file.path);
  write_position(json, "read_from", file.read_from);
  write_position(json, "handed_on", file.handed_on);
  json.key("generations").begin_array();
  for (const auto& [number, identity] : file.generations) {
    json.begin_object().key("number").number(number);
    json.key("device").number(identity.device).key("inode").number(identity.inode);
    json.key("head_bytes").number(identity.head_bytes).key("head_hash").number(identity.head_hash);
    json.end_object();
  }
  json.end_array().end_object();
}

// Reads the members of what was written above; remembers whether something was not as it should be.
class Reader {
 public:
  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

  template <typename T, typename Value>
  T get(Value value, T most = std::numeric_limits<T>::max()) {
    std::uint64_t number = 0;
    if (value.get_uint64().get(number) != simdjson::SUCCESS || number > most) {
      is_broken_ = true;
      return 0;
    }
    return static_cast<T>(number);
  }

  FilePosition position(dom::element file, const char* name) {
    dom::array pair;
    if (file[name].get_array().get(pair) != simdjson::SUCCESS || pair.size() != 2) {
      is_broken_ = true;
      return {};
    }
    return {get<std::uint32_t>(pair.at(0)), get<std::uint64_t>(pair.at(1))};
  }

  std::string text(dom::element object, const char* name) {
    std::string_view text;
    if (object[name].get_string().get(text) != simdjson::SUCCESS) is_broken_ = true;
    return std::string(text);
  }

  dom::array list(dom::element object, const char* name) {
    dom::array list;
    if (object[name].get_array().get(list) != simdjson::SUCCESS) is_broken_ = true;
    return list;
  }

  FileCheckpoint file(dom::element from) {
    FileCheckpoint file;
    file.path = text(from, "path");
    file.read_from = position(from, "read_from");
    file.handed_on = position(from, "handed_on");
    const auto generations = list(from, "generations");
    if (is_broken_) return file;
    for (const dom::element one : generations) {
      FileGeneration generation;
      generation.number = get<std::uint32_t>(one["number"]);
      generation.identity.device = get<std::uint64_t>(one["device"]);
      generation.identity.inode = get<std::uint64_t>(one["inode"]);
      generation.identity.head_bytes = get<std::uint32_t>(one["head_bytes"], FileIdentity::kMostHeadBytes);
      generation.identity.head_hash = get<std::uint64_t>(one["head_hash"]);
      file.generations.push_back(generation);
    }
    return file;
  }

 private:
  bool is_broken_ = false;
};

std::unexpected<Error> no_checkpoint() {
  return fail(ErrorCode::kCorrupt, "it is no checkpoint of this version");
}

}  // namespace

std::string checkpoint_text(const FollowCheckpoint& checkpoint) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_object().key("version").number(kVersion);
  json.key("written").text(format_rfc3339(checkpoint.written));
  json.key("files").begin_array();
  for (const auto& file : checkpoint.files) write_file(json, file);
  json.end_array().end_object();
  return fmt::to_string(out) + "\n";
}

Result<FollowCheckpoint> parse_checkpoint(const std::string& text) {
  if (text.size() > kMostBytes) return no_checkpoint();
  dom::parser parser;
  dom::element root;
  if (parser.parse(text).get(root) != simdjson::SUCCESS || !root.is_object()) return no_checkpoint();
  Reader reader;
  if (reader.get<std::uint64_t>(root["version"]) != kVersion) return no_checkpoint();
  const auto written = parse_rfc3339(reader.text(root, "written"));
  const auto files = reader.list(root, "files");
  if (!written || reader.is_broken()) return no_checkpoint();
  FollowCheckpoint checkpoint{*written, {}};
  for (const dom::element file : files) {
    checkpoint.files.push_back(reader.file(file));
    if (reader.is_broken()) return no_checkpoint();
  }
  return checkpoint;
}

Result<FollowCheckpoint> load_checkpoint(const std::string& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return fail(file_error(error.value()));
  if (size > kMostBytes) return no_checkpoint();
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(file_error(errno));
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_checkpoint(text);
}

Result<void> save_checkpoint(const FollowCheckpoint& checkpoint, const std::string& file) {
  return write_whole_file(file, checkpoint_text(checkpoint), 0640);
}

}  // namespace postreeve
