#include "harness/conformance/call_traps.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace daxlab {
namespace {

// Under their linker names: operator new and delete too.
constexpr std::array unsafe_functions = {
    "malloc",
    "calloc",
    "realloc",
    "free",
    "aligned_alloc",
    "posix_memalign",
    "memalign",
    "_Znwm",
    "_Znam",
    "_ZnwmRKSt9nothrow_t",
    "_ZnamRKSt9nothrow_t",
    "_ZnwmSt11align_val_t",
    "_ZdlPv",
    "_ZdaPv",
    "_ZdlPvm",
    "_ZdaPvm",
    "_ZdlPvmSt11align_val_t",
    "pthread_mutex_lock",
    "pthread_mutex_trylock",
    "pthread_rwlock_rdlock",
    "pthread_rwlock_wrlock",
    "pthread_cond_wait",
    "printf",
    "fprintf",
    "puts",
    "fputs",
    "fwrite",
};

constinit sigjmp_buf* escape = nullptr;
constinit const char* called = nullptr;

template <size_t index>
[[noreturn]] void trap() {
  if (escape == nullptr) std::abort();  // another thread: there is none in these checks
  called = unsafe_functions[index];
  siglongjmp(*escape, 1);
}

template <size_t... indices>
constexpr auto make_traps(std::index_sequence<indices...>) {
  return std::array<void (*)(), sizeof...(indices)>{&trap<indices>...};
}
constexpr auto traps = make_traps(std::make_index_sequence<unsafe_functions.size()>());

void* trap_of(std::string_view name) {
  for (size_t i = 0; i < traps.size(); ++i) {
    if (name == unsafe_functions[i]) return reinterpret_cast<void*>(traps[i]);
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

CallTraps::CallTraps(const void* inside) {
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
      if (*slot != nullptr) entries_.push_back({slot, *slot, trap});
    }
  }
}

void CallTraps::set(bool trapped) {
  for (const Entry& entry : entries_) {
    make_writable(entry.slot);
    *entry.slot = trapped ? entry.trap : entry.function;
  }
}

[[gnu::noinline]] const char* CallTraps::run(const std::function<void()>& body) {
  sigjmp_buf here;
  called = nullptr;
  escape = &here;
  if (sigsetjmp(here, 0) == 0) {
    set(true);
    body();
  }
  set(false);
  escape = nullptr;
  return called;
}

}  // namespace daxlab
