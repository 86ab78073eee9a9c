// What a listing writes of one directory entry: LIST's line, NLST's name, MLSD's facts. Blocks; used on the
// pool, each writer by one thread.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>

#include "protocol/action.h"
#include "server/descriptor.h"

namespace uvftpd {

// What files of the machine and questions to the kernel are needed for is done now.
void prepare_listings();

class EntryWriter {
 public:
  virtual ~EntryWriter() = default;
  // `name` is one plain component in `directory`. An entry that is gone, or that no line can say, writes
  // nothing; of one that cannot be looked at, the name is written, and of what kind it is (DT_REG, DT_DIR …).
  virtual void append(int directory, const char* name, unsigned char kind, std::string& out) = 0;
};

// For list, name_list or fact_list. `prefix` stands before each name of a name_list; `directory` is the
// virtual path of what is listed beneath `root`.
std::unique_ptr<EntryWriter> make_entry_writer(const SharedFile& root, const TransferRequest& request,
                                               std::string prefix, std::string directory);

// For MLST: the facts of one path, links followed. Beneath `root`.
FileResult facts_about(const OpenFile& root, const std::string& path, const FactQuery& query);

}  // namespace uvftpd
