#include "tests/bench/transfer_session.h"

#include <charconv>
#include <iterator>

#include "tests/bench/socket.h"

namespace bench {

namespace {

// Before the first transfer; only the first of them without TLS.
constexpr std::string_view kSetUp[] = {"TYPE I\r\n", "PBSZ 0\r\n", "PROT P\r\n"};

}  // namespace

TransferSession::TransferSession(Poller& poller, const Options& options, const Upload& upload,
                                 const Events& events)
    : Session(poller, options),
      upload_(upload),
      events_(events),
      data_(poller, [this] { data_ended(); }),
      is_upload_(options.verb == "STOR") {
  if (!options.active) return;
  uint16_t port = 0;
  std::tie(listener_, port) = listen_anywhere();
  poller_.watch(listener_.number(), EPOLLIN, &arrivals_);
  port_command_ = "PORT 127,0,0,1," + std::to_string(port >> 8) + ',' + std::to_string(port & 255) + "\r\n";
}

void TransferSession::logged_in() {
  set_up_ = 0;
  set_up();
}

void TransferSession::set_up() {
  size_t count = options_.security == Security::tls ? std::size(kSetUp) : 1;
  if (set_up_ == count) return events_.logged_in(*this);
  send(kSetUp[set_up_++]);
}

void TransferSession::transfer(const std::string& path) {
  verb_command_ = options_.verb + ' ' + path + "\r\n";
  permitted_ = data_over_ = completed_ = false;
  begun_ = now();
  send(options_.active ? std::string_view(port_command_) : "EPSV\r\n");
}

void TransferSession::replied(int code, std::string_view line) {
  if (code == 200 && begun_ == 0) return set_up();
  if (code == 229) return connect_passively(line);
  if (code == 200) return send(verb_command_);
  if (code == 150 || code == 125) {
    permitted_ = true;
    return move();
  }
  if (code != 226 && code != 250) fail_at(line);
  completed_ = true;
  end_if_over();
}

// "229 Entering Extended Passive Mode (|||port|)"
void TransferSession::connect_passively(std::string_view line) {
  auto bars = line.find("|||");
  if (bars == std::string_view::npos) fail_at(line);
  uint16_t port = 0;
  std::from_chars(line.data() + bars + 3, line.data() + line.size(), port);
  data_.adopt(connect_to(port));
  send(verb_command_);
}

void TransferSession::accept() {
  Descriptor socket = accept_from(listener_);
  if (!socket.is_open()) return;
  data_.adopt(std::move(socket));
  move();
}

void TransferSession::move() {
  if (!permitted_ || !data_.is_open() || leaves_data_) return;
  if (options_.security == Security::tls) data_.secure(tls());
  if (is_upload_) return data_.send(upload_, options_.size);
  data_.receive();
}

void TransferSession::data_ended() {
  if (options_.size != 0 && data_.moved() != options_.size) {
    fail("a transfer of " + std::to_string(options_.size) + " bytes had " + std::to_string(data_.moved()));
  }
  data_over_ = true;
  end_if_over();
}

void TransferSession::end_if_over() {
  if (data_over_ && completed_) events_.transferred(*this);
}

}  // namespace bench
