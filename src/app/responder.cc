#include "app/responder.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/clock.h"
#include "app/logfmt.h"
#include "response/task.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

// A backend that is down for a day is told of once, not every ten minutes.
void log(spdlog::logger& logger, const ActionNews& news) {
  const std::string line = fmt::format(
      "action name={} direction={} outcome={} number={} account={} incident={} attempts={} says={}",
      news.row.action.kind, to_text(news.direction), to_text(news.outcome), news.row.id,
      logfmt_value(stored_account(news.row.account)), news.row.incident.to_string(), news.row.attempts,
      logfmt_value(news.says));
  switch (news.outcome) {
    case ActionNews::Outcome::kDone:
      return logger.info(line);
    case ActionNews::Outcome::kFailed:
      return news.is_first_failure ? logger.warn(line) : logger.debug(line);
    case ActionNews::Outcome::kGivenUp:
      return logger.error(line);
  }
}

}  // namespace

std::string state_folder_of(const Serving& serving) {
  return std::filesystem::absolute(serving.state_path).parent_path().string();
}

Responder::Responder(Actions actions, const ResponseSettings& settings, LaneParts parts)
    : actions_(std::move(actions)),
      playbook_(settings.plan, settings.by_tenant, actions_.traits()),
      worker_(actions_, std::move(parts)) {}

Result<std::unique_ptr<Responder>> Responder::make(const ResponseSettings& settings, const Serving& serving,
                                                   State& state, Metrics& metrics,
                                                   std::shared_ptr<spdlog::logger> logger) {
  Result<Actions> actions =
      Actions::make(settings.actions, {.ledger = *state.database, .state_folder = state_folder_of(serving)});
  if (!actions) return fail(actions.error());
  LaneParts parts{.outbox = state.outbox,
                  .clock = now,
                  .give_up_after = settings.give_up_after,
                  .tell = [&metrics, logger = std::move(logger)](const ActionNews& news) {
                    metrics.count_action(news.row.action.kind, to_text(news.outcome));
                    log(*logger, news);
                  }};
  metrics.add_gauge("postreeve_actions_waiting", "Actions that are neither done nor given up",
                    [&state] { return static_cast<double>(state.outbox.unfinished().value_or(0)); });
  return std::unique_ptr<Responder>(new Responder(std::move(*actions), settings, std::move(parts)));
}

}  // namespace postreeve
