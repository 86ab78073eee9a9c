#include "server/server.h"

#include <algorithm>

#include "protocol/reply.h"
#include "server/log.h"
#include "server/socket.h"

namespace uvftpd {
namespace {

constexpr std::chrono::seconds kGrace{30};  // for running transfers when the service closes

}  // namespace

Server::Server(Services& services, Listeners listeners, std::function<void()> on_closed)
    : services_(services),
      on_closed_(std::move(on_closed)),
      bury_timer_(services.loop, [this] { bury(); }),
      grace_timer_(services.loop, [this] { close_now(); }),
      turn_end_(services.loop, [this] { answer(); }),
      next_turns_(services.loop, [this] { give_turns(); }) {
  for (Listeners::Socket& socket : listeners.sockets) {
    const TlsStart start = socket.tls_start;
    places_.push_back({local_address(socket.descriptor.get()), start});
    listeners_.emplace_back(services_.loop, std::move(socket.descriptor),
                            [this, start](uv::Tcp control, const SocketAddress& peer) {
                              accept(std::move(control), peer, start);
                            });
  }
}

// ---- sessions ----

void Server::accept(uv::Tcp control, const SocketAddress& peer, TlsStart tls_start) {
  const auto& limits = services_.config.limits;
  const int fd = control.fd();
  const Address& client = peer.host;
  const Address network = network_of(client);
  const unsigned of_client = sessions_of_[network];
  const bool is_full = sessions_.size() >= limits.sessions && !make_room("limits.sessions");
  if (is_full || (limits.per_address > 0 && of_client >= limits.per_address)) {
    if (of_client == 0) sessions_of_.erase(network);
    log_event(Level::warning, "turned-away",
              {{"client", to_string(client)}, {"key", is_full ? "limits.sessions" : "limits.per_address"}});
    if (tls_start == TlsStart::implicitly) return;  // it expects no text yet
    return control.write(encode({Code::too_many_sessions, "Too many sessions, try again later."}));
  }
  ++sessions_of_[network];
  const std::uint64_t id = ++services_.totals.sessions;
  ControlConnection::Owner& owner = *this;
  strangers_.insert(id);
  sessions_[id] =
      std::make_unique<ControlConnection>(services_, id, std::move(control), peer, tls_start, owner);
  services_.activity.set_sessions(sessions_.size());
  // The kernel gives the lowest number that is free: how high it is shows how few there are left.
  if (fd >= services_.last_descriptor) room_ = std::min(room_, sessions_.size());
  if (sessions_.size() < room_) return;
  if (strangers_.size() > 1)
    make_room("RLIMIT_NOFILE");
  else
    log_event(Level::warning, "listening-paused", {{"sessions", sessions_.size()}, {"key", "RLIMIT_NOFILE"}});
  pause();
}

// New clients wait until somebody leaves: without a descriptor nobody could be told anything.
void Server::pause() {
  is_paused_ = true;
  for (uv::Listener& listener : listeners_) listener.pause();
}

void Server::resume() {
  if (sessions_.size() < room_ - room_ / 8) room_ = SIZE_MAX;  // there may be more room than there was
  if (!is_paused_ || sessions_.size() >= room_) return;
  is_paused_ = false;
  for (uv::Listener& listener : listeners_) listener.resume();
}

// Who has not logged in gives way: a flood of connections keeps nobody out who works.
bool Server::make_room(const char* key) {
  if (strangers_.empty()) return false;
  const std::uint64_t oldest = *strangers_.begin();
  ControlConnection& stranger = *sessions_.at(oldest);
  log_event(Level::warning, "gave-way",
            {{"session", oldest}, {"client", to_string(stranger.peer().host)}, {"key", key}});
  stranger.give_way();
  return true;
}

void Server::password_checked(std::uint64_t session, LoginWorkers::Verdict verdict) {
  const auto found = sessions_.find(session);
  if (found != sessions_.end()) found->second->password_checked(verdict);
}

void Server::retire(std::uint64_t session) {
  strangers_.erase(session);
  auto gone = sessions_.extract(session);
  if (gone.empty()) return;
  services_.activity.set_sessions(sessions_.size());
  const auto client = sessions_of_.find(network_of(gone.mapped()->peer().host));
  if (--client->second == 0) sessions_of_.erase(client);
  retired_.push_back(std::move(gone.mapped()));
  bury_timer_.start(std::chrono::milliseconds(0));
}

// What one is answered may bring about what another, or itself, is to be answered yet.
void Server::answer() {
  while (!to_answer_.empty())
    for (const std::uint64_t id : std::exchange(to_answer_, {}))
      if (const auto found = sessions_.find(id); found != sessions_.end()) found->second->answer();
  flush_log();
}

void Server::turn_over(std::uint64_t session) {
  waiting_for_turn_.push_back(session);
  next_turns_.send();
}

void Server::give_turns() {
  for (const std::uint64_t id : std::exchange(waiting_for_turn_, {}))
    if (const auto found = sessions_.find(id); found != sessions_.end()) found->second->go_on();
}

void Server::bury() {
  retired_.clear();
  resume();
  if (state_ == State::open || !sessions_.empty()) return;
  if (std::exchange(state_, State::closed) != State::closed) on_closed_();
}

// ---- closing ----

std::string Server::rows() const {
  std::string rows;
  for (const auto& [id, session] : sessions_) rows += encode(session->row());
  return rows;
}

Server::Kicked Server::kick(std::uint64_t session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return Kicked::unknown;
  found->second->kick();
  return Kicked::yes;
}

void Server::drain() {
  if (state_ != State::open) return;
  state_ = State::draining;
  listeners_.clear();
  bury_timer_.start(std::chrono::milliseconds(0));
}

void Server::close() {
  if (state_ != State::open && state_ != State::draining) return;
  state_ = State::closing;
  listeners_.clear();
  grace_timer_.start(kGrace);
  std::vector<std::uint64_t> ids;
  for (const auto& [id, session] : sessions_) ids.push_back(id);
  for (const std::uint64_t id : ids)
    if (const auto found = sessions_.find(id); found != sessions_.end()) found->second->service_closing();
  bury_timer_.start(std::chrono::milliseconds(0));
}

void Server::close_now() {
  state_ = State::closing;
  listeners_.clear();
  grace_timer_.stop();
  for (auto& [id, session] : sessions_) retired_.push_back(std::move(session));
  sessions_.clear();
  bury_timer_.start(std::chrono::milliseconds(0));
}

}  // namespace uvftpd
