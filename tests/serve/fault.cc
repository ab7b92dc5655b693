// Loaded before the daemon (LD_PRELOAD): the first memory that a thread asks for after it looked up where an
// address is, is not there. That is while it judges.
#include <dlfcn.h>

#include <cstdlib>
#include <new>

struct sockaddr;

namespace {

thread_local bool is_armed = false;

// As maxminddb.h says, whose names are not needed here.
struct LookupResult {
  bool found_entry;
  struct {
    const void* database;
    unsigned offset;
  } entry;
  unsigned short netmask;
};
using Lookup = LookupResult (*)(const void*, const sockaddr*, int*);

void* taken(std::size_t size) {
  if (is_armed) {
    is_armed = false;
    throw std::bad_alloc();
  }
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

extern "C" LookupResult MMDB_lookup_sockaddr(const void* database, const sockaddr* address, int* error) {
  static const auto real = reinterpret_cast<Lookup>(dlsym(RTLD_NEXT, "MMDB_lookup_sockaddr"));
  const LookupResult result = real(database, address, error);
  is_armed = true;
  return result;
}

void* operator new(std::size_t size) {
  return taken(size);
}
void* operator new[](std::size_t size) {
  return taken(size);
}
