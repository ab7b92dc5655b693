// A bounded number of values on the heap, for records of which there are millions: 16 bytes where a vector
// takes 24, and no room to spare.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace postreeve {

// A value. What was moved from is empty; an empty one takes no memory.
template <typename T>
class HeapArray {
 public:
  HeapArray() = default;
  explicit HeapArray(std::uint32_t size)
      : data_(size == 0 ? nullptr : std::make_unique<T[]>(size)), size_(size) {}
  HeapArray(const HeapArray& other) : HeapArray(other.size_) { std::ranges::copy(other, begin()); }
  HeapArray(HeapArray&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  HeapArray& operator=(HeapArray other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~HeapArray() = default;

  [[nodiscard]] T* begin() noexcept { return data_.get(); }
  [[nodiscard]] T* end() noexcept { return data_.get() + size_; }
  [[nodiscard]] const T* begin() const noexcept { return data_.get(); }
  [[nodiscard]] const T* end() const noexcept { return data_.get() + size_; }
  [[nodiscard]] T& operator[](std::size_t at) noexcept { return data_[at]; }
  [[nodiscard]] const T& operator[](std::size_t at) const noexcept { return data_[at]; }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t heap_bytes() const noexcept { return size_ * sizeof(T); }

  friend bool operator==(const HeapArray& a, const HeapArray& b) noexcept { return std::ranges::equal(a, b); }

 private:
  std::unique_ptr<T[]> data_;
  std::uint32_t size_ = 0;
};

}  // namespace postreeve
