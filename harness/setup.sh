# Sourced by quickstart, test, soak and .ci/run: the tree's folder, the packages, the build.
# shellcheck shell=bash

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# shellcheck disable=SC2034
packages=(
  g++ cmake ninja-build ccache pkg-config git
  libboost1.81-dev libboost-context1.81-dev libyaml-cpp-dev libfmt-dev nlohmann-json3-dev libcli11-dev
  libbenchmark-dev libgtest-dev libgmock-dev libxxhash-dev libvalijson-dev
)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

is_installed() {
  local status
  status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) || return 1
  [[ $status == ii* ]]
}

# install_missing PACKAGE...: no call to apt at all when everything is there.
install_missing() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    require_tools "$@"
    return
  fi
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "Not root and no sudo. Install these, then try again: ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! "${as_root[@]}" apt-get update -qq >"$log" 2>&1 ||
    ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "apt-get failed, see above. daxlab needs: ${missing[*]}"
  fi
  rm -f "$log"
}

# Without apt the libraries cannot be installed from here; cmake finds what is there, or names it.
require_tools() {
  local tool
  for tool in cmake ninja c++; do
    command -v "$tool" >/dev/null && continue
    die "No apt-get here, and no $tool. daxlab needs a C++20 compiler, CMake 3.23, Ninja, and the" \
      "libraries that Debian 12 has in: $*"
  done
}

# quietly WHAT COMMAND...: one line while it works, its whole output when it fails.
quietly() {
  local what=$1 log start=$SECONDS
  shift
  log=$(mktemp)
  printf '%s ... ' "$what" >&2
  if ! "$@" >"$log" 2>&1; then
    say "failed"
    cat "$log" >&2
    rm -f "$log"
    die "$what failed: ${*@Q}"
  fi
  rm -f "$log"
  say "$((SECONDS - start)) s"
}

# configure PRESET [CMAKE OPTION...]
configure() {
  local preset=$1
  shift
  cd "$tree" || die "cannot enter $tree"
  quietly "Configuring $preset" cmake --preset "$preset" "$@"
}

# build PRESET [TARGET...]: everything when no target is named. DAXLAB_JOBS limits compilers at a time.
build() {
  local preset=$1
  shift
  local arguments=(--parallel "${DAXLAB_JOBS:-$(nproc)}")
  (($# == 0)) || arguments+=(--target "$@")
  quietly "Building $preset" cmake --build "$tree/build/$preset" "${arguments[@]}"
}
