#include "app/responder.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/clock.h"
#include "app/logfmt.h"
#include "engine/familiar_places.h"
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

AccountPlaces places_of(const State& state) {
  const FamiliarPlaces places(*state.accounts, state.key);
  return {.familiar = [places](const AccountId& account) { return places.sent_from(account, now()); },
          .key_of = places.namer()};
}

}  // namespace

std::string state_folder_of(const Serving& serving) {
  return std::filesystem::absolute(serving.state_path).parent_path().string();
}

Responder::Responder(ActionWorld world, Actions actions, const ResponseSettings& settings, LaneParts parts,
                     std::shared_ptr<spdlog::logger> logger)
    : logger_(std::move(logger)),
      world_(std::move(world)),
      actions_(std::move(actions)),
      playbook_(settings.plan, settings.by_tenant, actions_.traits()),
      fuse_(parts.outbox, actions_of_the_fuse(settings.actions)),
      worker_(actions_, std::move(parts)) {}

void Responder::tell_of_the_fuse(const Guard& guard, bool has_duty) {
  if (!has_duty) {
    fuse_.leave_to_others();
    return;
  }
  const Fuse fuse = guard.fuse();
  const Result<std::optional<About>> told = fuse_.look(fuse.is_out, fuse.restrictions, guard.now());
  if (!told || !*told) return;
  worker_.wake();
  if (**told == About::kFuseOut) {
    logger_->error("the fuse is out: {} accounts were restricted within an hour, nobody else is",
                   fuse.restrictions);
  } else {
    logger_->warn("the fuse is back: accounts are restricted again");
  }
}

Result<std::unique_ptr<Responder>> Responder::make(const ResponseSettings& settings, const Serving& serving,
                                                   State& state, Metrics& metrics,
                                                   std::shared_ptr<spdlog::logger> logger) {
  ActionWorld world{
      .ledger = *state.database, .state_folder = state_folder_of(serving), .places = places_of(state)};
  Result<Actions> actions = Actions::make(settings.actions, world);
  if (!actions) return fail(actions.error());
  LaneParts parts{.outbox = state.outbox,
                  .clock = now,
                  .give_up_after = settings.give_up_after,
                  .tell = [&metrics, logger](const ActionNews& news) {
                    metrics.count_action(news.row.action.kind, to_text(news.outcome));
                    log(*logger, news);
                  }};
  metrics.add_gauge("postreeve_actions_waiting", "Actions that are neither done nor given up",
                    [&state] { return static_cast<double>(state.outbox.unfinished().value_or(0)); });
  return std::unique_ptr<Responder>(
      new Responder(std::move(world), std::move(*actions), settings, std::move(parts), std::move(logger)));
}

}  // namespace postreeve
