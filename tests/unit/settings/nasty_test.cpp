// Files that nobody should have written: each gets a complaint that a person understands, with its place, and none brings the program down.
#include "configuration.hpp"

namespace tally::settings {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

struct Nasty {
  const char* name;
  std::string text;  ///< of channels.d/a.yaml
  const char* said;  ///< one complaint begins so, behind "channels.d/a.yaml"
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<Nasty> nasty_files() {
  using namespace std::string_literals;
  const std::string good = "connector: x\n";
  return {
      {"a hundred thousand brackets", good + "owners: " + std::string(100'000, '['), ":2:34: more than 50 levels"},
      {"a hundred thousand braces", good + "stock: " + repeated("{a: ", 100'000), ":2:204: more than 50 levels"},
      {"lists in lists by indentation", good + "owners: \n" + repeated("- ", 200) + "a", ":3:99: more than 50 levels"},
      {"over a mebibyte", good + "# " + std::string(1 << 20, 'x') + "\n", ": the file has 1048"},
      {"a mebibyte of one line", good + "auth: " + std::string((1 << 20) - 200, 'x') + "\npolicy: z\n", ":3:9: 'policy' must be one of"},
      {"a hundred thousand keys",
       good +
           [] {
             std::string keys;
             for (int i = 0; i < 100'000; ++i) keys += "k" + std::to_string(i) + ":\n";
             return keys;
           }(),
       ":2:1: unknown key 'k0'"},
      {"a billion laughs", good + "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nowners: *c\n", ":5:9: aliases (*name) are not read"},
      {"an anchor", good + "policy: &p full\n", ":2:9: anchors (&name) are not read"},
      {"an alias of nothing", good + "policy: *p\n", ":2:9: "},
      {"a merge key", good + "<<: { policy: full }\n", ":2:1: merge keys (<<) are not read"},
      {"a tab before a key", "connector: x\nstock:\n\tcap: 1\n", ":3:"},
      {"NUL", good + "auth: a\0b\n"s, ":2: a control character stands in this line"},
      {"NUL behind a backslash", good + "auth: \"a\\0b\"\n", ":2:7: a control character stands in this text"},
      {"an escape sequence for the terminal", good + "auth: \"\\e[31m\"\n", ":2:7: a control character stands in this text"},
      {"a lone byte of Latin-1", good + "auth: M\xFCller\n", ":2: this line is not UTF-8"},
      {"half of a surrogate pair", good + "auth: \xED\xA0\x80\n", ":2: this line is not UTF-8"},
      {"UTF-16",
       "\xFF\xFE"
       "c\0o\0"s,
       ":1: this line is not UTF-8"},
      {"binary", good + "auth: !!binary R0lGODlh\n", ":2:7: tags (tag:yaml.org,2002:binary) are not read"},
      {"a tag of another language", good + "auth: !ruby/object:Gem {}\n", ":2:7: tags (!ruby/object:Gem) are not read"},
      {"a number beyond all numbers", good + "stock: { buffer: 99999999999999999999999999 }\n",
       ":2:18: 'buffer' must be a whole number from 0 to 1000000"},
      {"a negative buffer", good + "stock: { buffer: -1 }\n", ":2:18: 'buffer' must be a whole number from 0 to 1000000, but is '-1'"},
      {"an octal number", good + "stock: { buffer: 010 }\n", ":2:18: 'buffer' must be a whole number from 0 to 1000000, but is '010'"},
      {"a hexadecimal number", good + "stock: { buffer: 0x1F }\n",
       ":2:18: 'buffer' must be a whole number from 0 to 1000000, but is '0x1F'"},
      {"an exponent", good + "stock: { cap: 1e999999999 }\n", ":2:15: 'cap' must be a whole number"},
      {"not a number", good + "stock: { cap: .nan }\n", ":2:15: 'cap' must be a whole number"},
      {"yes for a policy", good + "policy: yes\n", ":2:9: 'policy' must be one of observe, create_only, no_retire, full, but is 'yes'"},
      {"a share above all", good + "stock: { share: 101% }\n",
       ":2:17: 'share' must be from 0% to 100%, but is '101%', it is how much of the available units this channel shows"},
      {"a share of far too many digits", good + "stock: { share: " + std::string(5000, '9') + "% }\n",
       ":2:17: 'share' must be from 0% to 100%"},
      {"a time of sixty bases", good + "sweep: 1:30:00\n", ":2:8: 'sweep' must be a time with its unit"},
      {"a time that overflows", good + "sweep: 99999999999999999999d\n", ":2:8: 'sweep' must be a time with its unit"},
      {"a time without unit", good + "sweep: 60\n", ":2:8: 'sweep' must be a time with its unit"},
      {"a list where a map belongs", good + "stock: [1, 2]\n", ":2:8: 'stock' must be a map of keys, but is a list"},
      {"a map where a word belongs", good + "policy: { a: b }\n", ":2:9: 'policy' must be one of"},
      {"a word for the whole file", "nonsense\n", ":1:1: the channel's file must be a map of keys, but is 'nonsense'"},
      {"nothing at all", "", ":1:1: the channel's file needs the key 'connector'"},
      {"comments alone", "# connector: x\n", ":1:1: the channel's file needs the key 'connector'"},
      {"two documents", good + "---\nconnector: y\n", ":2:1: a second document begins here"},
      {"a key that is a list", good + "? [a]\n: b\n", ":2:3: a list or a map stands where a key is expected"},
      {"a key that is nothing", good + ": b\n", ":2:"},
      {"the same key twice", good + "connector: y\n", ":2:1: 'connector' stands here a second time, it stands in line 1 already"},
      {"quotes without end", good + "auth: \"a\npolicy: full\n", ":2:7: the quotes that begin here do not end"},
      {"a brace without end", good + "stock: { cap: 1\n", ":3:1: this { has no }"},
      {"a directive", "%YAML 9.9\n---\nconnector: x\nx: 1\n", ":"},
      {"a path for a connector", "connector: ../../etc/passwd\n", ":1:12: 'connector' must be a name, but is '../../etc/passwd'"},
      {"a path for a mapping", good + "mapping: /etc/passwd\n", ":2:10: 'mapping' must be a name, but is '/etc/passwd'"},
      {"another scheme", good + "url: htps://a.example\n",
       ":2:6: 'url' must begin with https:// or http://, but begins with 'htps://', did you mean 'https'?"},
      {"a file for an address", good + "url: file:///etc/passwd\n",
       ":2:6: 'url' must begin with https:// or http://, but begins with 'file://'"},
      {"a port that is none", good + "url: https://a.example:99999\n", ":2:6: 'url' has no host that can be called"},
      {"an address without host", good + "url: https:///shop\n", ":2:6: 'url' has no host that can be called"},
      {"keys in an address", good + "url: https://a.example/?consumer_key=ck_1\n",
       ":2:6: 'url' must end with its path, without '?' or '#'"},
      {"a floor of something else", good + "price: { floor: __import__('os') }\n",
       ":2:17: 'floor' must be the cost times a number from 0 to 1000, or an amount above 0"},
      {"a currency of long ago", good + "currency: Taler\n", ":2:11: 'Taler' is no currency"},
  };
}

TEST_F(Configuration, whatever_stands_in_a_file_is_answered_with_a_place_and_a_sentence) {
  for (const Nasty& nasty : nasty_files()) {
    SCOPED_TRACE(nasty.name);
    given("channels.d/a.yaml", nasty.text);
    const auto found = complaints();
    EXPECT_THAT(found, Contains(StartsWith(std::string("channels.d/a.yaml") + nasty.said)));
    for (const std::string& text : found) EXPECT_LT(text.size(), 400u) << "nobody reads that: " << text.substr(0, 100);
  }
}

TEST_F(Configuration, the_same_files_as_tallyd_yaml_or_as_a_mapping_of_the_channel_are_refused_too) {
  given("channels.d/b.yaml", "connector: x\n");
  for (const Nasty& nasty : nasty_files()) {
    SCOPED_TRACE(nasty.name);
    if (nasty.text.find("connector") == std::string::npos && nasty.text != "nonsense\n") continue;  // an empty tallyd.yaml is a good one
    if (nasty.text.starts_with('#')) continue;
    given("tallyd.yaml", nasty.text);
    EXPECT_THAT(complaints(), Contains(StartsWith("tallyd.yaml")));
  }
}

TEST_F(Configuration, a_password_is_repeated_in_no_complaint_also_where_the_scheme_was_forgotten) {
  for (const char* url : {"https://me:hunter2@shop.example.com", "me:hunter2@shop.example.com", "postgresql://me:hunter2@db/x",
                          "https://a.example/?key=hunter2", "https://a.example#hunter2"}) {
    given("channels.d/a.yaml", std::string("connector: x\nurl: ") + url + "\n");
    given("tallyd.yaml", std::string("public_url: ") + url + "\nstore: postgresql://me:hunter2@db/x\n");
    for (const std::string& text : complaints()) EXPECT_THAT(text, testing::Not(HasSubstr("hunter2")));
  }
}

TEST_F(Configuration, an_address_to_listen_at_is_one_of_this_machine) {
  for (const char* bad : {"8780", ":8780", "127.0.0.1", "127.0.0.1:99999", "999.1.1.1:80", "::1:8780", "\"[::1]\"", "\"[127.0.0.1]:80\"",
                          "shop.example.com:80", "http://127.0.0.1:80", "127.0.0.1:80/x", "127.0.0.1:+80"}) {
    given("tallyd.yaml", std::string("listen: ") + bad + "\n");
    EXPECT_THAT(complaints(), testing::ElementsAre(HasSubstr("tallyd.yaml:1:9: 'listen' must be ADDRESS:PORT"))) << bad;
  }
  for (const char* good : {"127.0.0.1:8780", "0.0.0.0:80", "\"[::1]:8780\"", "\"[::]:443\"", "localhost:8780"}) {
    given("tallyd.yaml", std::string("listen: ") + good + "\n");
    EXPECT_NE(loaded().listen, "") << good;
  }
}

}  // namespace
}  // namespace tally::settings
