#include "harness/conformance/call_traps.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace daxlab {
namespace {

// A function by its linker name, or all whose names begin so; and what people call it.
struct Unsafe {
  std::string_view name;
  const char* said;
  bool is_prefix = false;
};
constexpr std::array unsafe_functions = {
    Unsafe{"malloc", "malloc"},
    Unsafe{"calloc", "calloc"},
    Unsafe{"realloc", "realloc"},
    Unsafe{"reallocarray", "reallocarray"},
    Unsafe{"free", "free"},
    Unsafe{"aligned_alloc", "aligned_alloc"},
    Unsafe{"posix_memalign", "posix_memalign"},
    Unsafe{"memalign", "memalign"},
    Unsafe{"strdup", "strdup"},
    Unsafe{"strndup", "strndup"},
    Unsafe{"_Zna", "operator new[]", true},
    Unsafe{"_Znw", "operator new", true},
    Unsafe{"_Zda", "operator delete[]", true},
    Unsafe{"_Zdl", "operator delete", true},
    Unsafe{"_ZNSt7__cxx1112basic_string", "std::string", true},
    Unsafe{"_ZSt20__throw_", "a function that throws", true},
    Unsafe{"_ZSt17__throw_", "a function that throws", true},
    Unsafe{"_ZSt24__throw_", "a function that throws", true},
    Unsafe{"__cxa_allocate_exception", "throw"},
    Unsafe{"__cxa_throw", "throw"},
    Unsafe{"__cxa_rethrow", "throw"},
    Unsafe{"pthread_mutex_lock", "pthread_mutex_lock (std::mutex)"},
    Unsafe{"pthread_mutex_trylock", "pthread_mutex_trylock (std::mutex)"},
    Unsafe{"pthread_mutex_timedlock", "pthread_mutex_timedlock"},
    Unsafe{"pthread_rwlock_", "pthread_rwlock (std::shared_mutex)", true},
    Unsafe{"pthread_cond_", "pthread_cond", true},
    Unsafe{"pthread_once", "pthread_once"},
    Unsafe{"pthread_create", "pthread_create"},
    Unsafe{"_ZNSt18condition_variable", "std::condition_variable", true},
    Unsafe{"printf", "printf"},
    Unsafe{"fprintf", "fprintf"},
    Unsafe{"vprintf", "vprintf"},
    Unsafe{"vfprintf", "vfprintf"},
    Unsafe{"__printf_chk", "printf"},
    Unsafe{"__fprintf_chk", "fprintf"},
    Unsafe{"__vfprintf_chk", "vfprintf"},
    Unsafe{"puts", "puts"},
    Unsafe{"fputs", "fputs"},
    Unsafe{"putchar", "putchar"},
    Unsafe{"fputc", "fputc"},
    Unsafe{"fwrite", "fwrite"},
    Unsafe{"fflush", "fflush"},
    Unsafe{"perror", "perror"},
    Unsafe{"fopen", "fopen"},
    Unsafe{"fclose", "fclose"},
    Unsafe{"syslog", "syslog"},
    Unsafe{"_ZNSo", "std::ostream", true},
    Unsafe{"_ZSt16__ostream_insert", "std::ostream", true},
    Unsafe{"_ZStls", "std::ostream", true},
    Unsafe{"dlopen", "dlopen"},
};

// Where traps report. A trap is called as the plugin calls the function: it can be given nothing.
constinit CallLog* log_of_traps = nullptr;

// Nobody can go on: the call was in the middle of the plugin, which holds what it holds.
[[noreturn]] void report(size_t index, const void* return_address) {
  std::array<char, 64> text{"calls "};
  std::strncat(text.data(), unsafe_functions[index].said, text.size() - 7);
  const PluginCallback callback = log_of_traps->slots[thread_shard()].callback.load();
  log_of_traps->report_unsafe(callback, UnsafeKind::call, text.data(), return_address);
  _exit(1);
}

template <size_t index>
[[noreturn, gnu::noinline]] void trap() {
  report(index, __builtin_return_address(0));
}

template <size_t... indices>
constexpr auto make_traps(std::index_sequence<indices...>) {
  return std::array<void (*)(), sizeof...(indices)>{&trap<indices>...};
}
constexpr auto traps = make_traps(std::make_index_sequence<unsafe_functions.size()>());

void* trap_of(std::string_view name) {
  for (size_t i = 0; i < traps.size(); ++i) {
    const Unsafe& unsafe = unsafe_functions[i];
    if (unsafe.is_prefix ? name.starts_with(unsafe.name) : name == unsafe.name) {
      return reinterpret_cast<void*>(traps[i]);
    }
  }
  return nullptr;
}

// What the dynamic linker is told of an object; addresses are absolute.
struct Dynamic {
  ElfW(Addr) base = 0;
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
  struct Table {
    const ElfW(Rela) * entries = nullptr;
    size_t bytes = 0;
  } relocations, jumps;
};

Dynamic dynamic_of(ElfW(Addr) base, const ElfW(Dyn) * entry) {
  Dynamic dynamic;
  dynamic.base = base;
  for (; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_SYMTAB) {
      dynamic.symbols = reinterpret_cast<const ElfW(Sym)*>(entry->d_un.d_ptr);
    } else if (entry->d_tag == DT_STRTAB) {
      dynamic.names = reinterpret_cast<const char*>(entry->d_un.d_ptr);
    } else if (entry->d_tag == DT_RELA) {
      dynamic.relocations.entries = reinterpret_cast<const ElfW(Rela)*>(entry->d_un.d_ptr);
    } else if (entry->d_tag == DT_RELASZ) {
      dynamic.relocations.bytes = entry->d_un.d_val;
    } else if (entry->d_tag == DT_JMPREL) {
      dynamic.jumps.entries = reinterpret_cast<const ElfW(Rela)*>(entry->d_un.d_ptr);
    } else if (entry->d_tag == DT_PLTRELSZ) {
      dynamic.jumps.bytes = entry->d_un.d_val;
    }
  }
  return dynamic;
}

