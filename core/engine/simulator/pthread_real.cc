#include "core/engine/simulator/pthread_real.h"

#include <dlfcn.h>

namespace daxlab {

constinit std::atomic<void*> real_calls[static_cast<uint32_t>(RealCall::count)] = {};

namespace {

struct Symbol {
  const char* name;
  const char* version;  // null: the only one
};

#if defined(__x86_64__)
constexpr const char* since_conditions = "GLIBC_2.3.2";  // older ones have another layout
#else
constexpr const char* since_conditions = nullptr;  // newer machines never had older ones
#endif

// In the order of RealCall.
constexpr Symbol symbols[] = {
    {"pthread_mutex_lock", nullptr},
    {"pthread_mutex_trylock", nullptr},
    {"pthread_mutex_timedlock", nullptr},
    {"pthread_mutex_clocklock", nullptr},
    {"pthread_mutex_unlock", nullptr},
    {"pthread_cond_wait", since_conditions},
    {"pthread_cond_timedwait", since_conditions},
    {"pthread_cond_clockwait", nullptr},
    {"pthread_cond_signal", since_conditions},
    {"pthread_cond_broadcast", since_conditions},
    {"pthread_rwlock_rdlock", nullptr},
    {"pthread_rwlock_wrlock", nullptr},
    {"pthread_rwlock_tryrdlock", nullptr},
    {"pthread_rwlock_trywrlock", nullptr},
    {"pthread_rwlock_timedrdlock", nullptr},
    {"pthread_rwlock_timedwrlock", nullptr},
    {"pthread_rwlock_clockrdlock", nullptr},
    {"pthread_rwlock_clockwrlock", nullptr},
    {"pthread_rwlock_unlock", nullptr},
    {"pthread_spin_lock", nullptr},
    {"pthread_spin_trylock", nullptr},
    {"pthread_spin_unlock", nullptr},
    {"sched_yield", nullptr},
    {"nanosleep", nullptr},
    {"clock_nanosleep", nullptr},
    {"usleep", nullptr},
    {"clock_gettime", nullptr},
};
static_assert(sizeof(symbols) / sizeof(symbols[0]) == static_cast<size_t>(RealCall::count));

// Before the constructors of all other files of the program.
[[gnu::constructor(101)]] void find_real_calls() {
  for (uint32_t i = 0; i < static_cast<uint32_t>(RealCall::count); ++i) {
    find_real_call(static_cast<RealCall>(i));
  }
}

}  // namespace

// The loader's own locks do not come through here.
void* find_real_call(RealCall call) noexcept {
  const Symbol& symbol = symbols[static_cast<uint32_t>(call)];
  void* found =
      symbol.version == nullptr ? nullptr : dlvsym(RTLD_NEXT, symbol.name, symbol.version);
  if (found == nullptr) found = dlsym(RTLD_NEXT, symbol.name);
  real_calls[static_cast<uint32_t>(call)].store(found, std::memory_order_relaxed);
  return found;
}

}  // namespace daxlab
