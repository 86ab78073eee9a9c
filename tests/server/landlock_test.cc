// Landlock as a fence of its own: what plain open(2), without openat2's jail, reaches behind it. Each test is
// a child process, since the fence cannot be taken down.
#include "server/landlock.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <thread>

#include "server/descriptor.h"
#include "server/log_file.h"
#include "temporary_tree.h"

namespace uvftpd {
namespace {

constexpr int kDone = 0, kWrong = 1, kMissing = 2;

class LandlockTest : public testing::Test {
 protected:
  LandlockTest() {
    std::filesystem::create_directory(tree.root() / "incoming");
    tree.write(tree.root() / "file", "inside");
    tree.write(tree.outside() / "secret", "outside");
    std::filesystem::create_directory(tree.outside() / "logs");
    log.open(tree.outside() / "logs/log");
    config.anonymous.enabled = true;
    config.anonymous.root = tree.root();
    config.anonymous.write = AnonymousWrite::upload;
    config.anonymous.upload_directory = "/incoming";
  }

  // Whether `check` holds in a process behind the fence.
  void expect(const std::function<bool()>& check) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Accounts accounts;
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);  // without root it is a condition
      if (!accounts.open(config).empty()) ::_exit(kWrong);
      const LandlockResult result = put_up_landlock(accounts, {log.directory()});
      if (result.state == LandlockResult::State::missing) ::_exit(kMissing);
      ::_exit(result.state == LandlockResult::State::up && check() ? kDone : kWrong);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "no Landlock here";
    EXPECT_EQ(WEXITSTATUS(status), kDone);
  }

  // 0 or errno.
  static int open_error(const std::filesystem::path& path, int flags) {
    const Descriptor opened(::open(path.c_str(), flags | O_CLOEXEC, 0600));
    return opened.is_open() ? 0 : errno;
  }
  // Nobody listens there: where it is not forbidden, the answer is ECONNREFUSED.
  static int connect_error(std::uint16_t port) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in nobody = loopback(port);
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&nobody), sizeof nobody) == 0 ? 0
                                                                                                   : errno;
  }
  static int bind_error(std::uint16_t port) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in here = loopback(port);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0 ? 0 : errno;
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  TemporaryTree tree;
  Config config;
  LogFile log;
};

TEST_F(LandlockTest, LetsFilesBelowTheRootBeRead) {
  expect([this] {
    return open_error(tree.root() / "file", O_RDONLY) == 0 &&
           open_error(tree.root(), O_RDONLY | O_DIRECTORY) == 0;
  });
}

TEST_F(LandlockTest, LetsNothingOutsideBeOpened) {
  expect([this] {
    return open_error(tree.outside() / "secret", O_RDONLY) == EACCES &&
           open_error(tree.outside(), O_RDONLY | O_DIRECTORY) == EACCES &&
           open_error(tree.outside() / "new", O_WRONLY | O_CREAT) == EACCES &&
           open_error("/etc/shadow", O_RDONLY) == EACCES && open_error("/dev/null", O_WRONLY) == EACCES;
  });
}

TEST_F(LandlockTest, LetsFilesBeWrittenOnlyWhereSomebodyMay) {
  expect([this] {
    return open_error(tree.root() / "file", O_WRONLY) == EACCES &&
           open_error(tree.root() / "new", O_WRONLY | O_CREAT) == EACCES &&
           ::unlink((tree.root() / "file").c_str()) != 0 &&
           ::mkdir((tree.root() / "new").c_str(), 0700) != 0 &&
           open_error(tree.root() / "incoming" / "new", O_WRONLY | O_CREAT) == 0 &&
           ::mkdir((tree.root() / "incoming" / "made").c_str(), 0700) == 0;
  });
}

TEST_F(LandlockTest, LetsALogBeOpenedAnewAndNothingBeReadThere) {
  std::filesystem::rename(tree.outside() / "logs/log", tree.outside() / "logs/log.1");
  expect([this] {
    return log.reopen() == 0 && std::filesystem::exists(tree.outside() / "logs/log") &&
           open_error(tree.outside() / "logs/log", O_RDONLY) == EACCES &&
           ::unlink((tree.outside() / "logs/log.1").c_str()) != 0;
  });
}

TEST_F(LandlockTest, LetsNoLinkLeadOutside) {
  std::filesystem::create_symlink(tree.outside() / "secret", tree.root() / "link");
  expect([this] { return open_error(tree.root() / "link", O_RDONLY) == EACCES; });
}

TEST_F(LandlockTest, LetsNothingBeExecutedOrLinkedIn) {
  expect([this] {
    return ::link((tree.outside() / "secret").c_str(), (tree.root() / "incoming" / "hard").c_str()) != 0 &&
           ::symlink("/etc/shadow", (tree.root() / "incoming" / "soft").c_str()) != 0 &&
           ::execl("/bin/true", "true", nullptr) != 0 && errno == EACCES;
  });
}

TEST_F(LandlockTest, HoldsForThreadsThatComeLater) {
  expect([this] {
    int error = 0;
    std::thread([&] { error = open_error(tree.outside() / "secret", O_RDONLY); }).join();
    return error == EACCES;
  });
}

TEST_F(LandlockTest, LetsAThreadThatOnlyMovesBytesMakeNoConnection) {
  expect([] {
    int error = 0;
    std::thread([&] {
      forbid_new_connections();
      error = connect_error(1);
    }).join();
    return error == EACCES && connect_error(1) == ECONNREFUSED;
  });
}

TEST_F(LandlockTest, LetsTheControlLoopReachClientsPortsOnly) {
  expect([this] {
    config.passive.ports = {50000, 50010};
    make_port_rules(config);
    if (!put_up_port_rules()) ::_exit(kMissing);  // an older kernel
    return connect_error(1) == EACCES && connect_error(1023) == EACCES && connect_error(1024) != EACCES &&
           connect_error(65535) != EACCES && bind_error(49999) == EACCES && bind_error(50000) != EACCES &&
           bind_error(0) == 0;
  });
}

TEST_F(LandlockTest, LetsFilesBeMovedBetweenDirectoriesBehindTheRulesForPorts) {
  config.anonymous.upload_directory = "";
  tree.write(tree.root() / "incoming" / "here", "x");
  expect([this] {
    make_port_rules(config);
    if (!put_up_port_rules()) ::_exit(kMissing);
    forbid_new_connections();
    return ::rename((tree.root() / "incoming" / "here").c_str(), (tree.root() / "there").c_str()) == 0;
  });
}

TEST_F(LandlockTest, LetsNothingBeConnectedToWithoutActiveMode) {
  expect([this] {
    config.active.enabled = false;
    make_port_rules(config);
    if (!put_up_port_rules()) ::_exit(kMissing);  // an older kernel
    return connect_error(65535) == EACCES && bind_error(0) == EACCES;
  });
}

}  // namespace
}  // namespace uvftpd
