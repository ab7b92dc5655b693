// The allow and block lists as weakforced's clients keep them, over the ledger's lists.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/ledger/list_book.h"

namespace postreeve {

// What the auth policy gate does with lists; calls may block on the disk.
struct LoginLists {
  std::function<Result<void>(const ListEntry&)> add;
  std::function<Result<void>(ListName, const std::string&)> remove;  // kNotFound
  std::function<Result<std::vector<ListEntry>>(ListName, Timestamp now)> entries;
};

// `changed` is called after each change: the rules must be read again. The book must outlive it.
[[nodiscard]] LoginLists login_lists(ListBook& book, std::function<void()> changed);

}  // namespace postreeve
