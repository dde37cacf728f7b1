#include "harness/doctor/pmem_devices.h"

#include <daxctl/libdaxctl.h>
#include <fcntl.h>
#include <mntent.h>
#include <ndctl/libndctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "core/base/errno_status.h"
#include "core/base/maps_dax.h"
#include "core/base/owned_descriptor.h"
#include "core/base/sizes.h"

namespace daxlab {
namespace {

std::string not_asked(const char* what, int error_number) {
  return error_from_errno(what, error_number).message;
}

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

const char* words_for(ndctl_persistence_domain domain) {
  switch (domain) {
    case PERSISTENCE_CPU_CACHE:
      return "cpu_cache";
    case PERSISTENCE_MEM_CTRL:
      return "memory_controller";
    case PERSISTENCE_NONE:
      return "none";
    case PERSISTENCE_UNKNOWN:
      break;
  }
  return "unknown";
}

const char* words_for(ndctl_namespace_mode mode) {
  switch (mode) {
    case NDCTL_NS_MODE_FSDAX:
      return "fsdax";
    case NDCTL_NS_MODE_SECTOR:
      return "sector";
    case NDCTL_NS_MODE_RAW:
      return "raw";
    case NDCTL_NS_MODE_DEVDAX:
      return "devdax";
    case NDCTL_NS_MODE_UNKNOWN:
      break;
  }
  return "unknown";
}

// What a namespace is used through (pfn: fsdax, btt: sector, dax: devdax) knows the block device
// and the alignment; without any, it is a block device itself.
PmemNamespace describe(ndctl_region* region, ndctl_namespace* one) {
  PmemNamespace found{
      .name = text_of(ndctl_namespace_get_devname(one)),
      .mode = words_for(ndctl_namespace_get_mode(one)),
      .block_device = text_of(ndctl_namespace_get_block_device(one)),
      .size_bytes = ndctl_namespace_get_size(one),
      .persistence_domain = words_for(ndctl_region_get_persistence_domain(region)),
  };
  if (ndctl_pfn* pfn = ndctl_namespace_get_pfn(one)) {
    found.block_device = text_of(ndctl_pfn_get_block_device(pfn));
    found.size_bytes = ndctl_pfn_get_size(pfn);
    if (ndctl_pfn_has_align(pfn)) found.align_bytes = ndctl_pfn_get_align(pfn);
  } else if (ndctl_dax* dax = ndctl_namespace_get_dax(one)) {
    found.block_device.clear();
    found.size_bytes = ndctl_dax_get_size(dax);
    found.align_bytes = ndctl_dax_get_align(dax);
  } else if (ndctl_btt* btt = ndctl_namespace_get_btt(one)) {
    found.block_device = text_of(ndctl_btt_get_block_device(btt));
    found.size_bytes = ndctl_btt_get_size(btt);
  }
  found.is_enabled = ndctl_namespace_is_active(one) != 0;
  constexpr uint64_t sector_bytes = 512;
  badblock* bad = nullptr;
  ndctl_namespace_badblock_foreach(one, bad) found.bad_block_bytes += bad->len * sector_bytes;
  return found;
}

DaxDevice describe(daxctl_dev* one) {
  return {.name = text_of(daxctl_dev_get_devname(one)),
          .size_bytes = daxctl_dev_get_size(one),
          .align_bytes = daxctl_dev_get_align(one),
          .is_enabled = daxctl_dev_is_enabled(one) != 0,
          .is_system_memory = daxctl_dev_get_memory(one) != nullptr};
}

// Of the namespace, in whose words daxctl does not speak.
void add_devices_of(ndctl_namespace* one, PmemDevices& devices) {
  ndctl_dax* dax = ndctl_namespace_get_dax(one);
  daxctl_region* region = dax == nullptr ? nullptr : ndctl_dax_get_daxctl_region(dax);
  if (region == nullptr) return;
  daxctl_dev* device = nullptr;
  daxctl_dev_foreach(region, device) {
    devices.dax_devices.push_back(describe(device));
    devices.dax_devices.back().pmem_namespace = text_of(ndctl_namespace_get_devname(one));
  }
}

void add_namespaces(PmemDevices& devices) {
  ndctl_ctx* context = nullptr;
  if (const int error = ndctl_new(&context); error != 0) {
    devices.not_asked.push_back(not_asked("libndctl", -error));
    return;
  }
  const std::unique_ptr<ndctl_ctx, decltype(&ndctl_unref)> owner(context, &ndctl_unref);
  ndctl_bus* bus = nullptr;
  ndctl_bus_foreach(context, bus) {
    ndctl_region* region = nullptr;
    ndctl_region_foreach(bus, region) {
      ndctl_namespace* one = nullptr;
      ndctl_namespace_foreach(region, one) {
        if (ndctl_namespace_get_size(one) == 0) continue;  // the seed of the next to be made
        devices.namespaces.push_back(describe(region, one));
        add_devices_of(one, devices);
      }
    }
  }
}

// CXL memory, and what firmware sets apart: no NVDIMM bus knows of them.
void add_other_dax_devices(PmemDevices& devices) {
  daxctl_ctx* context = nullptr;
  if (const int error = daxctl_new(&context); error != 0) {
    devices.not_asked.push_back(not_asked("libdaxctl", -error));
    return;
  }
  const std::unique_ptr<daxctl_ctx, decltype(&daxctl_unref)> owner(context, &daxctl_unref);
  daxctl_region* region = nullptr;
  daxctl_region_foreach(context, region) {
    daxctl_dev* device = nullptr;
    daxctl_dev_foreach(region, device) {
      DaxDevice found = describe(device);
      bool known = found.size_bytes == 0;  // the seed of the next to be made
      for (const DaxDevice& other : devices.dax_devices) known |= other.name == found.name;
      if (!known) devices.dax_devices.push_back(std::move(found));
    }
  }
}

// Mount options do not tell: xfs mounts with reflink take `dax` and do without.
void look_at_a_file(PmemMount& mount) {
  const OwnedDescriptor file(open(mount.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open() || ftruncate(file.number(), page_bytes) != 0) {
    mount.file_errno = errno;
    return;
  }
  mount.is_dax = maps_dax(file.number());
  void* mapped =
      mmap(nullptr, page_bytes, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, file.number(), 0);
  if (mapped == MAP_FAILED) {
    mount.map_sync_errno = errno;
  } else {
    munmap(mapped, page_bytes);
  }
}

void add_mounts(PmemDevices& devices) {
  const std::unique_ptr<FILE, decltype(&endmntent)> table(setmntent("/proc/self/mounts", "re"),
                                                          &endmntent);
  if (table == nullptr) {
    devices.not_asked.push_back(not_asked("/proc/self/mounts", errno));
    return;
  }
  mntent entry{};
  char text[4096];
  while (getmntent_r(table.get(), &entry, text, sizeof text) != nullptr) {
    const bool is_pmem = std::string_view(entry.mnt_fsname).starts_with("/dev/pmem");
    const char* dax = hasmntopt(&entry, "dax");
    if (!is_pmem && (dax == nullptr || std::string_view(dax).starts_with("dax=never"))) continue;
    PmemMount mount{.folder = entry.mnt_dir, .type = entry.mnt_type, .device = entry.mnt_fsname};
    look_at_a_file(mount);
    devices.mounts.push_back(std::move(mount));
  }
}

}  // namespace

PmemDevices probe_pmem_devices() {
  PmemDevices devices;
  add_namespaces(devices);
  add_other_dax_devices(devices);
  add_mounts(devices);
  return devices;
}

}  // namespace daxlab
