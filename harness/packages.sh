# Sourced by setup.sh: finds what is not installed, and installs it or says what it is called here.
# shellcheck shell=bash

os_release=/etc/os-release
needed_by_cmake=() # what nothing here could install

# What may stand for a package of the arrays, first choice first: patterns of names, with the version that is needed
# at least. Boost before 1.81, which is Debian 12's default, misreads the symbol names of ELF files.
choices() {
  case $1 in
    cmake) echo 'cmake>=3.23' ;;
    libboost-context-dev) echo 'libboost-context-dev>=1.81 libboost-context1.*-dev>=1.81' ;;
    *) echo "$1" ;;
  esac
}

# What other systems call it ("-": it is part of another, "?": not known to be there), and what it is. Versions are the
# oldest that daxlab is tried with.
# apt                dnf                    zypper                 pacman        apk           what it is
names_elsewhere() {
  cat <<'TABLE'
g++                  gcc-c++                gcc-c++                gcc           g++           a C++20 compiler (GCC 12)
cmake                cmake                  cmake                  cmake         cmake         CMake 3.23
ninja-build          ninja-build            ninja                  ninja         samurai       Ninja
ccache               ccache                 ccache                 ccache        ccache        ccache
git                  git                    git                    git           git           git
libboost-context-dev boost-devel            libboost_context-devel boost         boost-dev     Boost 1.81 with Context
libyaml-cpp-dev      yaml-cpp-devel         yaml-cpp-devel         yaml-cpp      yaml-cpp-dev  yaml-cpp 0.7
libfmt-dev           fmt-devel              fmt-devel              fmt           fmt-dev       fmt 9.1
nlohmann-json3-dev   json-devel             nlohmann_json-devel    nlohmann-json nlohmann-json JSON for Modern C++ 3.11
libcli11-dev         cli11-devel            cli11-devel            cli11         cli11-dev     CLI11 2.1
libbenchmark-dev     google-benchmark-devel benchmark-devel        benchmark     benchmark-dev Google Benchmark 1.7
libxxhash-dev        xxhash-devel           xxhash-devel           xxhash        xxhash-dev    xxHash 0.8
libndctl-dev         ndctl-devel            libndctl-devel         ndctl         ndctl-dev     libndctl 73
libdaxctl-dev        daxctl-devel           libndctl-devel         -             -             libdaxctl 73
libgtest-dev         gtest-devel            gtest                  gtest         gtest-dev     GoogleTest 1.12
libgmock-dev         gmock-devel            gmock                  -             -             GoogleMock 1.12
libvalijson-dev      valijson-devel         valijson-devel         valijson      ?             valijson 1.0
clang                clang                  clang                  clang         clang         Clang 14
TABLE
}

# The package manager of this system, of those above. Derivates name in ID_LIKE what they are made of.
package_manager() {
  local ids=() id
  # shellcheck source=/dev/null
  read -ra ids < <(. "$os_release" 2>/dev/null && echo "${ID:-} ${ID_LIKE:-}") || return 0
  for id in "${ids[@]}"; do
    case $id in
      fedora | rhel | centos) echo dnf && return ;;
      opensuse* | suse | sles) echo zypper && return ;;
      arch) echo pacman && return ;;
      alpine) echo apk && return ;;
    esac
  done
}

system_name() {
  # shellcheck source=/dev/null
  (. "$os_release" && echo "${PRETTY_NAME:-$ID}")
}

