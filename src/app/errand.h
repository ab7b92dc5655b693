// Work that may take minutes, on a thread of its own: whoever asks for it does not wait for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace postreeve {

class Errand {
 public:
  // Must not throw; returns soon after its token says so.
  using Work = std::function<void(const std::stop_token& stop)>;

  explicit Errand(Work work);
  ~Errand();  // finish()
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  // Begins the work. Asked while it is under way, it is done once more afterwards, however often. Any thread.
  void ask();
  // Ends it and waits until it has ended; nothing begins any more. One thread; may be called again.
  void finish();

 private:
  void run(const std::stop_token& stop);

  const Work work_;
  std::mutex mutex_;
  std::condition_variable_any asked_;
  bool is_asked_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace postreeve
