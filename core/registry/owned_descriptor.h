// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

namespace daxlab {

class OwnedDescriptor {
 public:
  // Negative, as from a call that failed: owns nothing.
  explicit OwnedDescriptor(int number) : number_(number) {}
  ~OwnedDescriptor() { reset(); }
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;

  int number() const { return number_; }
  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

}  // namespace daxlab
