#include "harness/proving/check_campaign.h"

#include <poll.h>

#include <algorithm>

#include "harness/proving/check_answers.h"
#include "harness/proving/check_process.h"

namespace daxlab {
namespace {

constexpr std::chrono::milliseconds between_progress{100};

// In the process of the combination.
std::string check_in_child(const CheckSubject& subject, const CheckSettings& settings,
                           CellChannel& channel) {
  auto next = std::chrono::steady_clock::now();
  const auto report = check(subject, settings, [&](const Explored& explored) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next) return;
    next = now + between_progress;
    channel.send_progress(encode(explored));
  });
  return encode(report);
}

bool is_readable(int fd) {
  pollfd asked{fd, POLLIN, 0};
  return poll(&asked, 1, 0) == 1;
}

class CheckCampaign {
 public:
  CheckCampaign(const std::vector<CheckedCombination>& combinations,
                const CheckCampaignSettings& settings)
      : combinations_(combinations), settings_(settings) {}

  CheckCampaignEnd run() {
    for (;;) {
      start_more();
      if (running_.empty() || end_.stopped) break;
      wait();
      if (is_readable(settings_.interrupt_fd)) {
        interrupt();
        break;
      }
      serve();
      if (end_.interrupted) break;
    }
    return end_;
  }

 private:
  struct Running {
    const CheckedCombination* checked = nullptr;
    std::unique_ptr<CheckProcess> process;
    Explored explored;
  };

  void start_more() {
    while (running_.size() < settings_.jobs && next_ < combinations_.size()) {
      auto running = std::make_unique<Running>();
      running->checked = &combinations_[next_];
      auto process = CheckProcess::start(
          *running->checked, settings_.time_limit,
          [this, into = running.get()](const std::string& text) { take_progress(*into, text); },
          [this](const CheckSubject& subject, CellChannel& channel) {
            return check_in_child(subject, settings_.check, channel);
          });
      if (!process.ok()) {
        // Others give back what this one lacks.
        if (running_.empty()) end_.stopped = process.error();
        return;
      }
      running->process = process.take();
      running_.push_back(std::move(running));
      ++next_;
      show(*running_.back());
    }
  }

  void take_progress(Running& running, const std::string& text) {
    if (const auto explored = decode_explored(text)) running.explored = *explored;
    show(running);
  }

  void show(const Running& running) const {
    settings_.on_progress(
        {over_, combinations_.size(), running.checked->combination->name(), running.explored});
  }

  void wait() const {
    std::vector<pollfd> waits = {{settings_.interrupt_fd, POLLIN, 0}};
    auto deadline = CellProcess::Clock::time_point::max();
    for (const auto& running : running_) {
      const auto more = running->process->process().waits();
      waits.insert(waits.end(), more.begin(), more.end());
      deadline = std::min(deadline, running->process->process().deadline());
    }
    poll(waits.data(), waits.size(), poll_wait_ms(deadline));  // EINTR: looked at all the same
  }

  void serve() {
    for (size_t i = 0; i < running_.size();) {
      const auto outcome = running_[i]->process->process().serve();
      if (!outcome) {
        ++i;
        continue;
      }
      // Ctrl-C reaches the processes of a terminal, too: what died of it has not failed.
      if (outcome->failure && is_readable(settings_.interrupt_fd)) return interrupt();
      const std::unique_ptr<Running> over = std::move(running_[i]);
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
      ++over_;
      settings_.on_over(*over->checked, outcome_of(*over, *outcome));
    }
  }

  static CheckedOutcome outcome_of(const Running& running, const CellOutcome& outcome) {
    CheckedOutcome over;
    over.explored = running.explored;
    if (outcome.failure) {
      over.ended = end_of_process(outcome);
      over.ended_in = running.process->left_behind(outcome);
      return over;
    }
    auto report = decode_check_report(*outcome.result);
    if (report.ok()) {
      over.explored = report.value().explored;
      over.finding = std::move(report.value().finding);
      if (over.finding) over.finding->shown_by.plugins = case_plugins(*running.checked);
    } else {
      over.error = report.error().message;
    }
    return over;
  }

  void interrupt() {
    end_.interrupted = true;
    for (const auto& running : running_) {
      CheckedOutcome outcome;
      outcome.explored = running->explored;
      outcome.interrupted = true;
      settings_.on_over(*running->checked, outcome);
    }
    running_.clear();
  }

  const std::vector<CheckedCombination>& combinations_;
  const CheckCampaignSettings& settings_;
  std::vector<std::unique_ptr<Running>> running_;
  size_t next_ = 0, over_ = 0;
  CheckCampaignEnd end_;
};

}  // namespace

CheckCampaignEnd run_check_campaign(const std::vector<CheckedCombination>& combinations,
                                    const CheckCampaignSettings& settings) {
  return CheckCampaign(combinations, settings).run();
}

}  // namespace daxlab
