// Sets an attribute of the account's entry in the site's LDAP directory, where its mail server looks (Postfix
// check_sasl_access), and gives back exactly the values that were there.
//
// mode "replace": the attribute has the value and no other; undoing gives all old values back, or deletes the
// attribute if it was not there. "add": the value is added to the others; undoing takes it away again if it
// was added by us.
//
// What somebody else changed meanwhile stays: giving back is one modification that the server refuses when
// our value is no longer there.
//
// Limits: the entry is found by the filter each time, so an account that was renamed meanwhile is not found.
// The attribute's type needs an equality rule (nearly all have one).
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType ldap_flag_type();

}  // namespace postreeve
