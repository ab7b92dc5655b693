#include "app/serve_command.h"

#include <csignal>
#include <memory>
#include <utility>

#include <sys/resource.h>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "app/check_config_command.h"
#include "app/configuration.h"
#include "app/privileges.h"
#include "app/server.h"

namespace postreeve {
namespace {

// The journal has its own time; a terminal or a file wants one.
std::shared_ptr<spdlog::logger> make_logger() {
  auto logger =
      std::make_shared<spdlog::logger>("postreeve", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  return logger;
}

// 10,000 connections need more descriptors than a shell gives. Whoever reads our log may go away. Of a parent
// that ignores SIGCHLD we would inherit it, and never learn how our programs end.
void prepare_process() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
  }
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGCHLD, SIG_DFL);
}

// What is wrong with an action, with the line that says so, as check-config does.
ExitCode tell_failure(const Error& error, LoadedConfiguration loaded, const Console& console) {
  if (error.code == ErrorCode::kInvalidInput) {
    check_actions(loaded);
    if (loaded.problems.empty()) console.complain(error.detail);
    loaded.warnings.clear();  // told at the start
    (void)tell_problems(loaded, console);
    return ExitCode::kConfiguration;
  }
  console.complain(error.detail);
  return error.code == ErrorCode::kUnavailable ? ExitCode::kUnavailable : ExitCode::kData;
}

}  // namespace

ExitCode run_serve(const ServeArguments& arguments, const Console& console) {
  prepare_process();
  LoadedConfiguration loaded = load_configuration_or_default(arguments.config);
  if (!tell_problems(loaded, console)) return ExitCode::kConfiguration;
  const Serving& serving = loaded.configuration.serving;
  if (const Result<void> became = become_user(serving); !became) {
    console.complain(became.error().detail);
    return ExitCode::kNotAllowed;
  }
  Result<std::unique_ptr<Server>> server = Server::open(loaded.configuration, make_logger());
  if (!server) return tell_failure(server.error(), std::move(loaded), console);
  (*server)->stop_on_signals();
  (*server)->reload_on_hangup([&arguments, &console]() -> std::unique_ptr<Configuration> {
    LoadedConfiguration fresh = load_configuration_or_default(arguments.config);
    if (!tell_problems(fresh, console)) return nullptr;
    return std::make_unique<Configuration>(std::move(fresh.configuration));
  });
  (*server)->run();
  return ExitCode::kOk;
}

}  // namespace postreeve
