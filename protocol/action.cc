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
    case TransferResult::Outcome::file_error:
      return "file-error";
  }
  return {};
}

}  // namespace uvftpd
