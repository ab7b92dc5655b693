#include "mail/url_finder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mail/message_content.h"

namespace postreeve {
namespace {

std::vector<std::string> hosts_in(std::string_view text, std::size_t piece = 1000) {
  UrlFinder finder;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) finder.add(text.substr(0, piece));
  finder.end_text();
  return finder.take_hosts();
}

TEST(UrlFinder, FindsHosts) {
  using Hosts = std::vector<std::string>;
  const std::pair<const char*, Hosts> cases[] = {
      {"see HTTP://Shop.Example/x and https://b.example.", {"shop.example", "b.example"}},
      {"<a href='https://a.example:8080/'>", {"a.example"}},
      {"https://user:pass@evil.example/", {"evil.example"}},
      {"https://bank.example@evil.example/", {"evil.example"}},
      {"https://bank.example/@x", {"bank.example"}},
      {"www.a.example, (www.b.example)", {"www.a.example", "www.b.example"}},
      {"awww.a.example x@www.a.example", {}},
      {"https://www.a.example", {"www.a.example"}},
      {"http://192.0.2.7/x", {"192.0.2.7"}},
      {"http://localhost http:// http://. ftp://a.example", {}},
      {"http://a.example http://a.example", {"a.example"}},
      {"https:/a.example xhttps://c.example", {"c.example"}},
  };
  for (const auto& [text, hosts] : cases) {
    EXPECT_EQ(hosts_in(text), hosts) << text;
    EXPECT_EQ(hosts_in(text, 1), hosts) << text;
  }
}

TEST(UrlFinder, KeepsABoundedNumber) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += fmt::format("http://h{}.example ", i);
  text += "http://" + std::string(1000, 'a') + ".example ";
  UrlFinder finder;
  finder.add(text);
  EXPECT_EQ(finder.count(), 100U);
  EXPECT_EQ(finder.take_hosts().size(), kMostUrlHosts);
}

TEST(RegisteredPart, IsWhatSomebodyRegistered) {
  const std::pair<const char*, const char*> cases[] = {
      {"www.shop.example", "shop.example"},
      {"shop.example", "shop.example"},
      {"a.b.shop.co.uk", "shop.co.uk"},
      {"shop.co.uk", "shop.co.uk"},
      {"co.uk", "co.uk"},
      {"x.com.br", "x.com.br"},
      {"com.example", "com.example"},
      {"192.0.2.7", "192.0.2.7"},
      {"localhost", "localhost"},
      {"", ""},
      {".a", ".a"},
  };
  for (const auto& [host, part] : cases) {
    EXPECT_EQ(registered_part(host), part) << host;
  }
  EXPECT_LE(registered_part("a..uk").size(), 5U);
}

}  // namespace
}  // namespace postreeve
