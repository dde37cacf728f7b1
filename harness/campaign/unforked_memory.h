// Memory that only grows, and that no child gets: a fork takes as long however much of it there is.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace daxlab {

// One thread. Not to be touched by children.
class UnforkedMemory {
 public:
  UnforkedMemory() = default;
  ~UnforkedMemory();
  UnforkedMemory(const UnforkedMemory&) = delete;
  UnforkedMemory& operator=(const UnforkedMemory&) = delete;

  // Both stay as long as this does, and are not destroyed. They throw std::bad_alloc.
  template <class Value>
  const Value* keep(const Value& value) {
    static_assert(std::is_trivially_destructible_v<Value> && alignof(Value) <= alignment);
    return std::construct_at(static_cast<Value*>(take(sizeof value)), value);
  }
  template <class Item>
  std::span<const Item> keep_all(std::span<const Item> items) {
    static_assert(std::is_trivially_copyable_v<Item> && alignof(Item) <= alignment);
    auto* kept = static_cast<Item*>(take(items.size_bytes()));
    std::uninitialized_copy(items.begin(), items.end(), kept);
    return {kept, items.size()};
  }

 private:
  static constexpr size_t alignment = 16;
  void* take(size_t length_bytes);

  std::vector<std::span<std::byte>> chunks_;
  std::span<std::byte> rest_;  // of the last one
};

}  // namespace daxlab
