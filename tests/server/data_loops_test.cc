// Transfers on data loops, over real connections: bytes, ends, aborts, and nobody left behind.
#include "server/data_loops.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <random>
#include <thread>

#include "server/receive_file.h"
#include "server/send_file.h"
#include "server/socket.h"
#include "temporary_tree.h"

namespace uvftpd {
namespace {

using Outcome = TransferResult::Outcome;
using std::chrono::milliseconds;

struct Connection {
  Descriptor server, client;
};

Connection connect_both() {
  const Address loopback = *parse_address("127.0.0.1");
  auto listener = listen_at({loopback, 0}, 1, Stack::single);
  Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SystemAddress address(local_address(listener.socket.get()));
  EXPECT_EQ(::connect(client.get(), address.get(), address.size()), 0);
  return {accept_from(listener.socket.get()).socket, std::move(client)};
}

std::string random_bytes(std::size_t count) {
  std::mt19937 random(1);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

class OnDataLoops : public testing::Test {
 protected:
  // The data loops live as long as the transfer; the result, or that there was none.
  std::optional<TransferResult> run(std::unique_ptr<Transfer> transfer, milliseconds stalled,
                                    const std::function<void(HandedOver&)>& meanwhile) {
    std::optional<TransferResult> result;
    uv::Loop loop;
    DataLoops loops(loop, 2, stalled);
    HandedOver handed_over(loops, std::move(transfer), [&](const TransferResult& came) {
      result = came;
      loop.stop();
    });
    meanwhile(handed_over);
    loop.run();
    return result;
  }

  std::unique_ptr<Transfer> sending(Descriptor socket) {
    auto opened = open_for_reading(*root, "/file", Lookup::complete);
    const std::uint64_t size = opened.size;
    auto transfer = std::make_unique<SendFile>(std::move(opened), 0, size);
    transfer->attach(DataStream(std::move(socket), std::nullopt));
    return transfer;
  }
  std::unique_ptr<Transfer> receiving(Descriptor socket) {
    const TransferRequest request{.kind = TransferRequest::Kind::store, .path = "/file", .type = Type::image};
    auto opened = open_for_writing(*root, request, Lookup::complete);
    auto transfer = std::make_unique<ReceiveFile>(std::move(opened.upload), request);
    transfer->attach(DataStream(std::move(socket), std::nullopt));
    return transfer;
  }

  TemporaryTree tree;
  SharedRoot root = tree.open();
};

TEST_F(OnDataLoops, AFileIsSentWhole) {
  const std::string bytes = random_bytes(9'000'001);
  tree.write(tree.root() / "file", bytes);
  Connection connection = connect_both();
  std::string got;
  std::thread reader([&] {
    std::string chunk(1 << 16, '\0');
    for (ssize_t count; (count = ::recv(connection.client.get(), chunk.data(), chunk.size(), 0)) > 0;)
      got.append(chunk, 0, static_cast<std::size_t>(count));
  });
  const auto result = run(sending(std::move(connection.server)), milliseconds(60'000), [](HandedOver&) {});
  reader.join();
  EXPECT_EQ(result->outcome, Outcome::complete);
  EXPECT_EQ(result->bytes, bytes.size());
  EXPECT_EQ(got, bytes);
}

TEST_F(OnDataLoops, AFileIsReceivedWhole) {
  const std::string bytes = random_bytes(9'000'001);
  Connection connection = connect_both();
  std::thread writer([&, client = std::move(connection.client)]() mutable {
    for (std::size_t sent = 0; sent < bytes.size();)
      sent += static_cast<std::size_t>(::send(client.get(), bytes.data() + sent, bytes.size() - sent, 0));
    client.close();
  });
  const auto result = run(receiving(std::move(connection.server)), milliseconds(60'000), [](HandedOver&) {});
  writer.join();
  EXPECT_EQ(result->outcome, Outcome::complete);
  EXPECT_EQ(TemporaryTree::read(tree.root() / "file"), bytes);
}

TEST_F(OnDataLoops, AnAbortEndsATransferWhoseClientReadsNothing) {
  tree.write(tree.root() / "file", std::string(64 << 20, 'x'));
  Connection connection = connect_both();
  const auto result =
      run(sending(std::move(connection.server)), milliseconds(60'000), [](HandedOver& one) { one.abort(); });
  EXPECT_EQ(result->outcome, Outcome::aborted);
}

TEST_F(OnDataLoops, ATransferWithoutProgressIsStalled) {
  tree.write(tree.root() / "file", std::string(64 << 20, 'x'));
  Connection connection = connect_both();
  const auto result = run(sending(std::move(connection.server)), milliseconds(50), [](HandedOver&) {});
  EXPECT_EQ(result->outcome, Outcome::stalled);
}

TEST_F(OnDataLoops, AResetUploadIsLostAndKeptAsFarAsItCame) {
  Connection connection = connect_both();
  ASSERT_EQ(::send(connection.client.get(), "some", 4, 0), 4);
  auto client = std::make_shared<Descriptor>(std::move(connection.client));
  const auto transfer_file = [&] { return TemporaryTree::read(tree.root() / "file"); };
  auto transfer = receiving(std::move(connection.server));
  const SharedFile file = transfer->file();
  std::thread resetter([client, file] {
    while (file->transferred < 4) std::this_thread::yield();
    reset_on_close(client->get());
    client->close();
  });
  const auto result = run(std::move(transfer), milliseconds(60'000), [](HandedOver&) {});
  resetter.join();
  EXPECT_EQ(result->outcome, Outcome::connection_lost);
  EXPECT_EQ(transfer_file(), "some");
}

TEST_F(OnDataLoops, AFileThatBecameShorterIsAnErrorAndTheConnectionIsReset) {
  tree.write(tree.root() / "file", std::string(100'000, 'x'));
  Connection connection = connect_both();
  auto transfer = sending(std::move(connection.server));
  std::filesystem::resize_file(tree.root() / "file", 10);
  const auto result = run(std::move(transfer), milliseconds(60'000), [](HandedOver&) {});
  EXPECT_EQ(result->outcome, Outcome::file_error);
}

}  // namespace
}  // namespace uvftpd
