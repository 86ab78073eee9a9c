#include "tests/bench/options.h"

#include <charconv>
#include <string_view>

#include "tests/bench/descriptor.h"

namespace bench {
namespace {

template <typename Number>
void read_number(std::string_view text, Number* value) {
  const char* end = text.data() + text.size();
  auto [stopped, error] = std::from_chars(text.data(), end, *value);
  if (error != std::errc() || stopped != end) fail("not a number: " + std::string(text));
}

void read_option(std::string_view key, std::string_view value, Options* options) {
  if (key == "port") return read_number(value, &options->port);
  if (key == "size") return read_number(value, &options->size);
  if (key == "files") return read_number(value, &options->files);
  if (key == "streams") return read_number(value, &options->streams);
  if (key == "at_once") return read_number(value, &options->at_once);
  if (key == "rate") return read_number(value, &options->rate);
  if (key == "seconds") return read_number(value, &options->seconds);
  if (key == "pause") return read_number(value, &options->pause);
  if (key == "verb") {
    options->verb = value;
  } else if (key == "path") {
    options->path = value;
  } else if (key == "active") {
    options->active = value == "1";
  } else if (key == "sleeping") {
    options->sleeping = value == "1";
  } else if (key == "tls") {
    options->security = value == "1" ? Security::tls : Security::none;
  } else {
    fail("unknown option: " + std::string(key));
  }
}

}  // namespace

Options read_options(int count, char** arguments) {
  if (count < 2) fail("usage: load KIND [KEY=VALUE...] [-- COMMAND...]");
  Options options;
  options.load = arguments[1];
  for (int index = 2; index < count; ++index) {
    std::string_view argument = arguments[index];
    if (argument == "--") {
      options.command.assign(arguments + index + 1, arguments + count);
      break;
    }
    auto equals = argument.find('=');
    if (equals == std::string_view::npos) fail("not KEY=VALUE: " + std::string(argument));
    read_option(argument.substr(0, equals), argument.substr(equals + 1), &options);
  }
  return options;
}

}  // namespace bench
