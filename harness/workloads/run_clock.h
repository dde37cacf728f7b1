// How long a worker goes on: through its own amount of work, or for a time, of which the first
// part, the ramp, is not counted.
#pragma once

#include <cstdint>

namespace daxlab {

class RunClock {
 public:
  enum class Phase {
    own_work,   // no time was given
    ramp,       // operations are not counted yet
    ramp_over,  // until count_from() is called
    counted,
    over,
  };

  RunClock() = default;  // own_work
  // runtime_ns includes the ramp; 0: own_work, without a ramp.
  RunClock(uint64_t runtime_ns, uint64_t ramp_ns)
      : runtime_ns_(runtime_ns), ramp_ns_(runtime_ns == 0 ? 0 : ramp_ns) {}

  bool keeps_time() const { return runtime_ns_ != 0; }
  bool has_ramp() const { return ramp_ns_ != 0; }

  // The first operation comes now.
  void begin(uint64_t now_ns) {
    begin_ns_ = now_ns;
    counting_ = !has_ramp();
  }
  Phase phase(uint64_t now_ns) const {
    if (!keeps_time()) return Phase::own_work;
    const uint64_t passed_ns = now_ns - begin_ns_;
    if (!counting_) return passed_ns < ramp_ns_ ? Phase::ramp : Phase::ramp_over;
    return passed_ns < runtime_ns_ ? Phase::counted : Phase::over;
  }
  // The first operation that counts comes now; what happened since the ramp was over (waiting for
  // others) takes nothing from the counted time.
  void count_from(uint64_t now_ns) {
    begin_ns_ = now_ns - ramp_ns_;
    counting_ = true;
  }

 private:
  uint64_t runtime_ns_ = 0, ramp_ns_ = 0;
  uint64_t begin_ns_ = 0;
  bool counting_ = true;
};

}  // namespace daxlab
