# Sourced by guest: what is on the persistent memory. What an earlier guest has left there is kept.
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

# mount_on NAME DEVICE OPTION MKFS...
mount_on() {
  local folder=/mnt/$1 device=$2 option=$3
  shift 3
  [[ -n $(blkid -p -o value -s TYPE "$device") ]] || "$@" "$device"
  mkdir -p "$folder"
  mount -o "$option" "$device" "$folder"
}

# setup_pmem MODE SIZE_MIB
setup_pmem() {
  local device=/dev/pmem0.1 ext4=(mkfs.ext4 -q -m 0 -b 4096) xfs=(mkfs.xfs -q -f -b size=4096 -m reflink=0)
  [[ $1 == nvdimm ]] || device=/dev/pmem1
  (($2 >= 300)) || xfs+=(--unsupported) # smaller ones are for tests, says XFS
  [[ -c /dev/dax0.0 ]] || make_namespaces "$1" "$2"
  [[ -b ${device}p1 ]] || make_partitions "$device" "$2"
  mount_on ext4-dax "${device}p1" dax=always "${ext4[@]}"
  mount_on xfs-dax "${device}p2" dax=always "${xfs[@]}"
  mount_on ext4 "${device}p3" dax=never "${ext4[@]}"
  mount_on xfs "${device}p4" dax=never "${xfs[@]}"
}
