// Locks held for a scope, by whoever wrote the scope: the standard's guards would say that every
// lock was taken inside the standard library.
#pragma once

#include "core/base/source_location.h"

namespace daxlab {

template <class Lock>
class [[nodiscard]] Locked {
 public:
  using Where = SourceLocation;
  explicit Locked(Lock& lock, Where where = Where::current()) noexcept
      : lock_(&lock), where_(where) {
    lock_->lock(where_);
  }
  // Holds nothing where `wanted` is false.
  Locked(Lock& lock, bool wanted, Where where = Where::current()) noexcept
      : lock_(wanted ? &lock : nullptr), where_(where) {
    if (lock_ != nullptr) lock_->lock(where_);
  }
  ~Locked() {
    if (lock_ != nullptr) lock_->unlock(where_);
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  Lock* lock_;
  Where where_;
};

template <class Lock>
class [[nodiscard]] LockedShared {
 public:
  using Where = SourceLocation;
  explicit LockedShared(Lock& lock, Where where = Where::current()) noexcept
      : lock_(lock), where_(where) {
    lock_.lock_shared(where_);
  }
  ~LockedShared() { lock_.unlock_shared(where_); }
  LockedShared(const LockedShared&) = delete;
  LockedShared& operator=(const LockedShared&) = delete;

 private:
  Lock& lock_;
  Where where_;
};

}  // namespace daxlab
