#include "intake/history_blocks.h"

#include <algorithm>
#include <atomic>
#include <map>

#include "base/ascii.h"

namespace postreeve {
namespace {

class LogBlockParser final : public BlockParser {
 public:
  explicit LogBlockParser(const LineLimits& limits) : limits_(limits) {}

  void parse(ParsedBlock& block) override {
    for_each_line(block.bytes.text(), limits_.line_bytes, [&block](Line line) {
      auto& parsed = block.log_lines.emplace_back(parse_log_line(line.text));
      // Half a line may say something else than the whole.
      if (line.is_cut) parsed.record = NotUnderstood{};
      if (std::holds_alternative<NotUnderstood>(parsed.record)) {
        block.unparsed.push_back({block.log_lines.size() - 1, line.text});
      }
    });
  }

 private:
  LineLimits limits_;
};

class TraceBlockParser final : public BlockParser {
 public:
  TraceBlockParser(const LineLimits& limits, const std::string& default_domain)
      : limits_(limits), parser_(default_domain) {}

  void parse(ParsedBlock& block) override {
    for_each_line(block.bytes.text(), limits_.line_bytes, [this, &block](Line line) {
      auto& parsed = block.trace_lines.emplace_back();
      if (line.is_cut) {
        parsed.kind = TraceLine::Kind::kBroken;
        parsed.fault = "it is too long";
      } else if (!trim(line.text).empty()) {
        parser_.parse_padded(line.text, parsed);
      }
      if (parsed.kind == TraceLine::Kind::kBroken || parsed.kind == TraceLine::Kind::kUnknownEvent) {
        block.unparsed.push_back({block.trace_lines.size() - 1, line.text});
      }
    });
  }

 private:
  LineLimits limits_;
  TraceParser parser_;
};

void clear(ParsedBlock& block) {
  block.log_lines.clear();
  block.trace_lines.clear();
  block.unparsed.clear();
  block.bytes_on_disk = 0;
  block.is_last = false;
  block.fault.reset();
}

}  // namespace

std::unique_ptr<BlockParser> make_log_block_parser(const LineLimits& limits) {
  return std::make_unique<LogBlockParser>(limits);
}

std::unique_ptr<BlockParser> make_trace_block_parser(const LineLimits& limits,
                                                     const std::string& default_domain) {
  return std::make_unique<TraceBlockParser>(limits, default_domain);
}

class BlockPipeline::Stream {
 public:
  explicit Stream(LineReader reader) : reader_(std::move(reader)) {}

  // Reads the next block, one thread at a time; the block's place in the file, or nullopt when the
  // file is over.
  std::optional<std::uint64_t> read(ParsedBlock& block) {
    const std::lock_guard lock(reading_);
    if (is_over) return std::nullopt;
    const auto before = reader_.bytes_on_disk();
    const auto more = reader_.next(block.bytes);
    block.bytes_on_disk = reader_.bytes_on_disk() - before;
    if (!more) block.fault = more.error();
    block.is_last = !more.value_or(false);
    if (block.is_last) is_over = true;
    return next_read_++;
  }

  std::atomic<bool> is_over{false};

  // Guarded by the pipeline's mutex.
  std::map<std::uint64_t, std::unique_ptr<ParsedBlock>> finished;
  std::uint64_t next_wanted = 0;

 private:
  std::mutex reading_;
  LineReader reader_;
  std::uint64_t next_read_ = 0;
};

BlockPipeline::BlockPipeline(unsigned threads, const MakeParser& make_parser)
    : thread_count_(std::max(1U, threads)) {
  for (unsigned i = 0; i < thread_count_; ++i) {
    threads_.emplace_back([this, parser = std::shared_ptr<BlockParser>(make_parser())] { work(*parser); });
  }
}

BlockPipeline::~BlockPipeline() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  ordered_.notify_all();
  for (auto& thread : threads_) thread.join();
}

std::unique_ptr<ParsedBlock> BlockPipeline::take_free() {
  if (free_.empty()) return std::make_unique<ParsedBlock>();
  auto block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BlockPipeline::work(BlockParser& parser) {
  std::unique_lock lock(mutex_);
  while (true) {
    ordered_.wait(lock, [this] { return is_stopping_ || !orders_.empty(); });
    if (is_stopping_) return;
    const auto stream = std::move(orders_.front());
    orders_.pop_front();
    auto block = take_free();
    lock.unlock();
    clear(*block);
    const auto place = stream->read(*block);
    const bool has_lines = place && !block->is_last;
    if (has_lines) parser.parse(*block);
    lock.lock();
    if (!place) {
      free_.push_back(std::move(block));
      continue;
    }
    stream->finished.emplace(*place, std::move(block));
    finished_.notify_one();
  }
}

void BlockPipeline::order(const std::shared_ptr<Stream>& stream) {
  orders_.push_back(stream);
  ordered_.notify_one();
}

std::shared_ptr<BlockPipeline::Stream> BlockPipeline::open(LineReader reader) {
  constexpr std::size_t kManyFiles = 4;
  auto stream = std::make_shared<Stream>(std::move(reader));
  const std::lock_guard lock(mutex_);
  ++open_files_;
  const std::size_t window = open_files_ > kManyFiles ? 2 : thread_count_ + 1;
  for (std::size_t i = 0; i < window; ++i) order(stream);
  return stream;
}

std::unique_ptr<ParsedBlock> BlockPipeline::next(const std::shared_ptr<Stream>& stream) {
  std::unique_lock lock(mutex_);
  const auto wanted = stream->next_wanted++;
  finished_.wait(lock, [&] { return stream->finished.contains(wanted); });
  auto block = std::move(stream->finished.extract(wanted).mapped());
  if (block->is_last) {
    --open_files_;
  } else {
    order(stream);
  }
  return block;
}

void BlockPipeline::give_back(std::unique_ptr<ParsedBlock> block) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

void BlockPipeline::close(Stream& stream) {
  stream.is_over = true;
  const std::lock_guard lock(mutex_);
  --open_files_;
}

}  // namespace postreeve
