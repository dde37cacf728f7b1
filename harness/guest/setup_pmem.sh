# Sourced by guest: what is on the persistent memory. What an earlier guest has left there is kept, and never made again.
# shellcheck shell=bash

# make_namespaces MODE SIZE_MIB: /dev/dax0.0, and one for block devices, which takes the rest. The kernel finds them again.
make_namespaces() {
  local which=(--region=region0 --size="$(($2 + 16))M") rest=(--region=region0)
  if [[ $1 == nvdimm ]]; then
    # Without labels there is one namespace.
    ndctl disable-region region0
    ndctl init-labels nmem0
    ndctl enable-region region0
  else
    # Memory that was taken for persistent is two regions without labels, each one namespace already.
    which=(--force --reconfig=namespace0.0) rest=(--force --reconfig=namespace1.0)
  fi
  ndctl create-namespace "${which[@]}" --mode=devdax --map=mem --align=4096
  ndctl create-namespace "${rest[@]}" --mode=fsdax --map=mem --align=2M
}

# make_partitions DEVICE SIZE_MIB: each begins at 2 MiB, or no block in it could be mapped by a huge page.
make_partitions() {
  local number
  for number in 0 1 2 3; do
    echo "start=$((2 + number * $2))MiB, size=$2MiB"
  done | sfdisk --quiet --label dos "$1"
}

# mount_on NAME DEVICE OPTION
mount_on() {
  mkdir -p "/mnt/$1"
  mount -o "$3" "$2" "/mnt/$1"
}

# make_pmem MODE SIZE_MIB DEVICE
make_pmem() {
  local device=$3 ext4=(mkfs.ext4 -q -m 0 -b 4096) xfs=(mkfs.xfs -q -f -b size=4096 -m reflink=0)
  (($2 >= 300)) || xfs+=(--unsupported) # smaller ones are for tests, says XFS
  make_namespaces "$1" "$2"
  make_partitions "$device" "$2"
  "${ext4[@]}" "${device}p1"
  "${xfs[@]}" "${device}p2"
  "${ext4[@]}" "${device}p3"
  "${xfs[@]}" "${device}p4"
}

# setup_pmem MODE SIZE_MIB IS_MADE: an image in which an earlier guest has made all.
setup_pmem() {
  local device=/dev/pmem0.1
  [[ $1 == nvdimm ]] || device=/dev/pmem1
  [[ -n $3 ]] || make_pmem "$1" "$2" "$device"
  if [[ ! -c /dev/dax0.0 ]]; then
    echo "the image has lost /dev/dax0.0: remove the file that --keep-pmem names, and what is in it, to have it made anew"
    return 1
  fi
  mount_on ext4-dax "${device}p1" dax=always
  mount_on xfs-dax "${device}p2" dax=always
  mount_on ext4 "${device}p3" dax=never
  mount_on xfs "${device}p4" dax=never
}
