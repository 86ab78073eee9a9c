# shellcheck shell=bash disable=SC2034
# What the scripts share (sourced, never run): which packages they need, and how these get onto the machine.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# A line each: Debian's package, and what shows that a machine without apt has it: a command or a <header>.
build_needs="
  cmake                cmake
  g++                  c++
  ninja-build          ninja
  pkg-config           pkg-config
  libuv1-dev           <uv.h>
  libspdlog-dev        <spdlog/spdlog.h>
  libtomlplusplus-dev  <toml++/toml.h>
  libcli11-dev         <CLI/CLI.hpp>
  libcrypt-dev         <crypt.h>
  libseccomp-dev       <seccomp.h>
  libssl-dev           <openssl/evp.h>
  zlib1g-dev           <zlib.h>"
test_needs="
  libgtest-dev         <gtest/gtest.h>
  python3              python3
  curl                 curl
  lftp                 lftp
  tnftp                tnftp
  wget                 wget
  aria2                aria2c
  ncftp                ncftp
  rclone               rclone
  perl                 perl
  libio-socket-ssl-perl  perl
  nodejs               node
  openssl              openssl
  systemd              systemd-analyze
  dpkg-dev             dpkg-shlibdeps
  file                 file
  mandoc               mandoc
  zsh                  zsh"
bench_needs="
  python3              python3
  openssl              openssl"
lint_needs="
  clang-format-16      clang-format-16
  clang-tidy-16        clang-tidy-16
  cppcheck             cppcheck
  lintian              lintian"
coverage_needs="
  gcovr                gcovr"
fuzz_needs="
  clang-14             clang++-14
  libclang-rt-14-dev   clang++-14
  llvm-14              llvm-symbolizer-14"

# quietly WHAT COMMAND...: says WHAT; what COMMAND prints is shown only if it fails.
quietly() {
  local what=$1 log status=0
  shift
  log=$(mktemp)
  echo "$what" >&2
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ $status = 0 ] || cat "$log" >&2
  rm -f "$log"
  return $status
}

# need TABLE...: installs what is missing. Where it cannot, names it and ends with 69.
need() {
  local packages installed missing=() package as_root=() lacking
  packages=$(awk 'NF { print $1 }' <<<"$*")
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2086 # one word each
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $packages 2>/dev/null || true)
    for package in $packages; do
      grep -qx "installed $package" <<<"$installed" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$EUID" = 0 ] || as_root=(sudo)
    if [ "$EUID" = 0 ] || command -v sudo >/dev/null; then
      quietly "Installing ${missing[*]}" apt_install "${as_root[@]}" && return 0
      echo "apt-get could not install: ${missing[*]}" >&2
      exit 69
    fi
  fi
  lacking=$(absent "$*")
  [ -n "$lacking" ] || return 0
  printf 'Missing on this machine, and not to be installed from here:\n%s\n' "$lacking" >&2
  [ ${#missing[@]} = 0 ] || echo "As root: apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 69
}

# apt_install [sudo]: installs need's $missing. Another apt at work (a fresh machine's first minutes) is waited for.
apt_install() {
  local log apt=("$@" env DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=600)
  log=$(mktemp)
  # A source that cannot be reached may be one that is not needed: apt-get install tells.
  for _ in {1..120}; do
    "${apt[@]}" update 2>&1 | tee "$log" || true
    grep -q 'Could not get lock' "$log" || break
    sleep 5
  done
  rm -f "$log"
  "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# absent TABLE: a line for each command or header of TABLE that this machine does not have.
absent() {
  local package probe
  while read -r package probe; do
    case $probe in
      "") ;;
      "<"*) has_header "$probe" || echo "  $probe  (Debian's $package)" ;;
      *) command -v "$probe" >/dev/null || echo "  $probe  (Debian's $package)" ;;
    esac
  done <<<"$1"
}

has_header() {
  local file=${1#<}
  file=${file%>}
  [ -e "/usr/include/$file" ] || printf '#if !__has_include(%s)\n#error\n#endif\n' "$1" | c++ -E -x c++ - >/dev/null 2>&1
}
