// Reads files in blocks and parses the blocks on several threads; hands them out in the
// order of each file, whichever thread was first.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "intake/line_reader.h"
#include "intake/log_line.h"
#include "intake/trace_parser.h"

namespace postreeve {

// A block of lines of one file. Lines are views into its bytes.
struct ParsedBlock {
  LineBlock bytes;
  // One of the two, an entry for each line.
  std::vector<LogLine> log_lines;
  std::vector<TraceLine> trace_lines;
  struct Unparsed {
    std::size_t line;  // index
    std::string_view text;
  };
  std::vector<Unparsed> unparsed;   // what nobody understood, in order
  std::uint64_t bytes_on_disk = 0;  // that this block took from the file
  bool is_last = false;
  std::optional<Error> fault;  // behind the lines; the block is the last
};

// Fills in the lines of a block. Each thread has one of its own.
class BlockParser {
 public:
  BlockParser() = default;
  BlockParser(const BlockParser&) = delete;
  BlockParser& operator=(const BlockParser&) = delete;
  virtual ~BlockParser() = default;
  virtual void parse(ParsedBlock& block) = 0;
};

[[nodiscard]] std::unique_ptr<BlockParser> make_log_block_parser(const LineLimits& limits);
[[nodiscard]] std::unique_ptr<BlockParser> make_trace_block_parser(const LineLimits& limits,
                                                                   const std::string& default_domain);

// All calls from one thread. Memory is bounded: of each open file a few blocks are on their way.
class BlockPipeline {
 public:
  using MakeParser = std::function<std::unique_ptr<BlockParser>()>;
  class Stream;

  BlockPipeline(unsigned threads, const MakeParser& make_parser);
  BlockPipeline(const BlockPipeline&) = delete;
  BlockPipeline& operator=(const BlockPipeline&) = delete;
  // Waits for the blocks being worked on, not for the ends of the files.
  ~BlockPipeline();

  // Begins to read a file.
  [[nodiscard]] std::shared_ptr<Stream> open(LineReader reader);

  // Waits for the next block of the file; not called again after the last one.
  [[nodiscard]] std::unique_ptr<ParsedBlock> next(const std::shared_ptr<Stream>& stream);

  // Returns a block's memory for use by others.
  void give_back(std::unique_ptr<ParsedBlock> block);

  // Reads the file no further, before its last block was seen.
  void close(Stream& stream);

 private:
  void work(BlockParser& parser);
  void order(const std::shared_ptr<Stream>& stream);
  [[nodiscard]] std::unique_ptr<ParsedBlock> take_free();

  std::mutex mutex_;  // guards what follows and the streams' finished blocks
  std::condition_variable ordered_;
  std::condition_variable finished_;
  std::deque<std::shared_ptr<Stream>> orders_;  // a block of this file is wanted, oldest first
  std::vector<std::unique_ptr<ParsedBlock>> free_;
  std::size_t open_files_ = 0;
  bool is_stopping_ = false;

  unsigned thread_count_;
  std::vector<std::thread> threads_;
};

}  // namespace postreeve
