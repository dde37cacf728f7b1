// Namespaces, devdax devices and DAX mounts: what they are, and the command that makes of them what
// media `fsdax` and `devdax` need.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "core/base/bytes_text.h"
#include "core/base/sizes.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

// ADR keeps what has reached the memory controller; eADR the CPU's caches, too.
std::string persistence_text(const std::string& domain) {
  if (domain == "memory_controller") return "ADR: flush";
  if (domain == "cpu_cache") return "eADR: flushes are not needed";
  if (domain == "none") return "keeps nothing without a flush by the driver";
  return "persistence domain not known";
}

MachineFinding judge(const PmemNamespace& one) {
  MachineFinding finding{.name = one.name};
  finding.found = fmt::format(
      "{}, {}{}{}, {}", one.mode, bytes_text(one.size_bytes),
      one.block_device.empty() ? "" : ", /dev/" + one.block_device,
      one.align_bytes == 0 ? "" : fmt::format(", alignment {}", bytes_text(one.align_bytes)),
      persistence_text(one.persistence_domain));
  if (!one.is_enabled) {
    finding.state = FindingState::warning;
    finding.found += ", disabled";
    finding.what_to_do = fmt::format("ndctl enable-namespace {}", one.name);
  } else if (one.bad_block_bytes > 0) {
    finding.state = FindingState::warning;
    finding.found += fmt::format(", {} of bad blocks", bytes_text(one.bad_block_bytes));
    finding.what_to_do = fmt::format(
        "ndctl list --media-errors --namespace={} shows where; a write of whole blocks "
        "there may heal them",
        one.name);
  } else if (one.mode != "fsdax" && one.mode != "devdax") {
    finding.state = FindingState::warning;
    finding.what_to_do = fmt::format(
        "either loses what is in it: ndctl create-namespace -f -e {0} --mode=fsdax --map=mem, or "
        "ndctl create-namespace -f -e {0} --mode=devdax --align=4096",
        one.name);
  }
  return finding;
}

std::string command_for_small_pages(const DaxDevice& one) {
  if (one.pmem_namespace.empty()) {
    return fmt::format("daxctl destroy-device -f {} && daxctl create-device --align=4096",
                       one.name);
  }
  return fmt::format(
      "it loses what is in it: ndctl create-namespace -f -e {} --mode=devdax --align=4096",
      one.pmem_namespace);
}

MachineFinding judge(const DaxDevice& one) {
  MachineFinding finding{.name = one.name, .state = FindingState::warning};
  finding.found = fmt::format("devdax, {}, alignment {}", bytes_text(one.size_bytes),
                              bytes_text(one.align_bytes));
  if (one.is_system_memory) {
    finding.found += ", used as ordinary memory";
    finding.what_to_do = fmt::format("daxctl reconfigure-device --mode=devdax {}", one.name);
  } else if (!one.is_enabled) {
    finding.found += ", disabled";
    finding.what_to_do = fmt::format("daxctl enable-device {}", one.name);
  } else if (one.align_bytes != page_bytes) {
    finding.what_to_do = "medium devdax needs 4 KiB: " + command_for_small_pages(one);
  } else {
    finding.state = FindingState::ok;
  }
  return finding;
}

// What it takes for `type` on that device; a dax option cannot be changed while it is mounted.
std::string command_for_dax(const PmemMount& mount) {
  if (mount.type != "ext4" && mount.type != "xfs") {
    return fmt::format("{} has no DAX here; ext4 and xfs have", mount.type);
  }
  const char* made = mount.type == "xfs" ? "made by mkfs.xfs -m reflink=0 -b size=4096"
                                         : "made by mkfs.ext4 -b 4096";
  return fmt::format("{}, then: umount {} && mount -o dax=always {} {}", made, mount.folder,
                     mount.device, mount.folder);
}

MachineFinding judge(const PmemMount& mount) {
  MachineFinding finding{.name = mount.folder, .state = FindingState::warning};
  finding.found = fmt::format("{} on {}, ", mount.type, mount.device);
  if (mount.file_errno != 0) {
    finding.found +=
        fmt::format("not known whether DAX is in effect: {}", strerrordesc_np(mount.file_errno));
    finding.what_to_do = mount.file_errno == EROFS
                             ? "mount it so that it can be written"
                             : "run daxlab doctor as a user who may write there";
  } else if (!mount.is_dax) {
    finding.found += "no DAX";
    finding.what_to_do = command_for_dax(mount);
  } else if (mount.map_sync_errno != 0) {
    finding.found += fmt::format("DAX, but no MAP_SYNC: {}", strerrordesc_np(mount.map_sync_errno));
    finding.what_to_do =
        "as of virtio-pmem: the processor cannot make stores durable there; take medium file";
  } else {
    finding.state = FindingState::ok;
    finding.found += "DAX is in effect";
  }
  return finding;
}

template <class Item>
void add(const std::vector<Item>& items, MachineFinding none,
         std::vector<MachineFinding>& findings) {
  if (items.empty()) {
    none.state = FindingState::missing;
    none.found = "none";
    findings.push_back(std::move(none));
  }
  for (const Item& item : items) findings.push_back(judge(item));
}

}  // namespace

std::vector<MachineFinding> examine_pmem_devices(const PmemDevices& devices) {
  std::vector<MachineFinding> findings;
  add(devices.namespaces,
      {.name = "NVDIMM",
       .what_to_do = "to have one without the hardware: harness/guest/run, or memmap=4G!8G on the "
                     "kernel's command line"},
      findings);
  add(devices.dax_devices,
      {.name = "devdax device",
       .what_to_do = "ndctl create-namespace --mode=devdax --align=4096, where an NVDIMM is"},
      findings);
  add(devices.mounts,
      {.name = "DAX mount",
       .what_to_do = "mkfs.ext4 -b 4096 /dev/pmem0 && mount -o dax=always /dev/pmem0 /mnt, where "
                     "an NVDIMM is"},
      findings);
  for (const std::string& problem : devices.not_asked) {
    findings.push_back({.name = "NVDIMM",
                        .state = FindingState::warning,
                        .found = problem,
                        .what_to_do = "what it knows of is not shown here"});
  }
  return findings;
}

}  // namespace daxlab
