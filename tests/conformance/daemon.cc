// Starts and stops the daemon. Its ready line is waited for: nothing sleeps for luck.
#include "daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <stdexcept>

#include "socket.h"

namespace conformance {

namespace {

namespace fs = std::filesystem;

// Two ports in a row, free on all loopback addresses: data connections come from the one below.
std::uint16_t free_port() {
  std::random_device random;
  for (int tries = 0; tries < 100; ++tries) {
    // Below the range that the kernel takes ports from.
    const auto port = static_cast<std::uint16_t>(20000 + random() % 12000);
    try {
      Socket::listen(Address("127.0.0.1", port));
      Socket::listen(Address("127.0.0.1", static_cast<std::uint16_t>(port - 1)));
      return port;
    } catch (const Mishap&) {
      continue;
    }
  }
  throw std::runtime_error("no free port");
}

bool has_ipv6() {
  try {
    Socket::listen(Address("::1", 0));
    return true;
  } catch (const Mishap&) {
    return false;
  }
}

// Whom the daemon becomes when it is started as root.
void give_to_nobody(const fs::path& path) {
  constexpr uid_t kNobody = 65534;
  if (geteuid() == 0 && chown(path.c_str(), kNobody, kNobody) != 0) throw std::runtime_error("no nobody");
}

}  // namespace

Daemon::Daemon(const std::string& binary) {
  std::string name = fs::temp_directory_path() / "conformance-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  // Started as root the daemon becomes nobody, who is to do what he likes with what is made here.
  if (geteuid() == 0) {
    umask(0);
    chmod(name.c_str(), 0755);
  }
  directory_ = name;
  fs::create_directories(directory_ / "root" / "incoming");
  give_to_nobody(directory_ / "root");
  give_to_nobody(directory_ / "root" / "incoming");
  make_certificate();
  // Between the choice of a port and its use somebody else may take it.
  for (int tries = 0; tries < 3; ++tries) {
    port_ = free_port();
    write_configuration();
    if (start(binary)) return;
  }
  std::ifstream log(directory_ / "log");
  const std::string text{std::istreambuf_iterator<char>(log), {}};
  fs::remove_all(directory_);
  throw std::runtime_error(binary + " does not start: " + text);
}

Daemon::~Daemon() {
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

// With the openssl command: without it there is no TLS, and its lines are not offered.
void Daemon::make_certificate() const {
  const std::string command =
      "cd '" + directory_.string() +
      "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
      " -subj /CN=localhost -keyout key -out certificate >/dev/null 2>&1 </dev/null";
  if (std::system(command.c_str()) != 0) return;
  give_to_nobody(directory_ / "key");
  give_to_nobody(directory_ / "certificate");
}

void Daemon::write_configuration() const {
  const std::string port = std::to_string(port_);
  const std::string root = directory_ / "root";
  std::ofstream file(directory_ / "uvftpd.toml");
  file << "[server]\nlisten = [\"127.0.0.1:" << port << "\", \"127.0.0.2:" << port << '"'
       << (has_ipv6() ? ", \"[::1]:" + port + '"' : "") << "]\n"
       << (geteuid() == 0 ? "user = \"nobody\"\n" : "") << "[active]\nsource_port = " << port_ - 1 << "\n"
       << "[timeouts]\ndata_open = 2\n"
       << (fs::exists(directory_ / "certificate")
               ? "[tls]\nmode = \"allow\"\ncertificate = \"" + (directory_ / "certificate").string() +
                     "\"\nkey = \"" + (directory_ / "key").string() + "\"\n"
               : "")
       << "[limits]\nlogin_delay = \"400ms\"\nlogin_failures_per_address = 0\n"
       << "[anonymous]\nenabled = true\nroot = \"" << root << "\"\n"
       << "write = \"dropbox\"\nupload_directory = \"/incoming\"\n"
       << "[[user]]\nname = \"alice\"\nroot = \"" << root
       << "\"\npermissions = \"write\"\n"
       // "wonderland", hashed cheaply
       << "password = "
          "\"$6$rounds=1000$7iRqD6wLChUsOveG$l07KRIziU0bqEab5DXkJqwIGBk4UX073xUlw6A53M5UZp7NezDhqhc0f"
          "VB4gqA5NR66ePecNsO47ffd2ziF6v/\"\n";
}

bool Daemon::start(const std::string& binary) {
  int ready[2];
  if (pipe(ready) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) {
    const std::string configuration = directory_ / "uvftpd.toml";
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // should this program crash
    dup2(ready[1], STDOUT_FILENO);
    dup2(open((directory_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600), STDERR_FILENO);
    close(ready[0]);
    umask(022);
    execl(binary.c_str(), binary.c_str(), "run", "-c", configuration.c_str(), "--ready", nullptr);
    _exit(127);
  }
  close(ready[1]);
  pollfd line{ready[0], POLLIN, 0};
  char first = 0;
  const bool is_ready = poll(&line, 1, 20000) > 0 && read(ready[0], &first, 1) == 1;
  close(ready[0]);
  if (!is_ready) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  return is_ready;
}

void Daemon::tell(Options& options) const {
  options.host = "127.0.0.1";
  options.port = port_;
  options.user = "alice";
  options.password = "wonderland";
  options.root = directory_ / "root";
  options.log = directory_ / "log";
}

}  // namespace conformance
