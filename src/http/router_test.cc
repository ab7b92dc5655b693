#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/target.h"

namespace postreeve {
namespace {

HttpHandler says(std::string name) {
  return [name = std::move(name)](const HttpRequest& request, HttpReply reply) {
    std::string text = name;
    for (const auto& [key, value] : request.parameters) text += ' ' + key + '=' + value;
    reply(text_response(std::move(text)));
  };
}

HttpResponse ask(const Router& router, std::string method, std::string path) {
  HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  HttpResponse answer;
  router.answer(std::move(request), [&answer](HttpResponse response) { answer = std::move(response); });
  return answer;
}

Router example() {
  Router router;
  router.add("GET", "/", says("root"));
  router.add("GET", "/accounts/{account}", says("account"));
  router.add("PUT", "/accounts/{account}", says("put"));
  router.add("GET", "/accounts/top", says("top"));
  router.add("GET", "/static/*", says("static"));
  return router;
}

TEST(Router, FindsTheHandlerAndTheParametersOfThePath) {
  const Router router = example();
  EXPECT_EQ(ask(router, "GET", "/").body, "root");
  EXPECT_EQ(ask(router, "GET", "/accounts/a@x.example").body, "account account=a@x.example");
  EXPECT_EQ(ask(router, "GET", "/accounts/top").body, "top");
  EXPECT_EQ(ask(router, "PUT", "/accounts/top").body, "put account=top");
  EXPECT_EQ(ask(router, "GET", "/static/js/a.js").body, "static *=js/a.js");
}

TEST(Router, HeadIsAnsweredByGet) {
  EXPECT_EQ(ask(example(), "HEAD", "/accounts/top").status, 200U);
}

TEST(Router, NothingIsThere) {
  for (const char* path : {"/account", "/accounts", "/accounts/", "/accounts/a/b", "/x"}) {
    const HttpResponse response = ask(example(), "GET", path);
    EXPECT_EQ(response.status, 404U) << path;
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  const HttpResponse response = ask(example(), "DELETE", "/accounts/a");
  EXPECT_EQ(response.status, 405U);
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].second, "GET, HEAD, PUT");
}

TEST(Problem, KeepsItsFormWhateverTheDetailHolds) {
  EXPECT_EQ(problem(404, "no \"x\"\n").body,
            R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no \"x\"\n"})");
}

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/a%20b/c+d?x=1+2&y&z=%26%3D&&=e");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c+d");
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"x", "1 2"}, {"y", ""}, {"z", "&="}, {"", "e"}};
  EXPECT_EQ(target->query, wanted);
  EXPECT_EQ(parse_target("http://host/a?b")->path, "/a");
  EXPECT_EQ(parse_target("http://host")->path, "/");
}

TEST(Target, RefusesWhatCouldBeReadInTwoWays) {
  for (const char* target : {"", "a", "*", "/%", "/%4", "/%gg", "/a%00", "/a%0a", "/a%2fb", "/.", "/a/..",
                             "/a/../b", "/%2e%2E/", "/?a=%", "/?%01"})
    EXPECT_FALSE(parse_target(target)) << target;
}

}  // namespace
}  // namespace postreeve
