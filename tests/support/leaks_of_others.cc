// What LeakSanitizer is not to report: libraries' leaks that we cannot mend. Linked into every room's tests.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): LSan's name

extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  // SOCI 4.0 forgets a connection whose server dies between the greeting and the session's first statement,
  // as it does when a test kills PostgreSQL while the ledger connects again.
  return "leak:soci::postgresql_session_backend::connect\n";
}
