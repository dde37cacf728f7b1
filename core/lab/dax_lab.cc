#include "core/lab/dax_lab.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <iterator>

#include "core/alloc/block_allocator.h"
#include "core/base/errno_status.h"
#include "core/base/failure_log.h"
#include "core/base/file_system_type.h"
#include "core/base/kernel_settings.h"
#include "core/dax/dax_file_system.h"
#include "core/engine/mmu/mmu_address_space.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/strategy_instance.h"
#include "core/recovery/recovery.h"
#include "core/region/inode_table.h"
#include "core/region/persistence_domain.h"
#include "core/region/region.h"
#include "core/region/region_file.h"

namespace daxlab {
namespace {

using FaultInstance = StrategyInstance<FaultPlugin, FaultStrategy>;
using WriteInstance = StrategyInstance<WritePlugin, WriteStrategy>;
using AllocInstance = StrategyInstance<AllocPlugin, Allocator>;

// In the caller's memory, which nobody else ever meets: each such region is the same to the byte.
ErrorOr<std::unique_ptr<Region>> region_in_memory(const LabSpec& spec, Counters& counters) {
  Medium medium = Medium::over(spec.memory);
  if (spec.keep_memory) return Region::attach(std::move(medium), counters);
  return Region::format(std::move(medium), counters, nullptr, RegionUuid::fixed);
}

ErrorOr<std::unique_ptr<Region>> region_of(const LabSpec& spec, Counters& counters) {
  if (!spec.memory.empty()) return region_in_memory(spec, counters);
  if (spec.medium == MediumKind::memfd) return Region::create_memfd(spec.region_bytes, counters);
  return open_region_file({.path = spec.region_path,
                           .medium = spec.medium,
                           .size_bytes = spec.region_bytes,
                           .create = spec.create,
                           .force = spec.force},
                          counters);
}

// Besides those that the region came with.
std::optional<Error> poison(Region& region, const std::vector<uint64_t>& injected) {
  if (injected.empty()) return std::nullopt;
  const auto known = region.bad_blocks().list();
  std::vector<uint64_t> blocks(known.begin(), known.end());
  for (uint64_t block : injected) {
    if (block >= region.blocks()) {
      return Error{fmt::format(
          "faults: block {} cannot be poisoned: the region has blocks 0 to {}; name one of them",
          block, region.blocks() - 1)};
    }
    blocks.push_back(block);
  }
  region.set_bad_blocks(BadBlocks(std::move(blocks)));
  return std::nullopt;
}

// What is never to be handed out: blocks in use, and the bad ones that no file has.
std::vector<Extent> and_bad_blocks(std::vector<Extent> used, const Region& region) {
  const size_t extents = used.size();
  for (uint64_t block : region.bad_blocks().list()) {
    if (!region.holds_data(block)) continue;
    const auto end = used.begin() + static_cast<std::ptrdiff_t>(extents);
    const auto after = std::upper_bound(
        used.begin(), end, block, [](uint64_t wanted, Extent it) { return wanted < it.block; });
    const bool is_used = after != used.begin() && block < std::prev(after)->end();
    if (!is_used) used.push_back({block, 1});
  }
  return used;
}

Error not_recovered(const Error& error, const Medium& medium) {
  if (!has_path(medium.kind())) return error;
  return {fmt::format("{}: {}", medium.path(), error.message)};
}

// What stores to this region are worth, whatever was asked for.
EffectiveFacts facts_of(Region& region) {
  EffectiveFacts facts{.medium = name_of(region.medium().kind()),
                       .persistence_domain = persistence_domain_of(region.medium()),
                       .flush_instruction = region.persist().flush_instruction(),
                       .fault_delivery = {}};
  if (region.descriptor() < 0) facts.medium = "memory";
  const MediumKind kind = region.medium().kind();
  if (kind != MediumKind::file && kind != MediumKind::fsdax) return facts;
  struct statfs status;
  if (fstatfs(region.descriptor(), &status) == 0) {
    facts.medium += fmt::format(" ({})", name_of_file_system(status.f_type));
  }
  return facts;
}

// Members in the order in which they need each other: destruction runs the other way.
class DaxLab final : public Lab {
 public:
  explicit DaxLab(CallLog& calls) : calls_(calls) {}
  ~DaxLab() override {
    if (zero_pages_.own_descriptor >= 0) close(zero_pages_.own_descriptor);
  }

