// How many sessions there are and how many transfers run, for whoever wants to know when that changes. Of the
// control loop only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace uvftpd {

class Activity {
 public:
  explicit Activity(std::function<void()> on_change) : on_change_(std::move(on_change)) {}

  // One that runs, while this lives.
  class Transfer {
   public:
    explicit Transfer(Activity& activity) : activity_(activity) {
      ++activity_.transfers_;
      activity_.on_change_();
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() {
      --activity_.transfers_;
      activity_.on_change_();
    }

   private:
    Activity& activity_;
  };

  void set_sessions(std::size_t count) {
    sessions_ = count;
    on_change_();
  }

  std::size_t sessions() const { return sessions_; }
  std::size_t transfers() const { return transfers_; }

 private:
  std::function<void()> on_change_;
  std::size_t sessions_ = 0;
  std::size_t transfers_ = 0;
};

}  // namespace uvftpd
