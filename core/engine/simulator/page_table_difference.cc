// What page tables show beside what the core believes that they do.
#include <fmt/format.h>

#include "core/dax/shared_file.h"
#include "core/engine/simulator/simulated_address_space.h"

namespace daxlab {
namespace {

// What the entry speaks of; nullopt: nothing may be shown.
std::optional<ShownPage> believed_at(const Mapping& mapping, uint64_t pgoff) {
  const PageEntry entry = mapping.entry(pgoff);
  switch (entry.state) {
    case PageState::none:
      return std::nullopt;
    case PageState::backing:
      if (mapping.backing() != HoleBacking::kernel_zero) return std::nullopt;
      return ShownPage{};
    case PageState::kernel_zero:
      return ShownPage{};
    case PageState::own_zero:
      return ShownPage{.what = ShownPage::What::own_zero, .frame = entry.frame};
    case PageState::cached: {
      const PageCache& cache = mapping.file().cache;
      const bool is_there = cache.has(pgoff);
      return ShownPage{.what = ShownPage::What::cached,
                       .frame = is_there ? reinterpret_cast<uint64_t>(cache.address_of(pgoff)) : 0};
    }
    case PageState::block_ro:
    case PageState::block_rw:
      break;
  }
  return ShownPage{.what = ShownPage::What::block,
                   .writable = entry.state == PageState::block_rw,
                   .frame = entry.frame};
}

std::string text_of(const std::optional<ShownPage>& page) {
  return page ? to_text(*page) : std::string("nothing");
}

std::optional<std::string> difference_of(const SimulatedAddressSpace& addresses,
                                         const Mapping& mapping) {
  for (uint64_t pgoff = mapping.range().pgoff; pgoff < mapping.range().end(); ++pgoff) {
    std::optional<ShownPage> shown = addresses.shown_at(mapping, pgoff);
    if (shown) shown->accessed = shown->dirty = false;
    const std::optional<ShownPage> believed = believed_at(mapping, pgoff);
    if (shown == believed) continue;
    return fmt::format(
        "file page {} of the mapping at {:#x}: the page table shows {}, its entry says {}", pgoff,
        mapping.start(), text_of(shown), text_of(believed));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> SimulatedAddressSpace::difference_from_entries() const {
  std::optional<std::string> first;
  for (const auto& table : tables_) {
    if (table == nullptr) continue;
    table->for_each_mapping([&](const Mapping& mapping) {
      if (!first) first = difference_of(*this, mapping);
    });
  }
  return first;
}

}  // namespace daxlab
