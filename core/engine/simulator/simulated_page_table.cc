#include "core/engine/simulator/simulated_page_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "core/base/no_memory.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_bytes = max_fault_pages * page_bytes;

std::string what_text(const ShownPage& page) {
  switch (page.what) {
    case ShownPage::What::kernel_zero:
      return "the kernel's zero page";
    case ShownPage::What::own_zero:
      return "the strategy's own zero page";
    case ShownPage::What::cached:
      return "a cached page";
    case ShownPage::What::block:
      break;
  }
  return fmt::format("block {}", page.frame);
}

// Calls part(address, pages) for what lies in each 2 MiB.
template <class Part>
void for_each_part(uint64_t address, uint64_t pages, Part part) {
  const uint64_t end = address + pages * page_bytes;
  while (address < end) {
    const uint64_t part_end = std::min(end, (address / huge_bytes + 1) * huge_bytes);
    part(address, (part_end - address) / page_bytes);
    address = part_end;
  }
}

}  // namespace

std::string to_text(const ShownPage& page) {
  return what_text(page) + (page.writable ? ", writable" : ", read-only") +
         (page.dirty      ? ", dirty"
          : page.accessed ? ", accessed"
                          : "");
}

// One 2 MiB between two mappings stays empty.
uint64_t SimulatedPageTable::reserve(const Mapping& mapping) {
  const PageRange range = mapping.range();
  const uint64_t start = next_address_ + mapping.congruent_to();
  const uint64_t end = start + range.pages * page_bytes;
  Part part{.start = start, .end = end, .mapping = &mapping, .slots = {}};
  part.slots.resize((end - 1) / slot_bytes - start / slot_bytes + 1);
  parts_.push_back(std::move(part));
  next_address_ = ((end - 1) / slot_bytes + 2) * slot_bytes;
  return start;
}

void SimulatedPageTable::give_back(uint64_t start) {
  const Part& gone = search(start);
  parts_.erase(parts_.begin() + (&gone - parts_.data()));
  last_ = 0;
}

SimulatedPageTable::Part& SimulatedPageTable::search(uint64_t address) noexcept {
  auto after =
      std::upper_bound(parts_.begin(), parts_.end(), address,
                       [](uint64_t wanted, const Part& part) { return wanted < part.start; });
  assert(after != parts_.begin() && address < (after - 1)->end);
  last_ = static_cast<size_t>(after - parts_.begin()) - 1;
  return parts_[last_];
}

std::optional<ShownPage> SimulatedPageTable::look(uint64_t address) const noexcept {
  auto after =
      std::upper_bound(parts_.begin(), parts_.end(), address,
                       [](uint64_t wanted, const Part& part) { return wanted < part.start; });
  if (after == parts_.begin() || address >= (after - 1)->end) return std::nullopt;
  const Part& part = *(after - 1);
  const Slot& slot = part.slots[address / slot_bytes - part.start / slot_bytes];
  const uint64_t index = address / page_bytes % max_fault_pages;
  if (slot.huge != 0) return decode(slot.huge).after(index);
  const uint64_t word = slot.pages == nullptr ? 0 : (*slot.pages)[index];
  return word == 0 ? std::nullopt : std::optional(decode(word));
}

// A processor wants the frame aligned, too. Zeros are no matter: the kernel has 2 MiB of them. The
// strategy's own page is 512 pages of a memfd, cached ones lie anywhere.
bool SimulatedPageTable::fits_huge(uint64_t address, uint64_t pages,
                                   const ShownPage& first) noexcept {
  if (pages != max_fault_pages || address % slot_bytes != 0) return false;
  return first.what == ShownPage::What::kernel_zero ||
         (first.what == ShownPage::What::block && first.frame % max_fault_pages == 0);
}

// Entries of 4 KiB that show the same as before.
Status SimulatedPageTable::make_pages(Slot& slot) noexcept {
  if (slot.huge == 0 && slot.pages != nullptr) return {};
  Status status = or_no_memory([&] {
    if (slot.pages == nullptr) slot.pages = std::make_unique<Pages>();
  });
  if (!status.ok() || slot.huge == 0) return status;
  const ShownPage first = decode(slot.huge);
  for (uint64_t i = 0; i < max_fault_pages; ++i) (*slot.pages)[i] = encode(first.after(i));
  slot.huge = 0;
  return {};
}

Status SimulatedPageTable::insert(uint64_t address, uint64_t pages, ShownPage first) noexcept {
  Part& part = part_at(address);
  const uint64_t start = address;
  const auto at = [&](uint64_t here) { return first.after((here - start) / page_bytes); };
  Status status;
  for_each_part(address, pages, [&](uint64_t here, uint64_t count) {
    if (!status.ok() || fits_huge(here, count, at(here))) return;
    status = make_pages(part.slot_at(here));
  });
  if (!status.ok()) return status;
  for_each_part(address, pages, [&](uint64_t here, uint64_t count) {
    Slot& slot = part.slot_at(here);
    if (fits_huge(here, count, at(here))) {
      slot.huge = encode(at(here));
      return;
    }
    const uint64_t index = here / page_bytes % max_fault_pages;
    for (uint64_t i = 0; i < count; ++i) (*slot.pages)[index + i] = encode(at(here).after(i));
  });
  return {};
}

Status SimulatedPageTable::remove(uint64_t address, uint64_t pages) noexcept {
  Part& part = part_at(address);
  Status status;
  for_each_part(address, pages, [&](uint64_t here, uint64_t count) {
    Slot& slot = part.slot_at(here);
    if (status.ok() && slot.huge != 0 && count < max_fault_pages) status = make_pages(slot);
  });
  if (!status.ok()) return status;
  for_each_part(address, pages, [&](uint64_t here, uint64_t count) {
    Slot& slot = part.slot_at(here);
    if (slot.huge != 0) {
      slot.huge = 0;
      slot.pages.reset();
    } else if (slot.pages != nullptr) {
      const uint64_t index = here / page_bytes % max_fault_pages;
      std::fill_n(slot.pages->begin() + static_cast<ptrdiff_t>(index), count, uint64_t{0});
    }
  });
  return {};
}

}  // namespace daxlab
