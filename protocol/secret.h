// Text that may be a password: nothing of it stays in memory when it ends, grows or moves. Pure.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace uvftpd {

// Overwrites in a way that no compiler takes for useless: for all it knows, the memory is read behind that.
inline void wipe(char* bytes, std::size_t count) {
  std::memset(bytes, 0, count);
  asm volatile("" : : "r"(bytes) : "memory");
}

// What a long text outgrows is wiped too.
template <class Character>
struct WipingAllocator : std::allocator<Character> {
  void deallocate(Character* bytes, std::size_t count) {
    wipe(reinterpret_cast<char*>(bytes), count * sizeof(Character));
    std::allocator<Character>::deallocate(bytes, count);
  }
};

class Secret {
 public:
  Secret() = default;
  Secret(std::string_view text) : text_(text) {}
  Secret(const char* text) : text_(text) {}
  Secret(const std::string& text) : text_(text) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.clear(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) *this = Secret(other);
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    clear();
    text_.swap(other.text_);
    return *this;
  }
  ~Secret() { clear(); }

  operator std::string_view() const { return text_; }
  std::string_view view() const { return text_; }
  bool operator==(const Secret&) const = default;
  bool operator==(std::string_view other) const { return view() == other; }
  bool operator==(const std::string& other) const { return view() == other; }
  bool operator==(const char* other) const { return view() == other; }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  void push_back(char byte) { text_.push_back(byte); }
  void clear() noexcept {
    wipe(text_.data(), text_.capacity());
    text_.clear();
  }

 private:
  std::basic_string<char, std::char_traits<char>, WipingAllocator<char>> text_;
};

}  // namespace uvftpd
