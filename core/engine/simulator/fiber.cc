#include "core/engine/simulator/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <boost/context/fiber.hpp>
#include <boost/context/preallocated.hpp>
#include <cassert>
#include <new>
#include <utility>
#include <vector>

#include "core/base/sanitized.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define DAXLAB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define DAXLAB_ASAN 1
#endif
#endif

namespace daxlab {
namespace {

namespace context = boost::context;

constexpr size_t stack_bytes = sanitized ? size_t{1} << 20 : size_t{256} << 10;

// Stacks of fibers that have gone, for the next ones: mapping one costs more than a short run.
struct FreeStacks {
  std::vector<std::byte*> bottoms;
  ~FreeStacks() {
    for (std::byte* bottom : bottoms) munmap(bottom, stack_bytes);
  }
};
thread_local FreeStacks free_stacks;

std::byte* take_stack() {
  if (!free_stacks.bottoms.empty()) {
    std::byte* bottom = free_stacks.bottoms.back();
    free_stacks.bottoms.pop_back();
    return bottom;
  }
  void* memory = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  // A body that needs more dies here and not in somebody else's memory.
  mprotect(memory, static_cast<size_t>(sysconf(_SC_PAGESIZE)), PROT_NONE);
  return static_cast<std::byte*>(memory);
}

// Boost gives the stack back when the body has returned; ours is given back by ~Fiber.
struct KeepsStack {
  using traits_type = context::stack_traits;
  context::stack_context allocate() const { return {}; }
  void deallocate(context::stack_context&) const noexcept {}
};

}  // namespace

struct Fiber::State {
  std::function<void()> body;
  std::byte* stack = nullptr;  // its bottom; null: of the real thread
  // Never destroyed: Boost would unwind the stack that it stands for, through functions that do not
  // throw. It holds nothing but a pointer into that stack.
  union {
    context::fiber continuation;
  };
  bool started = false;
  Fiber* came_from = nullptr;
  void* fake_stack = nullptr;  // the sanitizer's
  const void* bottom = nullptr;
  size_t size_bytes = 0;

  State() { new (&continuation) context::fiber(); }
  ~State() {}

  void arrives(context::fiber&& from) {
#if defined(DAXLAB_ASAN)
    const void* bottom_of_last = nullptr;
    size_t size_of_last = 0;
    __sanitizer_finish_switch_fiber(fake_stack, &bottom_of_last, &size_of_last);
    if (came_from != nullptr && came_from->state_->bottom == nullptr) {
      came_from->state_->bottom = bottom_of_last;
      came_from->state_->size_bytes = size_of_last;
    }
#endif
    came_from->state_->continuation = std::move(from);
  }
};

Fiber::Fiber() : state_(std::make_unique<State>()) { state_->started = true; }

Fiber::Fiber(std::function<void()> body) : state_(std::make_unique<State>()) {
  state_->body = std::move(body);
  state_->stack = take_stack();
  state_->bottom = state_->stack;
  state_->size_bytes = stack_bytes;
}

Fiber::~Fiber() {
  if (state_->stack == nullptr) return;
#if defined(DAXLAB_ASAN)
  __asan_unpoison_memory_region(state_->stack + 4096, stack_bytes - 4096);
#endif
  free_stacks.bottoms.push_back(state_->stack);
}

void Fiber::switch_to(Fiber& to, Fiber& from) {
  State& target = *to.state_;
  State& mine = *from.state_;
  assert(&to != &from);
  target.came_from = &from;
  if (!target.started) {
    target.started = true;
    context::stack_context place;
    place.sp = target.stack + stack_bytes;
    place.size = stack_bytes;
    target.continuation =
        context::fiber(std::allocator_arg, context::preallocated(place.sp, place.size, place),
                       KeepsStack(), [state = &target](context::fiber&& came) {
                         state->arrives(std::move(came));
                         state->body();
                         assert(false && "the body ends by switching away");
                         return context::fiber();
                       });
  }
#if defined(DAXLAB_ASAN)
  __sanitizer_start_switch_fiber(&mine.fake_stack, target.bottom, target.size_bytes);
#endif
  context::fiber came = std::move(target.continuation).resume();
  mine.arrives(std::move(came));
}

}  // namespace daxlab
