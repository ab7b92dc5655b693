#include "mail/mime_field.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

TEST(MimeField, ReadsValueAndParameters) {
  struct Case {
    const char* what;
    const char* body;
    const char* value;
    const char* name;  // parameter
    const char* parameter;
  };
  const Case cases[] = {
      {"a value alone", " Text/Plain ", "text/plain", "charset", ""},
      {"a token", "text/plain; CharSet=UTF-8", "text/plain", "charset", "UTF-8"},
      {"a quoted string", "multipart/mixed; boundary=\"a b;\\\"c\"; x=y", "multipart/mixed", "boundary",
       "a b;\"c"},
      {"white space and comments", "a/b (why) ; (c (d)) x = y (z)", "a/b", "x", "y"},
      {"no space", "a/b;x=y;z=w", "a/b", "z", "w"},
      {"what is no parameter", "a/b; ; =; x; q=1", "a/b", "q", "1"},
      {"an encoded value", "attachment; filename*=utf-8'en'%e2%82%ac%20rates", "attachment", "filename",
       "€ rates"},
      {"a continued value", "a/b; filename*0=\"long\"; filename*1=er; filename*2*=%21", "a/b", "filename",
       "longer!"},
      {"an encoded first piece", "a/b; filename*0*=us-ascii'en'a%20; filename*1=b", "a/b", "filename", "a b"},
      {"encoded before plain", "a/b; filename=old; filename*=''new", "a/b", "filename", "new"},
      {"broken percent signs", "a/b; f*=''%4;", "a/b", "f", "%4"},
      {"an open quote", "a/b; f=\"x", "a/b", "f", "x"},
      {"nothing", "", "", "f", ""},
  };
  for (const Case& c : cases) {
    const MimeField field(c.body);
    EXPECT_EQ(field.value(), c.value) << c.what;
    EXPECT_EQ(field.parameter(c.name), c.parameter) << c.what;
  }
}

RC_GTEST_PROP(MimeField, IsTotalAndNoLongerThanWhatItRead, (const std::string& body)) {
  const MimeField field(body);
  RC_ASSERT(field.value().size() <= body.size());
  RC_ASSERT(field.parameter("filename").size() <= body.size());
}

}  // namespace
}  // namespace postreeve
