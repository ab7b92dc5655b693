// Sets a flag in the site's own database, where its mail server looks (Postfix check_sasl_access), and gives
// back what was there.
//
//   set = "UPDATE users SET abused = 1 WHERE login = :account"
//   read = "SELECT abused FROM users WHERE login = :account"
//   undo = "UPDATE users SET abused = :before WHERE login = :account AND abused = 1"
//
// Values are bound (:account, :localpart, :domain, :incident, :level, :until, :reason; :before in undo) and
// never become part of the statement (SOCI's MySQL backend escapes them on our side; see sql_statement.h).
//
// Limits: one value of one row is kept and given back, as text: whole numbers, truth values, texts and dates
// come back exactly, binary values are refused.
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType sql_flag_type();

}  // namespace postreeve
