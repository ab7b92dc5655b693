#include "app/metrics.h"

#include <array>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "guard/event_words.h"

namespace postreeve {
namespace {

constexpr std::size_t kActions = static_cast<std::size_t>(Action::kReject) + 1;
constexpr std::size_t kLevels = static_cast<std::size_t>(Level::kSuspended) + 1;
constexpr std::size_t kDoors = static_cast<std::size_t>(Door::kControl) + 1;

struct LookedUp {
  std::function<double()> value;
  prometheus::Gauge& gauge;
};

}  // namespace

struct Metrics::Impl {
  Impl()
      : seconds(prometheus::BuildHistogram()
                    .Name("postreeve_decision_seconds")
                    .Help("How long decisions took, without the gate and the disk")
                    .Register(registry)
                    .Add({}, prometheus::Histogram::BucketBoundaries{1e-6, 2e-6, 5e-6, 1e-5, 5e-5, 1e-4, 1e-3,
                                                                     1e-2, 1e-1, 1})),
        actions(prometheus::BuildCounter()
                    .Name("postreeve_actions_total")
                    .Help("Attempts at actions outside the mail path, and what came of them")
                    .Register(registry)) {
    auto& decided = prometheus::BuildCounter()
                        .Name("postreeve_decisions_total")
                        .Help("Decisions by gate and by what the mail server was told")
                        .Register(registry);
    auto& changed = prometheus::BuildCounter()
                        .Name("postreeve_standing_changes_total")
                        .Help("Accounts that came into a standing")
                        .Register(registry);
    auto& answered = prometheus::BuildCounter()
                         .Name("postreeve_login_answers_total")
                         .Help("What logins were told before their password was looked at")
                         .Register(registry);
    login_refused = &answered.Add({{"answer", "refused"}});
    login_allowed = &answered.Add({{"answer", "allowed"}});
    login_delayed = &answered.Add({{"answer", "delayed"}});
    for (std::size_t door = 0; door < kDoors; ++door) {
      for (std::size_t action = 0; action < kActions; ++action) {
        decisions[door][action] =
            &decided.Add({{"gate", std::string(to_text(static_cast<Door>(door)))},
                          {"action", std::string(to_text(static_cast<Action>(action)))}});
      }
    }
    for (std::size_t level = 0; level < kLevels; ++level)
      standings[level] = &changed.Add({{"standing", std::string(to_text(static_cast<Level>(level)))}});
  }

  prometheus::Registry registry;
  prometheus::Histogram& seconds;
  prometheus::Family<prometheus::Counter>& actions;
  std::array<std::array<prometheus::Counter*, kActions>, kDoors> decisions{};
  std::array<prometheus::Counter*, kLevels> standings{};
  prometheus::Counter* login_refused = nullptr;
  prometheus::Counter* login_allowed = nullptr;
  prometheus::Counter* login_delayed = nullptr;
  std::vector<LookedUp> looked_up;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::saw(const Decided& decided) {
  impl_->decisions[static_cast<std::size_t>(decided.door)][static_cast<std::size_t>(decided.action)]
      ->Increment();
  impl_->seconds.Observe(static_cast<double>(decided.nanoseconds) * 1e-9);
  if (decided.observation.change)
    impl_->standings[static_cast<std::size_t>(decided.observation.change->after.level)]->Increment();
}

void Metrics::add_gauge(const std::string& name, const std::string& help, std::function<double()> value) {
  auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add({});
  impl_->looked_up.push_back({std::move(value), gauge});
}

void Metrics::count_login_answer(int status) {
  (status < 0 ? impl_->login_refused : status > 0 ? impl_->login_delayed : impl_->login_allowed)->Increment();
}

void Metrics::count_action(std::string_view name, std::string_view outcome) {
  impl_->actions.Add({{"action", std::string(name)}, {"outcome", std::string(outcome)}}).Increment();
}

std::string Metrics::text() const {
  for (const LookedUp& looked_up : impl_->looked_up) looked_up.gauge.Set(looked_up.value());
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace postreeve
