// Accepts control connections, owns the sessions, and closes the service.
//
//   open (-> draining) -> closing (listeners closed, transfers may end) -> closed
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/control_connection.h"
#include "server/listeners.h"
#include "server/services.h"
#include "server/uv.h"

namespace uvftpd {

class Server final : ControlConnection::Owner {
 public:
  // `on_closed` is called once, after drain(), close() or close_now(), when the last session has gone.
  Server(Services& services, Listeners listeners, std::function<void()> on_closed);

  const std::vector<ListeningAt>& places() const { return places_; }

  void password_checked(std::uint64_t session, LoginWorkers::Verdict verdict);
  std::string rows() const;  // a line a session, as session_row.h has it
  enum class Kicked : std::uint8_t { yes, unknown };
  Kicked kick(std::uint64_t session);
  void drain();  // no new clients; on_closed comes with the end of the last session
  void close();  // running transfers get 30 s
  void close_now();

 private:
  enum class State : std::uint8_t { open, draining, closing, closed };

  void accept(uv::Tcp control, const SocketAddress& peer, TlsStart tls_start);
  void retire(std::uint64_t session) override;
  void admitted(std::uint64_t session) override { strangers_.erase(session); }
  void will_answer(std::uint64_t session) override { to_answer_.push_back(session); }
  void answer();
  void turn_over(std::uint64_t session) override;
  void give_turns();
  bool make_room(const char* key);
  void pause();
  void resume();
  void bury();

  Services& services_;
  std::function<void()> on_closed_;
  State state_ = State::open;
  std::size_t room_ = SIZE_MAX;  // for so many sessions there were descriptors
  bool is_paused_ = false;       // listening, for want of them
  std::vector<ListeningAt> places_;
  std::list<uv::Listener> listeners_;
  std::unordered_map<std::uint64_t, std::unique_ptr<ControlConnection>> sessions_;
  std::set<std::uint64_t> strangers_;        // that have not logged in yet, the oldest first
  std::map<Address, unsigned> sessions_of_;  // by the client's network
  std::vector<std::unique_ptr<ControlConnection>> retired_;
  uv::Timer bury_timer_;  // fires from a clean stack
  uv::Timer grace_timer_;
  std::vector<std::uint64_t> to_answer_;
  uv::TurnEnd turn_end_;
  std::vector<std::uint64_t> waiting_for_turn_;
  uv::Wake next_turns_;  // when the loop has seen to everybody
};

}  // namespace uvftpd
