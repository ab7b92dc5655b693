// Writes docs/configuration.md from the table of settings.
#pragma once

#include <string>

namespace postreeve {

// The whole page, Markdown.
[[nodiscard]] std::string configuration_page();

}  // namespace postreeve
