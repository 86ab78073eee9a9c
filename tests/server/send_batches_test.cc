// What is sent in batches: by the pool as long as the client takes it, never more than one ahead of it.
#include "server/send_batches.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>

namespace uvftpd {
namespace {

using Turn = Transfer::Turn;

constexpr std::size_t kBatch = 1024;

class CountedBatches final : public BatchSource {
 public:
  CountedBatches(int& made, int most) : made_(made), most_(most) {}
  Made append_batch(std::string& out) override {
    out.append(kBatch, static_cast<char>('a' + made_ % 26));
    return {++made_ < most_ ? More::maybe : More::none};
  }

 private:
  int& made_;
  int most_;
};

class BatchesToSend : public testing::Test {
 protected:
  void begin(int most, Pacing pacing = {}) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    client_ = Descriptor(ends[0]);
    transfer_ = std::make_unique<SendBatches>(std::make_shared<OpenFile>(Descriptor()),
                                              std::make_unique<CountedBatches>(made_, most));
    transfer_->attach(DataStream(Descriptor(ends[1]), std::nullopt));
    transfer_->keep_to(pacing);
  }
  Turn turn() { return transfer_->turn({Workspace::Place::data_loop, {}, nullptr}); }
  std::string arrived() {
    std::string bytes;
    char some[16 * kBatch];
    for (ssize_t count = 0; (count = ::recv(client_.get(), some, sizeof some, MSG_DONTWAIT)) > 0;)
      bytes.append(some, static_cast<std::size_t>(count));
    return bytes;
  }

  int made_ = 0;
  Descriptor client_;
  std::unique_ptr<SendBatches> transfer_;
};

TEST_F(BatchesToSend, LeaveWithoutTheLoopWhileTheClientTakesThem) {
  constexpr int kCount = 50;
  std::string wanted;
  for (int i = 0; i < kCount; ++i) wanted.append(kBatch, static_cast<char>('a' + i % 26));
  begin(kCount);
  int turns = 1;
  Turn last = turn();
  for (; last == Turn::needs_disk; last = turn(), ++turns) transfer_->use_disk();
  EXPECT_EQ(last, Turn::complete);
  EXPECT_LT(turns, kCount / 2);  // and not 3: each call of the pool may have to wait for a processor
  EXPECT_EQ(arrived(), wanted);
  EXPECT_EQ(transfer_->file()->transferred, wanted.size());
}

TEST_F(BatchesToSend, AreNotMadeForAClientThatDoesNotTakeThem) {
  begin(1'000'000);
  Turn last = turn();
  for (; last == Turn::needs_disk; last = turn()) transfer_->use_disk();
  EXPECT_EQ(last, Turn::wait_socket);
  EXPECT_LE(static_cast<std::uint64_t>(made_) * kBatch, transfer_->file()->transferred + kBatch);
  EXPECT_EQ(arrived().size(), transfer_->file()->transferred);
}

TEST_F(BatchesToSend, KeepToARateByTurns) {
  begin(4, Pacing(Pace(20 * kBatch), nullptr));  // a batch is a twentieth of a second's worth
  EXPECT_EQ(turn(), Turn::needs_disk);
  EXPECT_EQ(arrived().size(), kBatch);
  transfer_->use_disk();
  EXPECT_EQ(arrived().size(), 0U);
  EXPECT_EQ(turn(), Turn::needs_disk);
  EXPECT_EQ(arrived().size(), kBatch);
}

TEST_F(BatchesToSend, EndWithTheClient) {
  begin(1'000'000);
  EXPECT_EQ(turn(), Turn::needs_disk);
  client_.close();
  transfer_->use_disk();
  EXPECT_EQ(made_, 2);
  EXPECT_EQ(turn(), Turn::connection_lost);
}

}  // namespace
}  // namespace uvftpd
