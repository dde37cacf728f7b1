# Sourced by quickstart, test, soak, debian_root and .ci/run: the tree's folder, the packages, the build.
# shellcheck shell=bash

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# By the names of Debian; packages.sh knows what else may stand for them. What quickstart needs, and the tests besides.
# shellcheck disable=SC2034
packages=(
  g++ cmake ninja-build ccache git
  libboost-context-dev libyaml-cpp-dev libfmt-dev nlohmann-json3-dev libcli11-dev libbenchmark-dev libxxhash-dev
  libndctl-dev libdaxctl-dev
)
# shellcheck disable=SC2034
test_packages=(libgtest-dev libgmock-dev libvalijson-dev)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$tree/harness/packages.sh"

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
    say "$what failed: ${*@Q}"
    return 1
  fi
  rm -f "$log"
  say "$((SECONDS - start)) s"
}

# configure PRESET [CMAKE OPTION...]
configure() {
  local preset=$1
  shift
  cd "$tree" || die "cannot enter $tree"
  quietly "Configuring $preset" cmake --preset "$preset" "$@" && return
  ((${#needed_by_cmake[@]} == 0)) || what_is_needed "${needed_by_cmake[@]}"
  exit 1
}

# build PRESET [TARGET...]: everything when no target is named. DAXLAB_JOBS limits compilers at a time.
build() {
  local preset=$1
  shift
  local arguments=(--parallel "${DAXLAB_JOBS:-$(nproc)}")
  (($# == 0)) || arguments+=(--target "$@")
  quietly "Building $preset" cmake --build "$tree/build/$preset" "${arguments[@]}" || exit 1
}

# run_tests PRESET [CTEST ARGUMENT...]: and counts their cases. A filter that matches nothing, or a build without tests, is
# a failure too.
run_tests() {
  local folder=$tree/build/$1 status=0
  shift
  rm -f "$folder/Testing/Temporary/LastTest.log"
  ctest --test-dir "$folder" --parallel "$(nproc)" --output-on-failure --no-tests=error "$@" || status=$?
  [[ -f $folder/Testing/Temporary/LastTest.log ]] || die "ctest has run nothing (exit $status)"
  awk -f "$tree/harness/count_cases.awk" "$folder/Testing/Temporary/LastTest.log" || ((status != 0)) || status=1
  return "$status"
}
