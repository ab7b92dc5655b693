// Makes queue files of Postfix's format: for tests only.
#pragma once

#include <string>
#include <string_view>

namespace postreeve {

class QueueFileMaker {
 public:
  QueueFileMaker& record(char type, std::string_view data) {
    bytes_ += type;
    for (auto length = data.size();; length >>= 7) {
      bytes_ += static_cast<char>((length & 0x7fU) | (length > 0x7f ? 0x80U : 0U));
      if (length <= 0x7f) break;
    }
    bytes_ += data;
    return *this;
  }
  // Room for a number of 15 digits, as Postfix leaves it.
  std::size_t pointer(std::size_t target) {
    record('p', column(target));
    return bytes_.size() - 15;
  }
  void point(std::size_t pointer, std::size_t target) { bytes_.replace(pointer, 15, column(target)); }
  QueueFileMaker& envelope(std::string_view login, std::string_view sender) {
    record('C',
           "            256             731               2               0             256           0");
    record('T', "1772334000 250000").record('A', "create_time=1772334001");
    if (!login.empty()) record('A', "sasl_username=" + std::string(login));
    return record('S', sender).record('A', "client_address=198.51.100.7");
  }
  QueueFileMaker& recipients() {
    return record('O', "B@ok.test").record('R', "b@ok.test").record('D', "c@ok.test");
  }
  QueueFileMaker& message() {
    return record('M', "")
        .record('N', "Subject: hello")
        .record('N', "")
        .record('L', "a long ")
        .record('N', "line")
        .record('X', "")
        .record('E', "");
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  static std::string column(std::size_t number) {
    std::string text = std::to_string(number);
    return std::string(15 - text.size(), ' ') + text;
  }

  std::string bytes_;
};

}  // namespace postreeve
