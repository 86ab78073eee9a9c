// A vsftpd.conf is read as vsftpd 3.0.3 reads it; what that dies of is a mistake here.
#include "server/vsftpd_config.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace uvftpd {
namespace {

VsftpdConfig config_of(const std::string& text) {
  const ReadVsftpdConfig read = read_vsftpd_config(text, "f");
  for (const Mistake& mistake : read.mistakes) ADD_FAILURE() << to_string(mistake);
  return read.config;
}

std::string mistakes_in(const std::string& text) {
  std::string lines;
  for (const Mistake& mistake : read_vsftpd_config(text, "f").mistakes) lines += to_string(mistake) + '\n';
  return lines;
}

TEST(VsftpdOptions, HaveOneRowEachWithAReadableDefault) {
  std::set<std::string_view> names;
  for (const VsftpdOption& option : vsftpd_options()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_FALSE(option.words.empty()) << option.name;
    const std::string line = std::string(option.name) + '=' + std::string(option.standard) + '\n';
    EXPECT_EQ(mistakes_in(line), "");
  }
  EXPECT_EQ(names.size(), 147U);
}

TEST(VsftpdConfig, WithoutALineTheDefaultHolds) {
  const VsftpdConfig config = config_of("");
  EXPECT_TRUE(config.yes("anonymous_enable"));
  EXPECT_FALSE(config.yes("write_enable"));
  EXPECT_EQ(config.number("anon_umask"), 077U);
  EXPECT_EQ(config.text("anon_root"), "");
  EXPECT_EQ(config.line_of("anonymous_enable"), 0U);
}

TEST(VsftpdConfig, TakesEverySpellingOfYesAndNo) {
  for (const char* word : {"YES", "yes", "yEs", "TRUE", "true", "1"})
    EXPECT_TRUE(config_of("write_enable=" + std::string(word)).yes("write_enable")) << word;
  for (const char* word : {"NO", "no", "False", "0"})
    EXPECT_FALSE(config_of("anonymous_enable=" + std::string(word)).yes("anonymous_enable")) << word;
}

TEST(VsftpdConfig, ALeadingZeroMakesANumberOctal) {
  EXPECT_EQ(config_of("local_umask=022\n").number("local_umask"), 18U);
  EXPECT_EQ(config_of("local_umask=22\n").number("local_umask"), 22U);
  EXPECT_EQ(config_of("max_clients=0\n").number("max_clients"), 0U);
}

TEST(VsftpdConfig, TheLastLineOfANameWins) {
  const VsftpdConfig config = config_of("max_clients=1\nlisten=YES\nmax_clients=2\n");
  EXPECT_EQ(config.number("max_clients"), 2U);
  EXPECT_EQ(config.line_of("max_clients"), 3U);
}

TEST(VsftpdConfig, AnEmptyTextUnsetsIt) {
  EXPECT_EQ(config_of("anon_root=/srv\nanon_root=\n").text("anon_root"), "");
  EXPECT_EQ(config_of("rsa_cert_file\n").text("rsa_cert_file"), "");
}

TEST(VsftpdConfig, KeepsBlanksAndSignsInText) {
  EXPECT_EQ(config_of("ftpd_banner= Hello = \"you\" # \n").text("ftpd_banner"), " Hello = \"you\" # ");
}

TEST(VsftpdConfig, PassesOverCommentsAndEmptyLines) {
  const VsftpdConfig config = config_of("# write_enable=YES\n\n  \t\n\r\n \tlisten=NO");
  EXPECT_EQ(config.settings().size(), 1U);
  EXPECT_EQ(config.line_of("listen"), 5U);
}

TEST(VsftpdConfig, TellsUnknownOptionsWithTheirLinesAndTheNearest) {
  EXPECT_EQ(mistakes_in("listen=NO\nwrite_enabel=YES\n"),
            "f:2:1: unknown option \"write_enabel\"; did you mean write_enable?\n");
  EXPECT_EQ(mistakes_in("write_enable =YES\n"),
            "f:1:1: unknown option \"write_enable \"; no blank may stand before the =\n");
  EXPECT_EQ(mistakes_in(" # x\n"),
            "f:1:1: unknown option \"# x\"; a comment has its # in the first column\n");
  EXPECT_EQ(mistakes_in("Listen=NO\n"), "f:1:1: unknown option \"Listen\"; did you mean listen?\n");
}

TEST(VsftpdConfig, TellsValuesThatVsftpdDiesOf) {
  const std::string must = "f:1:1: write_enable must be YES or NO, and no blank may stand beside it, not ";
  EXPECT_EQ(mistakes_in("write_enable=on\n"), must + "\"on\"\n");
  EXPECT_EQ(mistakes_in("write_enable=YES \n"), must + "\"YES \"\n");
  EXPECT_EQ(mistakes_in("write_enable= YES\n"), must + "\" YES\"\n");
  EXPECT_EQ(mistakes_in("write_enable\n"), "f:1:1: write_enable has no value\n");
  EXPECT_EQ(mistakes_in("max_clients=\n"), "f:1:1: max_clients has no value\n");
  EXPECT_EQ(mistakes_in("listen=NO\r\n"),
            "f:1:1: the line ends in CR LF, and vsftpd takes the CR for a part of the value\n");
  EXPECT_EQ(mistakes_in("\xef\xbb\xbflisten=NO\n"),
            "f:1:1: the file begins with a byte order mark, which vsftpd does not know\n");
}

TEST(VsftpdConfig, TellsNumbersThatVsftpdWouldMisread) {
  for (const char* value : {"5m", "-1", "089", "99999999999", "+1", "1 ", "0x10"})
    EXPECT_EQ(mistakes_in("max_clients=" + std::string(value) + '\n'),
              "f:1:1: max_clients must be a number, with a leading 0 an octal one, not \"" +
                  std::string(value) + "\"\n");
}

TEST(VsftpdConfig, TellsTextThatTomlCannotHave) {
  const std::string must = "f:1:1: ftpd_banner must be UTF-8 text without control characters\n";
  for (const char* value :
       {"\x1b[1m", "caf\xe9", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_EQ(mistakes_in("ftpd_banner=" + std::string(value) + '\n'), must);
  EXPECT_EQ(mistakes_in("ftpd_banner=caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x98\n"), "");
}

}  // namespace
}  // namespace uvftpd
