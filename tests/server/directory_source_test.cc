// A directory's lines, which two threads make: all of them, each once, in the directory's order.
#include "server/directory_source.h"

#include <dirent.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "server/listing_source.h"
#include "tests/server/temporary_tree.h"

namespace uvftpd {
namespace {

using Kind = TransferRequest::Kind;

// The last words of the lines.
std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find("\r\n", begin);
    const std::string line = text.substr(begin, end - begin);
    names.push_back(line.substr(line.rfind(' ') + 1));
    begin = end + 2;
  }
  return names;
}

class DirectorySources : public testing::Test {
 protected:
  void fill(int count) {
    for (int i = 0; i < count; ++i) tree_.write(tree_.root() / ("entry-" + std::to_string(i)), "");
  }
  std::vector<std::string> names_of(Kind kind) const {
    const OpenedListing listing = open_listing(tree_.open(), {.kind = kind, .path = "/"});
    EXPECT_EQ(listing.error, 0);
    std::string text;
    BatchSource::Made made{BatchSource::More::maybe};
    while (made.more == BatchSource::More::maybe) {
      made = listing.source->append_batch(text);
      EXPECT_EQ(made.error, 0);
    }
    return names_in(text);
  }
  std::vector<std::string> names_by_the_library() const {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(tree_.root().c_str()), ::closedir);
    while (const dirent* entry = ::readdir(directory.get()))
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    return names;
  }

  const TemporaryTree tree_;
};

TEST_F(DirectorySources, NameEveryEntryOnceInTheDirectorysOrder) {
  for (const int more : {0, 1, 300, 7000}) {
    fill(more);
    const auto wanted = names_by_the_library();
    for (const Kind kind : {Kind::list, Kind::name_list, Kind::fact_list})
      for (int again = 0; again < 5; ++again) EXPECT_EQ(names_of(kind), wanted);
  }
}

TEST_F(DirectorySources, SayNothingMoreOfADirectoryThatIsRemovedMeanwhile) {
  std::filesystem::create_directory(tree_.root() / "gone");
  for (int i = 0; i < 5000; ++i) tree_.write(tree_.root() / "gone" / ("entry-" + std::to_string(i)), "");
  const OpenedListing listing = open_listing(tree_.open(), {.kind = Kind::list, .path = "/gone"});
  std::string text;
  EXPECT_EQ(listing.source->append_batch(text).more, BatchSource::More::maybe);
  std::filesystem::remove_all(tree_.root() / "gone");
  text.clear();
  const BatchSource::Made made = listing.source->append_batch(text);
  EXPECT_EQ(made.more, BatchSource::More::none);
  EXPECT_EQ(made.error, 0);
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace uvftpd
