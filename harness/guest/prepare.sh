# Sourced by run: QEMU, the tools and the kernels that a guest is made of.
# shellcheck shell=bash

guest_cache=${XDG_CACHE_HOME:-$HOME/.cache}/daxlab/guest
PATH=$PATH:/usr/sbin:/sbin

# What a guest needs of this machine, and whose it is at Debian.
guest_packages=(qemu-system-x86 ndctl xfsprogs e2fsprogs fdisk kmod cpio xz-utils)
guest_tools=(qemu-system-x86_64 ndctl mkfs.xfs mkfs.ext4 sfdisk modprobe cpio xz)

# Dependencies come with them. The rest is built in, or mounted from this machine.
guest_modules=(virtio_pci virtio_console 9p 9pnet_virtio overlay nfit nd_e820 nd_pmem dax_pmem device_dax
  crc32c_generic ext4 xfs loop)

kernel_folder() { echo "$guest_cache/linux-$1"; }

cannot() {
  say "harness/guest/run: $*"
  exit 77
}

# prepare KERNEL: all that is missing for a guest with it. Ends with 77 when something cannot be had.
prepare() {
  local folder lock
  folder=$(kernel_folder "$1")
  mkdir -p "$guest_cache"
  exec {lock}>"$guest_cache/lock"
  flock "$lock" # another may be at it
  has_tools || install_tools
  [[ -e $folder/names && $(<"$folder/names") == "${guest_modules[*]}" ]] || make_kernel "$1" "$folder"
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
  local log
  mkdir -p "$guest_cache"
  log=$guest_cache/install.log
  say "Installing what a guest needs: ${lacking[*]}"
  (install_missing "${guest_packages[@]}") >"$log" 2>&1 || true
  has_tools || cannot "no ${lacking[*]} here, and apt could not install them (see $log):" \
    "with a network, as root: apt-get install ${guest_packages[*]}"
}

# make_kernel KERNEL FOLDER: from Debian's package, which is not installed.
make_kernel() {
  local version=$1 folder=$2 log=$guest_cache/linux-$1.log
  say "Fetching Debian's Linux $version for guests into $guest_cache (once, some 100 MB)"
  rm -rf "$folder.new"
  mkdir -p "$folder.new/apt/lists/partial" "$folder.new/apt/cache/archives/partial"
  (cd "$folder.new" && fetch_kernel "$version" && unpack_kernel) >"$log" 2>&1 ||
    cannot "Linux $version for guests is not in $guest_cache and could not be fetched (see $log): try again with a network"
  rm -rf "$folder" "$folder.new/apt" "$folder.new/package"
  mv "$folder.new" "$folder"
}

# Into ./package, with lists of apt's own, so that this machine's sources stay as they are.
fetch_kernel() (
  set -e
  declare -A suites=([6.1]=bookworm [6.12]=bookworm-backports)
  mirror=${DAXLAB_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | head -n 1)}
  [[ -n $mirror ]] || die "apt knows no mirror of Debian: name one in DAXLAB_MIRROR"
  echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror ${suites[$1]} main" >apt/sources
  own=(-o "Dir::Etc::SourceList=$PWD/apt/sources" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$PWD/apt/lists"
    -o "Dir::Cache=$PWD/apt/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
  apt-get "${own[@]}" update
  package=$(apt-cache "${own[@]}" depends linux-image-amd64 | awk '/Depends: linux-image-/ {print $2; exit}')
  apt-get "${own[@]}" download "$package"
  dpkg-deb --extract ./*.deb package
  rm ./*.deb
)

# From ./package: `vmlinux`, and in `modules` those that guests load, numbered in the order in which they can be.
unpack_kernel() (
  set -e
  version=$(ls package/lib/modules)
  extract_vmlinux "package/boot/vmlinuz-$version" >vmlinux
  depmod --basedir package "$version"
  mkdir modules
  number=100
  for module in "${guest_modules[@]}"; do
    grep -q "/$module\.ko" "package/lib/modules/$version/modules.builtin" || with_dependencies "$module"
  done | awk '!seen[$0]++' | while read -r file; do
    target=modules/$((number++))-$(basename "${file%.xz}")
    file=package/lib/modules/$version/$file
    if [[ $file == *.xz ]]; then xz -dc "$file" >"$target"; else cp "$file" "$target"; fi
  done
  echo "${guest_modules[*]}" >names
)

# Not as modprobe does it, which leaves out what the kernel of this machine has.
with_dependencies() {
  awk -v module="/$1.ko" -F'[: ]+' 'index($1, module) { for (i = NF; i > 0; i--) if ($i) print $i; found = 1 }
    END { exit !found }' "package/lib/modules/$version/modules.dep" || die "Linux $version has no module $1"
}

# QEMU starts the ELF file at once; what is packed would unpack itself under emulation, in seconds. Where the packed one
# is, its header says (Documentation/arch/x86/boot.rst): setup_sects, payload_offset, payload_length.
extract_vmlinux() {
  local sectors offset length
  sectors=$(od -An -tu1 -j $((0x1f1)) -N 1 "$1")
  read -r offset length < <(od -An -tu4 -j $((0x248)) -N 8 "$1")
  tail -c +$(((sectors + 1) * 512 + offset + 1)) "$1" | head -c "$length" | xz -dc --single-stream
}

# make_initramfs KERNEL FILE: init, what it runs, and the modules. Made for each guest: in a second, and never old.
make_initramfs() {
  local root=$2.root program
  mkdir -p "$root"/{bin,dev,proc,sys,run,host,rw,root}
  cp -r "$(kernel_folder "$1")/modules" "$root/modules"
  cp "$tree/harness/guest/init" "$root/init"
  for program in bash mount mkdir insmod switch_root; do
    program=$(command -v "$program")
    cp -L "$program" "$root/bin/"
    # Each with the loader and the libraries that it names, where it looks for them.
    ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
      mkdir -p "$root${library%/*}"
      cp -Ln "$library" "$root$library"
    done
  done
  (cd "$root" && find . | cpio -o -H newc --quiet) >"$2"
  rm -rf "$root"
}