# what_is_needed PACKAGE...: in the words of this system if it is known, and in plain ones.
what_is_needed() {
  local manager install named=() unnamed=() plain=() apt dnf zypper pacman apk words
  manager=$(package_manager)
  # shellcheck disable=SC2034  # one of them is read by the manager's name
  while read -r apt dnf zypper pacman apk words; do
    [[ " $* " == *" $apt "* ]] || continue
    plain+=("$words")
    case ${manager:+${!manager}} in
      '' | -) ;;
      '?') unnamed+=("$words") ;;
      *) named+=("${!manager}") ;;
    esac
  done < <(names_elsewhere)
  if ((${#named[@]})); then
    install="$manager install"
    [[ $manager != pacman ]] || install='pacman -S --needed'
    [[ $manager != apk ]] || install='apk add'
    say "Here ($(system_name)), as root: $install ${named[*]}"
    ((${#unnamed[@]} == 0)) || say "and from its own sources: ${unnamed[*]}"
  fi
  say "daxlab needs$(printf ', %s' "${plain[@]}" | cut -c 2-), or later. It is tried on Debian 12 and 13."
}

# "NAME VERSION" of what is installed, or of what apt could install (the newest first), by a pattern of names.
installed() {
  local status name version
  dpkg-query -W -f='${db:Status-Abbrev} ${Package} ${Version}\n' "$1" 2>/dev/null |
    while read -r status name version; do
      [[ $status != ?i ]] || echo "$name $version"
    done
}

offered() {
  local name version
  apt-cache pkgnames "${1%%\**}" 2>/dev/null | sort -rV | while read -r name; do
    # shellcheck disable=SC2053  # a pattern
    [[ $name == $1 ]] || continue
    version=$(LC_ALL=C apt-cache policy "$name" | sed -n 's/^ *Candidate: *//p')
    [[ -z $version || $version == '(none)' ]] || echo "$name $version"
  done
}

# first_of (installed | offered) PACKAGE: the name of what stands for it, if anything does.
first_of() {
  local wanted choice minimum name version
  read -ra wanted < <(choices "$2")
  for choice in "${wanted[@]}"; do
    minimum=0
    [[ $choice != *'>='* ]] || minimum=${choice#*>=}
    while read -r name version; do
      # Without the epoch ("4:12.2.0-3"), which no program's own version has.
      printf '%s\n' "$minimum" "${version#*:}" | sort -VC || continue
      echo "$name"
      return 0
    done < <("$1" "${choice%%>=*}")
  done
  return 1
}

# choose_offered PACKAGE...: the names that apt has for them, into `chosen`. Ends when there is none for some.
choose_offered() {
  local package name lacking=()
  chosen=()
  for package in "$@"; do
    if name=$(first_of offered "$package"); then
      chosen+=("$name")
    else
      lacking+=("$(choices "$package")")
    fi
  done
  ((${#lacking[@]})) || return 0
  say "apt has none of: ${lacking[*]}"
  what_is_needed "$@"
  die "If they come from elsewhere, build without this script: cmake --preset release && cmake --build --preset release"
}

# Without apt nothing can be installed from here: cmake finds what is there, and `configure` says what is not.
require_tools() {
  local tool
  # shellcheck disable=SC2034  # by `configure`
  needed_by_cmake=("$@")
  for tool in cmake ninja c++; do
    command -v "$tool" >/dev/null && continue
    say "No apt-get here, and no $tool."
    what_is_needed "$@"
    exit 1
  done
}

# install_missing PACKAGE...: no call to apt at all when everything is there.
install_missing() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    require_tools "$@"
    return
  fi
  local missing=() package
  for package in "$@"; do
    first_of installed "$package" >/dev/null || missing+=("$package")
  done
  ((${#missing[@]} == 0)) || install "${missing[@]}"
}

install() {
  local as_root=() chosen log
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "Not root and no sudo. Install these, then try again: $(for_apt "$@")"
    as_root=(sudo)
  fi
  log=$(mktemp)
  # A source that cannot be reached may not be the one that is needed.
  "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || cat "$log" >&2
  rm -f "$log"
  choose_offered "$@"
  log=$(mktemp)
  say "Installing ${chosen[*]}"
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${chosen[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "apt-get failed, see above. daxlab needs: ${chosen[*]}"
  fi
  rm -f "$log"
}

# What apt calls them as far as it knows now: its lists may be old, or not there.
for_apt() {
  local package names=()
  for package in "$@"; do
    names+=("$(first_of offered "$package" || choices "$package")")
  done
  echo "${names[*]}"
}
