#include "protocol/action.h"

namespace uvftpd {

std::string_view to_string(TransferRequest::Kind kind) {
  switch (kind) {
    case TransferRequest::Kind::retrieve:
      return "RETR";
    case TransferRequest::Kind::store:
      return "STOR";
    case TransferRequest::Kind::store_unique:
      return "STOU";
    case TransferRequest::Kind::append:
      return "APPE";
    case TransferRequest::Kind::list:
      return "LIST";
    case TransferRequest::Kind::name_list:
      return "NLST";
    case TransferRequest::Kind::fact_list:
      return "MLSD";
  }
  return {};
}

std::string_view to_string(FileRequest::Kind kind) {
  using enum FileRequest::Kind;
  switch (kind) {
    case enter_directory:
      return "CWD";
    case make_directory:
      return "MKD";
    case remove_directory:
      return "RMD";
    case remove_file:
      return "DELE";
    case rename_source:
      return "RNFR";
    case rename:
      return "RNTO";
    case size:
    case ascii_size:
      return "SIZE";
    case modification_time:
      return "MDTM";
    case set_modification_time:
      return "MFMT";
    case set_mode:
      return "SITE CHMOD";
    case available_space:
      return "AVBL";
    case digest:
      return "HASH";
    case listing:
      return "STAT";
    case facts:
      return "MLST";
  }
  return {};
}

std::string_view to_string(TransferResult::Outcome outcome) {
  switch (outcome) {
    case TransferResult::Outcome::complete:
      return "complete";
    case TransferResult::Outcome::aborted:
      return "aborted";
    case TransferResult::Outcome::refused:
      return "refused";
    case TransferResult::Outcome::no_connection:
      return "no-connection";
    case TransferResult::Outcome::connection_lost:
      return "connection-lost";
    case TransferResult::Outcome::stalled:
      return "stalled";
    case TransferResult::Outcome::not_secured:
      return "not-secured";
    case TransferResult::Outcome::not_resumed:
      return "not-resumed";
    case TransferResult::Outcome::cut:
      return "cut";
    case TransferResult::Outcome::file_error:
      return "file-error";
  }
  return {};
}

std::string_view to_string(TlsSession session) {
  switch (session) {
    case TlsSession::none:
      return "none";
    case TlsSession::anew:
      return "new";
    case TlsSession::resumed:
      return "resumed";
  }
  return {};
}

std::string_view to_string(TlsEnd end) {
  switch (end) {
    case TlsEnd::none:
      return "none";
    case TlsEnd::orderly:
      return "orderly";
    case TlsEnd::cut:
      return "cut";
  }
  return {};
}

}  // namespace uvftpd