struct Wanted {
  ElfW(Addr) inside;
  Dynamic found;
};

int look_at_object(dl_phdr_info* object, size_t, void* data) {
  auto& wanted = *static_cast<Wanted*>(data);
  bool is_it = false;
  const ElfW(Dyn)* dynamic = nullptr;
  for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = object->dlpi_phdr[i];
    const ElfW(Addr) start = object->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(start);
    is_it |= header.p_type == PT_LOAD && wanted.inside >= start &&
             wanted.inside - start < header.p_memsz;
  }
  if (!is_it || dynamic == nullptr) return 0;
  wanted.found = dynamic_of(object->dlpi_addr, dynamic);
  return 1;
}

// The table is read-only once everything is bound.
void make_writable(void** slot) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t start = reinterpret_cast<uintptr_t>(slot) / page * page;
  if (mprotect(reinterpret_cast<void*>(start), page, PROT_READ | PROT_WRITE) == 0) return;
  std::perror("daxlab: the plugin's table of functions");
  std::abort();
}

}  // namespace

CallTraps::CallTraps(const void* inside, CallLog& log) {
  log_of_traps = &log;
  Wanted wanted{reinterpret_cast<ElfW(Addr)>(inside), {}};
  dl_iterate_phdr(look_at_object, &wanted);
  const Dynamic& object = wanted.found;
  for (const Dynamic::Table& table : {object.relocations, object.jumps}) {
    for (size_t i = 0; i < table.bytes / sizeof(ElfW(Rela)); ++i) {
      const ElfW(Rela)& entry = table.entries[i];
      const auto type = ELF64_R_TYPE(entry.r_info);
      if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
      const char* name = object.names + object.symbols[ELF64_R_SYM(entry.r_info)].st_name;
      void* const trap = trap_of(name);
      if (trap == nullptr) continue;
      auto* slot = reinterpret_cast<void**>(object.base + entry.r_offset);
      if (*slot == nullptr) continue;
      make_writable(slot);
      entries_.push_back({slot, *slot, trap});
    }
  }
}

CallTraps::~CallTraps() { set(false); }

void CallTraps::set(bool trapped) noexcept {
  for (const Entry& entry : entries_) *entry.slot = trapped ? entry.trap : entry.function;
}

}  // namespace daxlab
