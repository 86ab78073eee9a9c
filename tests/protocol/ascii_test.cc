// TYPE A's converters, against a reference that knows the whole text at once.
#include "protocol/ascii.h"

#include <gtest/gtest.h>

#include <random>

namespace uvftpd {
namespace {

std::string naively_encoded(std::string_view stored) {
  std::string out;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i] == '\n' && (i == 0 || stored[i - 1] != '\r')) out += '\r';
    out += stored[i];
  }
  return out;
}

std::string naively_decoded(std::string_view sent) {
  std::string out;
  for (std::size_t i = 0; i < sent.size(); ++i)
    if (sent.substr(i, 2) != "\r\n") out += sent[i];
  return out;
}

struct Converted {
  std::string encoded, decoded;
  std::uint64_t counted = 0;
};

// `text` in chunks that end at random; `mean` is their usual length.
Converted convert_in_chunks(std::string_view text, std::mt19937& random, std::size_t mean) {
  Converted result;
  AsciiEncoder encoder, counter;
  AsciiDecoder decoder;
  while (!text.empty()) {
    const auto chunk = text.substr(0, random() % (2 * mean));  // an empty chunk now and then
    text.remove_prefix(chunk.size());
    encoder.convert(chunk, result.encoded);
    result.counted += counter.count(chunk);
    decoder.convert(chunk, result.decoded);
  }
  decoder.finish(result.decoded);
  return result;
}

std::string random_text(std::mt19937& random) {
  std::string text(random() % 60, ' ');
  for (char& c : text) c = "\r\n\nab\0"[random() % 6];
  return text;
}

std::string encoded(std::string_view text) {
  std::string out;
  AsciiEncoder().convert(text, out);
  return out;
}

std::string decoded(std::string_view text) {
  std::string out;
  AsciiDecoder decoder;
  decoder.convert(text, out);
  decoder.finish(out);
  return out;
}

TEST(Ascii, SendsEachLfAsCrLf) { EXPECT_EQ(encoded("a\n\nb\n"), "a\r\n\r\nb\r\n"); }
TEST(Ascii, SendsACrLfThatIsStoredUnchanged) { EXPECT_EQ(encoded("a\r\nb\n"), "a\r\nb\r\n"); }
TEST(Ascii, SendsACrAloneUnchanged) { EXPECT_EQ(encoded("a\rb\r\r\n"), "a\rb\r\r\n"); }
TEST(Ascii, AddsNoEndToALastLineWithoutOne) { EXPECT_EQ(encoded("a"), "a"); }

TEST(Ascii, StoresCrLfAsLf) { EXPECT_EQ(decoded("a\r\n\r\nb"), "a\n\nb"); }
TEST(Ascii, StoresALfAloneUnchanged) { EXPECT_EQ(decoded("a\nb"), "a\nb"); }
TEST(Ascii, StoresACrAloneUnchanged) { EXPECT_EQ(decoded("a\rb\r\r\nc\r"), "a\rb\r\nc\r"); }

TEST(Ascii, HoldsACrBackUntilItsNextByteOrTheEnd) {
  AsciiDecoder decoder;
  std::string out;
  decoder.convert("a\r", out);
  EXPECT_EQ(out, "a");
  decoder.convert("\nb\r", out);
  EXPECT_EQ(out, "a\nb");
  decoder.finish(out);
  decoder.finish(out);
  EXPECT_EQ(out, "a\nb\r");
}

TEST(Ascii, IsTheSameInEveryChunking) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random_text(random);
    const Converted result = convert_in_chunks(text, random, 1 + random() % 12);
    ASSERT_EQ(result.encoded, naively_encoded(text));
    ASSERT_EQ(result.decoded, naively_decoded(text));
    ASSERT_EQ(result.counted, result.encoded.size());
  }
}

TEST(Ascii, BringsBackATextWithoutCr) {
  std::mt19937 random(2);
  for (int round = 0; round < 1000; ++round) {
    std::string text = random_text(random);
    std::erase(text, '\r');
    ASSERT_EQ(decoded(encoded(text)), text);
  }
}

TEST(Ascii, CountsALargeTextAsItIsSent) {
  std::mt19937 random(3);
  std::string text(1 << 20, 'x');
  for (std::size_t i = 0; i < text.size(); i += 1 + random() % 80) text[i] = random() % 5 ? '\n' : '\r';
  const Converted result = convert_in_chunks(text, random, 65536);
  EXPECT_EQ(result.counted, naively_encoded(text).size());
  EXPECT_EQ(result.encoded.size(), result.counted);
}

}  // namespace
}  // namespace uvftpd
