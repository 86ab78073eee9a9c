// What every session shares. Owned by Server's maker (daemon), outlives all sessions.
#pragma once

#include "auth/login_throttle.h"
#include "protocol/session.h"
#include "server/accounts.h"
#include "server/activity.h"
#include "server/config.h"
#include "server/data_loops.h"
#include "server/file_digest.h"
#include "server/login_workers.h"
#include "server/passive_address.h"
#include "server/tls_source.h"
#include "server/totals.h"
#include "server/transfer_log.h"
#include "server/upload_events.h"
#include "server/uv.h"

namespace uvftpd {

struct Services {
  uv::Loop& loop;  // the control loop
  const Config& config;
  const SessionSettings& settings;
  const Accounts& accounts;
  const PassiveAddresses& passive_addresses;
  LoginWorkers& logins;
  LoginThrottle& throttle;
  DataLoops& data_loops;
  DigestSlots& digest_slots;
  TransferLog& transfer_log;
  UploadEvents& upload_events;
  const TlsSource& tls;
  Activity& activity;
  Totals& totals;
  Workspace workspace;  // of the control loop
  int last_descriptor;  // of a control connection; those beyond are for transfers
};

}  // namespace uvftpd
