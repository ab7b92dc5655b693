#include "response/fuse_text.h"

#include <fmt/format.h>

#include "response/outside_text.h"
#include "response/story.h"

namespace postreeve {
namespace {

constexpr std::string_view kOut =
    "\nWhat that means\n"
    "* Accounts that look stolen from now on are watched; nothing of theirs is slowed, held or refused.\n"
    "* Who was restricted before stays so.\n"
    "\nWhat it comes from\n"
    "* Often something is broken that makes strangers of everybody: the geography file, the clock, or "
    "client\n"
    "  addresses that are lost on the way (PROXY protocol, XCLIENT, a new webmail server).\n"
    "* Or many passwords were stolen at once.\n"
    "\nWhat comes next\n"
    "* look at who was restricted: postreeve incident list --state open\n"
    "* and who is only watched instead: fuse=out in the log\n"
    "* it was a mistake: mend it, then postreeve incident dismiss INCIDENT --reason '...'\n"
    "* they are thieves: postreeve account suspend ACCOUNT --reason '...', which the fuse does not hinder\n"
    "* the fuse comes back by itself, and you are told.\n";

constexpr std::string_view kBack =
    "\nWhat that means\n"
    "* Accounts that look stolen are slowed, held or suspended again.\n"
    "* Who was only watched meanwhile is judged by what he does from now on.\n";

}  // namespace

std::string fuse_headline(const Task& task) {
  return task.about == About::kFuseOut ? "the fuse is out: nobody else is restricted"
                                       : "the fuse is back: accounts are restricted again";
}

std::string fuse_story(const Task& task) {
  const bool is_out = task.about == About::kFuseOut;
  return fmt::format("The fuse is {} since {}: {}.\n{}", is_out ? "out" : "back", moment_in_utc(task.time),
                     outside_text(task.reason), is_out ? kOut : kBack);
}

}  // namespace postreeve
