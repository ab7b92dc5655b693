// What ordinary people have in common, for personas that are ordinary but for one thing.
#pragma once

#include "lab/people/person.h"

namespace postreeve::lab {

// An office worker: a dozen mails a day, a desktop or laptop, often a phone, colleagues.
void furnish_office(Person& person, World& world);
// A private customer: a mail every three days, a home computer or only a phone.
void furnish_consumer(Person& person, World& world);

}  // namespace postreeve::lab
