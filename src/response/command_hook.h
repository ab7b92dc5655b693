// Runs a program of the site: a password change in the panel, an entry in a list, a text message.
//
// No shell is asked: `command` is a path and its arguments, which are given to the program as they stand.
// What happened is told in the environment, which holds nothing else, and in full as JSON on standard input.
// What came of it is its exit status: 0 done, 75 (EX_TEMPFAIL) and an end by a signal try again, anything
// else never will work. The first line that it writes becomes the sentence of the timeline.
//
// Limits: the program has ended when it has exited and its output is closed; what it leaves in the background
// with our output open is waited for, and killed at the time limit. More than 64 KiB of output is an error.
//
// The program may run twice for one change (a crash between its end and the note of it), always with the same
// task id.
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType command_hook_type();

}  // namespace postreeve