  // In this order; the first error ends it.
  std::optional<Error> load(const LabSpec& spec);
  std::optional<Error> open_region(const LabSpec& spec);
  std::optional<Error> start_engine(const LabSpec& spec);

  FileSystem& files() override { return *files_; }
  ErrorOr<std::vector<std::string>> file_names() override;
  Counters& counters() override { return counters_; }
  const EffectiveFacts& facts() const override { return facts_; }
  std::optional<std::string> failure() const override;
  std::vector<CachedPage> cached_pages() override { return files_->cached_pages(); }
  std::vector<MappedRange> mapped_ranges() override {
    return simulator_ == nullptr ? files_->mapped_ranges() : std::vector<MappedRange>();
  }
  std::optional<std::string> page_table_difference() override {
    return simulator_ == nullptr ? std::nullopt : simulator_->difference_from_entries();
  }
  std::span<std::byte> region_bytes() override { return region_->medium().bytes(); }

 private:
  CallLog& calls_;
  Counters counters_;
  FailureLog failures_{&calls_};
  EffectiveFacts facts_;
  std::unique_ptr<FaultInstance> fault_;
  std::unique_ptr<WriteInstance> write_;
  std::unique_ptr<AllocInstance> alloc_;
  std::unique_ptr<Region> region_;
  std::unique_ptr<InodeTable> inodes_;
  std::unique_ptr<RedoLog> log_;
  std::unique_ptr<BlockAllocator> allocator_;
  std::unique_ptr<DirtyBlocks> dirty_;
  ZeroPages zero_pages_;
  std::unique_ptr<AddressSpace> addresses_;
  std::unique_ptr<MappingRoom> room_;
  const SimulatedAddressSpace* simulator_ = nullptr;  // the same, where it is one
  std::unique_ptr<DaxFileSystem> files_;
};

std::optional<Error> DaxLab::load(const LabSpec& spec) {
  assert(spec.fault.plugin.fault() && spec.write.plugin.write() && spec.alloc.plugin.alloc());
  auto fault = FaultInstance::create(spec.fault, *spec.fault.plugin.fault(),
                                     PluginCallback::fault_create, calls_);
  if (!fault.ok()) return fault.error();
  fault_ = fault.take();
  auto write = WriteInstance::create(spec.write, *spec.write.plugin.write(),
                                     PluginCallback::write_create, calls_);
  if (!write.ok()) return write.error();
  write_ = write.take();
  auto alloc = AllocInstance::create(spec.alloc, *spec.alloc.plugin.alloc(),
                                     PluginCallback::alloc_create, calls_);
  if (!alloc.ok()) return alloc.error();
  alloc_ = alloc.take();
  return std::nullopt;
}

std::optional<Error> DaxLab::open_region(const LabSpec& spec) {
  const bool keeps_times = spec.memory.empty();
  counters_.keep_times(keeps_times);
  if (keeps_times) counters_.keep_fault_latencies();
  auto region = region_of(spec, counters_);
  if (!region.ok()) return region.error();
  region_ = region.take();
  if (auto error = poison(*region_, spec.faults.poisoned_blocks)) return error;
  auto recovery = recover(*region_);
  if (!recovery.ok()) return not_recovered(recovery.error(), region_->medium());
  region_->persist().observe(spec.observer);
  inodes_ = std::make_unique<InodeTable>(*region_);
  log_ = std::make_unique<RedoLog>(*region_);
  dirty_ = std::make_unique<DirtyBlocks>(region_->blocks());
  // A simulated fault is an ordinary call: there every allocator may be asked in one.
  bool signal_safe =
      alloc_->library().description().signal_safe || spec.engine == EngineKind::simulator;
  auto allocator = BlockAllocator::open(alloc_->strategy(), signal_safe, *region_,
                                        and_bad_blocks(recovery.value().used, *region_), counters_,
                                        calls_, failures_);
  if (!allocator.ok()) return allocator.error();
  allocator_ = allocator.take();
  allocator_->refuse_at(spec.faults.no_space_at, spec.faults.no_space_from_then_on);
  facts_ = facts_of(*region_);
  return std::nullopt;
}

ErrorOr<std::vector<std::string>> DaxLab::file_names() {
  std::vector<std::string> names;
  for (uint32_t number : inodes_->taken()) {
    const Inode& inode = inodes_->inode(number);
    if (is_taken(inode)) names.emplace_back(name_in(inode));
  }
  return names;
}

std::optional<Error> DaxLab::start_engine(const LabSpec& spec) {
  uint64_t max_kernel_mappings = spec.max_kernel_mappings;
  if (max_kernel_mappings == 0) {
    max_kernel_mappings = spec.engine == EngineKind::mmu ? kernel_max_map_count() : UINT64_MAX;
  }
  if (spec.engine == EngineKind::mmu) {
    zero_pages_.own_descriptor = memfd_create("daxlab-zero-page", MFD_CLOEXEC);
    if (zero_pages_.own_descriptor < 0 ||
        ftruncate(zero_pages_.own_descriptor, max_fault_pages * page_bytes) != 0) {
      return error_from_errno("memfd for the zero page", errno);
    }
    auto addresses = MmuAddressSpace::create(*region_, zero_pages_, counters_, max_kernel_mappings);
    if (!addresses.ok()) return addresses.error();
    addresses_ = addresses.take();
  } else {
    auto addresses = std::make_unique<SimulatedAddressSpace>(
        *region_, LimitedMappings{&counters_, max_kernel_mappings});
    simulator_ = addresses.get();
    addresses_ = std::move(addresses);
  }
  room_ = std::make_unique<MappingRoom>(*addresses_, counters_, max_kernel_mappings);
  facts_.fault_delivery = addresses_->fault_delivery();
  HoleBacking backing;
  {
    InPlugin in_plugin(calls_, PluginCallback::fault_hole_backing);
    backing = addresses_->backing_for(fault_->strategy().hole_backing());
  }
  uint64_t max_write_bytes;
  {
    InPlugin in_plugin(calls_, PluginCallback::write_max_write_bytes);
    max_write_bytes = write_->strategy().max_write_bytes();
  }
  files_ = std::make_unique<DaxFileSystem>(DaxParts{.region = *region_,
                                                    .inodes = *inodes_,
                                                    .log = *log_,
                                                    .allocator = *allocator_,
                                                    .addresses = *addresses_,
                                                    .room = *room_,
                                                    .fault = fault_->strategy(),
                                                    .hole_backing = backing,
                                                    .write = write_->strategy(),
                                                    .max_write_bytes = max_write_bytes,
                                                    .zero_pages = zero_pages_,
                                                    .dirty = *dirty_,
                                                    .counters = counters_,
                                                    .calls = calls_,
                                                    .failures = failures_});
  return std::nullopt;
}

template <class Instance>
std::optional<std::string> overrun_of(const std::unique_ptr<Instance>& instance) {
  if (instance == nullptr) return std::nullopt;
  const auto overrun = instance->arena_overrun();
  if (!overrun) return std::nullopt;
  const PluginDescription& known = instance->library().description();
  return fmt::format("{} plugin '{}' ({}) {}", name_of(known.kind), known.name, known.path.string(),
                     *overrun);
}

std::optional<std::string> DaxLab::failure() const {
  std::optional<std::string> message = failures_.message();
  if (!message) {
    if (auto overrun = overrun_of(alloc_)) return overrun;
    if (auto overrun = overrun_of(fault_)) return overrun;
    return overrun_of(write_);
  }
  std::string kind = plugin_kind_of(failures_.callback());
  const LoadedPlugin& culprit = kind == "fault"   ? fault_->library()
                                : kind == "write" ? write_->library()
                                                  : alloc_->library();
  if (kind != name_of(culprit.description().kind)) return message;
  return fmt::format("{} plugin '{}' ({}): {}", kind, culprit.description().name,
                     culprit.description().path.string(), *message);
}

}  // namespace

ErrorOr<std::unique_ptr<Lab>> assemble_dax_lab(const LabSpec& spec, CallLog& log) {
  auto lab = std::make_unique<DaxLab>(log);
  if (auto error = lab->load(spec)) return *error;
  if (auto error = lab->open_region(spec)) return *error;
  if (auto error = lab->start_engine(spec)) return *error;
  return std::unique_ptr<Lab>(std::move(lab));
}

}  // namespace daxlab
