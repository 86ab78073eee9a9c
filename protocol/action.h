// What a Session asks of the server (actions) and what the server tells it afterwards (results).
//
// Plain values. The server carries actions out in order; each that asks for something is answered by exactly
// one event of Session, named beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/address.h"
#include "protocol/digest_algorithm.h"
#include "protocol/facts.h"
#include "protocol/protection.h"
#include "protocol/reply.h"
#include "protocol/secret.h"
#include "protocol/timestamp.h"

namespace uvftpd {

enum class Existing : std::uint8_t { replace, keep };  // what to do with a file that is already there
enum class Missing : std::uint8_t { create, refuse };  // and with one that is not
enum class Type : std::uint8_t { ascii, image };       // RFC 959, section 3.1.1
enum class PassiveForm : std::uint8_t { pasv, epsv };

// What HASH asks of a file.
struct DigestQuery {
  DigestAlgorithm algorithm = {};
  std::uint64_t first = 0;                 // byte
  std::optional<std::uint64_t> last = {};  // byte; none: to the end of the file
  bool operator==(const DigestQuery&) const = default;
};

// One blocking step on the file system. Paths are normalised virtual paths.
struct FileRequest {
  enum class Kind : std::uint8_t {
    enter_directory,
    make_directory,
    remove_directory,
    remove_file,
    rename_source,  // is it there?
    rename,
    size,        // of the file as it is stored
    ascii_size,  // of what TYPE A would send; too large to count: EFBIG
    modification_time,
    set_modification_time,
    set_mode,
    available_space,  // in bytes, for a new file in that directory
    digest,           // the one that may last and can be aborted: ECANCELED
    listing,          // for STAT; too large for a reply: EFBIG
    facts,            // for MLST
  };
  Kind kind = {};
  std::string path = {};
  std::string new_path = {};              // rename only
  Existing existing = Existing::replace;  // rename only
  FactQuery query = {};                   // facts only
  Moment modified = {};                   // set_modification_time only
  DigestQuery digest = {};                // digest only
  std::uint32_t mode = 0;                 // set_mode only: the nine bits of access
  bool operator==(const FileRequest&) const = default;
};

struct FileResult {
  int error = 0;  // errno; 0: done
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // seconds since 1970
  std::string text = {};      // of listing: lines as LIST's; of facts: "type=file;"; of digest: hexadecimal
};

// One use of the data connection.
struct TransferRequest {
  enum class Kind : std::uint8_t { retrieve, store, store_unique, append, list, name_list, fact_list };
  Kind kind = {};
  std::string path = {};
  Type type = Type::ascii;
  std::uint64_t offset = 0;                     // REST: in bytes of the transfer (RFC 3659, section 5)
  std::optional<std::uint64_t> last_byte = {};  // RANG: no byte of the file behind this one is touched
  Existing existing = Existing::replace;
  Missing missing = Missing::create;
  Protection protection = Protection::clear;  // of the data connection
  FactQuery query = {};                       // fact_list only
  std::string name_prefix = {};  // name_list: the path as given, for names that RETR takes from there
  bool operator==(const TransferRequest&) const = default;
};

// What is known once the file is open.
struct TransferOpening {
  std::optional<std::uint64_t> bytes_to_come = {};
  std::string unique_path = {};  // store_unique: the virtual path that was made of request.path
};

struct TransferResult {
  enum class Outcome : std::uint8_t {
    complete,
    aborted,          // by Abort
    refused,          // the file could not be opened; transfer_opened did not come
    no_connection,    // nobody came, or nobody answered
    connection_lost,  // reset in the middle
    stalled,          // no byte of progress for too long
    not_secured,      // the TLS handshake of the data connection failed
    not_resumed,      // it was not of the control connection's TLS session, which is demanded
    cut,              // an upload ended without TLS's close_notify, which is demanded
    file_error,       // reading, writing, or bringing the file to its final place
  };
  Outcome outcome = {};
  int error = 0;  // errno of refused and file_error
  std::uint64_t bytes = 0;
  TlsSession tls_session = TlsSession::none;
  TlsEnd tls_end = TlsEnd::none;
};

// For the log; of requests the usual verb.
std::string_view to_string(FileRequest::Kind kind);
std::string_view to_string(TransferRequest::Kind kind);
std::string_view to_string(TransferResult::Outcome outcome);
std::string_view to_string(TlsSession session);
std::string_view to_string(TlsEnd end);

struct SendReply {
  Reply reply;
  bool operator==(const SendReply&) const = default;
};
struct CheckPassword {  // -> password_checked
  std::string user;
  Secret password;
  bool operator==(const CheckPassword&) const = default;
};
struct SecureControl {  // -> control_secured; what came behind the command is thrown away, what comes is TLS
  bool operator==(const SecureControl&) const = default;
};
struct ExposeControl {  // TLS ends behind the replies before it
  bool operator==(const ExposeControl&) const = default;
};
struct RunFileRequest {  // -> file_request_done
  FileRequest request;
  bool operator==(const RunFileRequest&) const = default;
};
struct ListenForData {  // -> listening
  PassiveForm form;
  bool operator==(const ListenForData&) const = default;
};
struct ConnectForData {  // when the next transfer starts
  SocketAddress peer;
  bool operator==(const ConnectForData&) const = default;
};
struct ForgetData {  // what the last two prepared
  bool operator==(const ForgetData&) const = default;
};
struct StartTransfer {  // -> transfer_opened unless refused, then -> transfer_finished
  TransferRequest request;
  bool operator==(const StartTransfer&) const = default;
};
struct Abort {  // ends the running transfer or digest: its transfer_finished or file_request_done comes soon
  bool operator==(const Abort&) const = default;
};
struct ReportRefusal {  // for the log: what was not allowed, and the configuration's key that decided
  std::string verb, path, key;
  std::string_view rule = {};  // without a key: this server's own rule, a literal
  bool operator==(const ReportRefusal&) const = default;
};
struct CloseControl {  // once the replies before it have left
  bool operator==(const CloseControl&) const = default;
};

using Action =
    std::variant<SendReply, CheckPassword, SecureControl, ExposeControl, RunFileRequest, ListenForData,
                 ConnectForData, ForgetData, StartTransfer, Abort, ReportRefusal, CloseControl>;
using Actions = std::vector<Action>;

}  // namespace uvftpd
