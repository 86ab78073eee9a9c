// What the service manager is told, byte by byte, by a socket in its place.
#include "server/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace uvftpd {
namespace {

class ServiceManagerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socklen_t size = sizeof(sa_family_t);  // the kernel finds an abstract name
    ASSERT_EQ(::bind(ear_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    size = sizeof address;
    ASSERT_EQ(::getsockname(ear_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const std::size_t length = size - offsetof(sockaddr_un, sun_path) - 1;
    ::setenv("NOTIFY_SOCKET", ("@" + std::string(address.sun_path + 1, length)).c_str(), 1);
  }
  void TearDown() override {
    for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  std::string heard() const {
    char text[512];
    const auto count = ::recv(ear_.get(), text, sizeof text, MSG_DONTWAIT);
    return count < 0 ? "" : std::string(text, static_cast<std::size_t>(count));
  }

  Descriptor ear_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST_F(ServiceManagerTest, IsToldInTheWordsOfTheProtocol) {
  const ServiceManager manager;
  ASSERT_TRUE(manager.is_there());
  EXPECT_EQ(manager.tell_ready("1 session"), 0);
  EXPECT_EQ(heard(), "READY=1\nSTATUS=1 session");
  EXPECT_EQ(manager.tell_status("2 sessions"), 0);
  EXPECT_EQ(heard(), "STATUS=2 sessions");
  EXPECT_EQ(manager.tell_alive(), 0);
  EXPECT_EQ(heard(), "WATCHDOG=1");
  EXPECT_EQ(manager.tell_stopping("closing"), 0);
  EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=closing");
}

// It tells a READY=1 that was on its way from the one that ends this reload.
TEST_F(ServiceManagerTest, HearsWhenAReloadBegan) {
  const ServiceManager manager;
  const auto now = [] {
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_start).count();
  };
  const auto before = now();
  EXPECT_EQ(manager.tell_reloading(), 0);
  const std::string text = heard(), first = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(text.starts_with(first)) << text;
  const auto told = std::stoll(text.substr(first.size()));
  EXPECT_LE(before, told);
  EXPECT_LE(told, now());
}

TEST_F(ServiceManagerTest, IsForThisProcessAlone) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  const ServiceManager manager;
  EXPECT_EQ(manager.patience(), std::chrono::seconds(30));
  for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    EXPECT_EQ(::getenv(name), nullptr) << name;
  EXPECT_FALSE(ServiceManager().is_there());
  EXPECT_EQ(ServiceManager().tell_ready(""), 0) << "nobody is told, and nothing is wrong";
}

TEST_F(ServiceManagerTest, IsNotWaitedForWithASignOfLife) {
  const ServiceManager manager;
  int error = 0;
  for (int i = 0; i < 100'000 && error == 0; ++i) error = manager.tell_alive();
  EXPECT_EQ(error, EAGAIN);
}

}  // namespace
}  // namespace uvftpd
