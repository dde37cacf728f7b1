# Sourced by run: the tools that a guest needs of this machine, its kernel, and the memory that it starts from.
# shellcheck shell=bash

guest_cache=${XDG_CACHE_HOME:-$HOME/.cache}/daxlab/guest
PATH=$PATH:/usr/sbin:/sbin

# Packages, by the names of Debian, and what shows that they are there.
guest_packages=(qemu-system-x86 ndctl xfsprogs e2fsprogs fdisk kmod cpio xz-utils zstd)
guest_tools=(qemu-system-x86_64 ndctl mkfs.xfs mkfs.ext4 sfdisk modprobe depmod cpio xz zstd)

kernel_folder() { echo "$guest_cache/linux-$1"; }

cannot() {
  say "harness/guest/run: $*"
  exit 77
}

# prepare KERNEL: what is missing for a guest with it. Ends with 77 when something cannot be had.
prepare() {
  local folder lock
  folder=$(kernel_folder "$1")
  mkdir -p "$guest_cache"
  exec {lock}>"$guest_cache/lock"
  flock "$lock" # another may be at it
  has_tools || install_tools
  # One that is older may have other modules.
  cmp -s "$folder/made_of" "$tree/harness/guest/modules" || make_kernel "$1" "$folder"
  exec {lock}>&-
}

has_tools() {
  lacking=()
  local tool
  for tool in "${guest_tools[@]}"; do
    command -v "$tool" >/dev/null || lacking+=("$tool")
  done
  ((${#lacking[@]} == 0))
}

install_tools() {
  local log=$guest_cache/install.log
  say "Installing what a guest needs (once, a minute or two): ${guest_packages[*]}"
  (install_missing "${guest_packages[@]}") >"$log" 2>&1 || true
  has_tools || cannot "no ${lacking[*]} here, and apt could not install them (see $log):" \
    "with a network, as root: apt-get install ${guest_packages[*]}"
}

# make_kernel KERNEL FOLDER
make_kernel() {
  local log=$2.log status=0
  say "Fetching Debian's Linux $1 for guests into $guest_cache (once, some 100 MB)"
  rm -rf "$2.new"
  mkdir "$2.new"
  "$tree/harness/guest/fetch_kernel" "$1" "$2.new" >"$log" 2>&1 || status=$?
  ((status != 77)) ||
    cannot "Linux $1 for guests is not in $guest_cache and could not be fetched (see $log): try again with a network"
  if ((status != 0)); then
    say "harness/guest/run: Linux $1 was fetched and cannot be used as it is: the end of $log says why"
    exit 125
  fi
  rm -rf "$2"
  mv "$2.new" "$2"
}

# make_initramfs KERNEL FILE: init, what it runs, and the modules. Made for each guest: in a second, and never old.
make_initramfs() {
  local root=$2.root program library
  mkdir -p "$root"/{bin,dev,proc,sys,run,host,rw,root,lib}
  cp -r "$(kernel_folder "$1")/lib/modules" "$root/lib/modules"
  cp "$tree"/harness/guest/{init,modules} "$root"
  for program in bash mount mkdir modprobe switch_root; do
    program=$(command -v "$program")
    cp -L "$program" "$root/bin/"
    # With the loader and the libraries that it names, where it looks for them.
    ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
      mkdir -p "$root${library%/*}"
      cp -Lu "$library" "$root$library"
    done
  done
  (cd "$root" && find . | cpio -o -H newc --quiet) >"$2"
  rm -rf "$root"
}
