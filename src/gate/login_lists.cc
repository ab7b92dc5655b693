#include "gate/login_lists.h"

#include <utility>

namespace postreeve {

LoginLists login_lists(ListBook& book, std::function<void()> changed) {
  return {.add = [&book, changed](const ListEntry& entry) -> Result<void> {
            auto added = book.add(entry);
            if (added) changed();
            return added;
          },
          .remove = [&book, changed = std::move(changed)](ListName list,
                                                          const std::string& value) -> Result<void> {
            auto removed = book.remove(list, value);
            if (removed) changed();
            return removed;
          },
          .entries = [&book](ListName list, Timestamp now) { return book.entries(list, now); }};
}

}  // namespace postreeve
