// What the plain values of a Config mean: who is in a network, and which rights an account has where.
#include "server/config.h"

#include <cstddef>

#include "protocol/command.h"

namespace uvftpd {
namespace {

Permissions in_upload_area(AnonymousWrite write) {
  switch (write) {
    case AnonymousWrite::none:
      return Permissions::reading();
    case AnonymousWrite::dropbox:
      return {Permission::list, Permission::upload};
    case AnonymousWrite::upload:
      return {Permission::list, Permission::download, Permission::upload, Permission::mkdir};
    case AnonymousWrite::full:
      return Permissions::all();
  }
  return {};
}

}  // namespace

bool Network::contains(const Address& candidate) const {
  if (candidate.family != address.family) return false;
  for (unsigned bit = 0; bit < prefix_length; bit += 8) {
    const std::size_t byte = bit / 8;
    const unsigned left = prefix_length - bit;
    const unsigned mask = left >= 8 ? 0xffU : 0xffU << (8 - left);
    const auto difference = static_cast<unsigned>(candidate.bytes[byte] ^ address.bytes[byte]);
    if ((difference & mask & 0xffU) != 0) return false;
  }
  return true;
}

Rights anonymous_rights(const Config::Anonymous& anonymous) {
  Rights rights;
  rights.key = "anonymous.write";
  const Permissions area = in_upload_area(anonymous.write);
  if (anonymous.upload_directory.empty()) {
    rights.elsewhere = area;
    return rights;
  }
  rights.elsewhere = Permissions::reading();
  rights.within = area;
  rights.upload_directory = anonymous.upload_directory;
  return rights;
}

Rights user_rights(const User& user) {
  Rights rights;
  rights.key = "user.permissions";
  rights.elsewhere = user.permissions;
  return rights;
}

}  // namespace uvftpd
