#include "lab/fit/fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace postreeve::lab {
namespace {

constexpr std::size_t kParameters = 2 * kReasonCount;
using Vector = std::array<double, kParameters>;

std::size_t index_of(std::size_t reason, bool strange) {
  return 2 * reason + (strange ? 1 : 0);
}

// Risk of a sample, and which finding of each group made it.
struct Risk {
  double value = 0;
  std::array<std::int32_t, kGroupCount> by{};
};

Risk risk_of(const Sample& sample, const Vector& p) {
  Risk risk{.value = Ladder{}.prior, .by = {}};
  std::array<double, kGroupCount> best{};
  risk.by.fill(-1);
  for (std::size_t r = 0; r < kReasonCount; ++r) {
    const auto nats = static_cast<double>(sample.nats[r]);
    if (nats == 0) continue;
    const auto group = static_cast<std::size_t>(group_of(static_cast<Reason>(r)));
    const double weighed = nats > 0 ? nats * p[index_of(r, sample.strange)] : nats;
    if (risk.by[group] >= 0 && weighed <= best[group]) continue;
    best[group] = weighed;
    risk.by[group] = static_cast<std::int32_t>(r);
  }
  for (std::size_t g = 0; g < kGroupCount; ++g) {
    const auto most = static_cast<double>(most_of(static_cast<Group>(g)));
    if (best[g] > most) risk.by[g] = -1;  // beyond the cap a factor changes nothing
    risk.value += std::min(best[g], most);
  }
  return risk;
}

void add_gradient(Vector& gradient, const Sample& sample, const Risk& risk, double slope) {
  for (const std::int32_t r : risk.by) {
    if (r < 0) continue;
    const auto reason = static_cast<std::size_t>(r);
    const auto nats = static_cast<double>(sample.nats[reason]);
    if (nats > 0) gradient[index_of(reason, sample.strange)] += slope * nats;
  }
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

class Problem {
 public:
  Problem(const std::vector<HonestMonth>& honest, const std::vector<HostileRun>& hostile,
          const FitOptions& options)
      : honest_(honest), hostile_(hostile), options_(options) {
    std::map<std::string_view, int> runs;
    for (const HostileRun& run : hostile) runs[run.family] += run.samples.empty() ? 0 : 1;
    for (const HostileRun& run : hostile) {
      const double families = static_cast<double>(runs.size());
      hostile_weight_.push_back(run.samples.empty() ? 0
                                                    : options.prevalence / families / runs[run.family] /
                                                          static_cast<double>(run.samples.size()));
    }
  }

  double loss(const Vector& p, Vector& gradient) const {
    gradient.fill(0);
    double loss = 0;
    for (std::size_t i = 0; i < hostile_.size(); ++i) {
      for (const Sample& sample : hostile_[i].samples) {
        const Risk risk = risk_of(sample, p);
        const double missed = sigmoid(-risk.value);
        loss += hostile_weight_[i] * missed;
        add_gradient(gradient, sample, risk, -hostile_weight_[i] * missed * (1 - missed));
      }
    }
    const double weight = 1.0 / static_cast<double>(std::max<std::size_t>(1, honest_.size()));
    for (const HonestMonth& month : honest_) {
      const auto [sample, risk] = worst_of(month, p);
      if (sample == nullptr) continue;
      const double alarmed = sigmoid(risk.value);
      loss += weight * alarmed;
      add_gradient(gradient, *sample, risk, weight * alarmed * (1 - alarmed));
    }
    for (std::size_t i = 0; i < kParameters; ++i) {
      loss += options_.ridge * (p[i] - 1) * (p[i] - 1);
      gradient[i] += 2 * options_.ridge * (p[i] - 1);
    }
    return loss;
  }

  [[nodiscard]] double caught(const Vector& p) const {
    double weight = 0, caught = 0;
    for (std::size_t i = 0; i < hostile_.size(); ++i) {
      for (const Sample& sample : hostile_[i].samples) {
        weight += hostile_weight_[i];
        caught += risk_of(sample, p).value >= 0 ? hostile_weight_[i] : 0;
      }
    }
    return weight > 0 ? caught / weight : 0;
  }

  [[nodiscard]] double false_alarms(const Vector& p) const {
    const auto alarms = std::ranges::count_if(honest_, [&](const HonestMonth& month) {
      return worst_of(month, p).second.value >= 0 && !month.samples.empty();
    });
    return static_cast<double>(alarms) / static_cast<double>(std::max<std::size_t>(1, honest_.size()));
  }

 private:
  static std::pair<const Sample*, Risk> worst_of(const HonestMonth& month, const Vector& p) {
    std::pair<const Sample*, Risk> worst{nullptr, {}};
    for (const Sample& sample : month.samples) {
      const Risk risk = risk_of(sample, p);
      if (worst.first == nullptr || risk.value > worst.second.value) worst = {&sample, risk};
    }
    return worst;
  }

  const std::vector<HonestMonth>& honest_;
  const std::vector<HostileRun>& hostile_;
  FitOptions options_;
  std::vector<double> hostile_weight_;
};

// Adam (Kingma and Ba 2015), projected on the bounds.
struct Descent {
  Vector mean{};
  Vector square{};
  int step = 0;

  void move(Vector& p, const Vector& gradient, const FitOptions& options) {
    ++step;
    for (std::size_t i = 0; i < kParameters; ++i) {
      mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
      square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
      const double m = mean[i] / (1 - std::pow(0.9, step));
      const double s = square[i] / (1 - std::pow(0.999, step));
      p[i] = std::clamp(p[i] - 0.01 * m / (std::sqrt(s) + 1e-12), options.least, options.most);
    }
  }
};

}  // namespace

Fit fit(const std::vector<HonestMonth>& honest, const std::vector<HostileRun>& hostile,
        const FitOptions& options) {
  const Problem problem(honest, hostile, options);
  Vector p;
  p.fill(1);
  Vector gradient;
  Fit result;
  result.loss_before = problem.loss(p, gradient);
  Vector best = p;
  double least = result.loss_before;
  Descent descent;
  for (int round = 0; round < options.rounds; ++round) {
    const double loss = problem.loss(p, gradient);
    if (loss < least) {
      least = loss;
      best = p;
    }
    descent.move(p, gradient, options);
  }
  result.loss = least;
  for (std::size_t r = 0; r < kReasonCount; ++r) {
    result.factors[r] = {best[index_of(r, false)], best[index_of(r, true)]};
  }
  result.caught = problem.caught(best);
  result.false_alarms = problem.false_alarms(best);
  return result;
}

}  // namespace postreeve::lab
