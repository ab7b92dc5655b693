// What the program tells the shell when it ends (sysexits.h).
#pragma once

namespace postreeve {

enum class ExitCode : int {
  kOk = 0,
  kFault = 1,           // doctor: something failed; as a plugin: WARNING
  kPluginCritical = 2,  // doctor --plugin
  kPluginUnknown = 3,
  kUsage = 64,        // the command line was wrong
  kData = 65,         // the input is not what it should be
  kNoInput = 66,      // the input is not there
  kNotKnown = 67,     // no such account or incident
  kUnavailable = 69,  // no daemon answers
  kInputOutput = 74,  // writing failed: the disk is full
  kTryAgain = 75,
  kNotAllowed = 77,
  kConfiguration = 78,
};

}  // namespace postreeve
