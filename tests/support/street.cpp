#include "support/street.hpp"

#include <httplib.h>
#include <sqlite3.h>

#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tally::tests {
namespace {

namespace fs = std::filesystem;

constexpr const char* aes_key = "teststestsmoretestsandsomemoretestsforthebA";
constexpr std::size_t most_of_the_log = 3000;

const std::map<std::string, std::string>& secrets() {
  static const std::map<std::string, std::string> all{
      {"key", "ck_test"},          {"secret", "cs_test"}, {"webhook_secret", "wh_test"},   {"mini_secret", "mini_test"},
      {"push_token", "push_test"}, {"aes_key", aes_key},  {"market_secret", "market_test"}};
  return all;
}

/// A port that was free a moment ago.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  const bool found = ::bind(socket, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  ::close(socket);
  if (!found) throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

std::string connector_part(const std::string& dialect) {
  if (dialect == "woocommerce") return "weight_unit: kg\nsecrets: { key: key, secret: secret, webhook_secret: webhook_secret }\n";
  if (dialect == "wechat-shop")
    return "settings: { appid: wxtest000000000001, return_address: 77 }\nsecrets: { secret: mini_secret, push_token: push_token, aes_key: "
           "aes_key }\n"
           "tables: { category: { Clothes: 6057 } }\n";
  if (dialect == "douyin")
    return "settings: { shop_id: \"4463798\", app_key: \"7000000000000000001\", return_address: 77 }\nsecrets: { secret: market_secret }\n"
           "tables: { leaf: { Clothes: 20219 } }\n";
  return "settings: { finished_after: 0s, receipts: unique }\n";
}

Json answer_in(const httplib::Result& result, const std::string& what) {
  if (!result) throw std::runtime_error("the sandbox does not answer: " + what);
  auto body = Json::parse(result->body);
  if (!body || result->status != 200) throw std::runtime_error("the sandbox says to " + what + ": " + result->body);
  return std::move(*body);
}

}  // namespace

std::filesystem::path program() {
  return TALLYD_BINARY;
}

Json Ended::json() const {
  const auto end = out.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto begin = out.rfind('\n', end);
  auto parsed = Json::parse(
      std::string_view(out).substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? -1 : begin)));
  return parsed ? std::move(*parsed) : Json();
}

Json platform(const std::string& name, const std::string& dialect) {
  Json entry = Json::object({{"name", name}, {"dialect", dialect}, {"currency", "CNY"}});
  if (dialect == "woocommerce")
    entry.set("secrets", Json::object({{"key", "ck_test"}, {"secret", "cs_test"}, {"webhook_secret", "wh_test"}}));
  if (dialect == "wechat-shop")
    entry.set("secrets",
              Json::object({{"appid", "wxtest000000000001"}, {"secret", "mini_test"}, {"push_token", "push_test"}, {"aes_key", aes_key}}));
  if (dialect == "douyin")
    entry.set("secrets", Json::object({{"app_key", "7000000000000000001"}, {"secret", "market_test"}, {"shop_id", "4463798"}}));
  return entry;
}

std::string three_products() {
  return "code,title,description,category,image,sku,price,stock\n"
         "TEE,Tee,A plain tee,Clothes,https://pictures.example.com/tee.jpg,TEE,19.90,10\n"
         "MUG,Mug,A plain mug,Clothes,https://pictures.example.com/mug.jpg,MUG,9.50,5\n"
         "CAP,Cap,A plain cap,Clothes,https://pictures.example.com/cap.jpg,CAP,12.00,7\n";
}

Street::Street(std::vector<Json> platforms) : hook_port_(free_port()) {
  for (Json& entry : platforms) {
    const std::string name = entry.text_or("name");
    if (entry.text_or("dialect") == "till") entry.set("folder", file(name).string());
    auths_[name] = entry.text_or("auth", "oauth1");
  }
  write_file(file("sandbox.json"), Json::object({{"seed", 11}, {"platforms", Json(Json::Array(platforms))}}).dump());
  sandbox_.start(program(), {"sandbox", "--config", file("sandbox.json").string()}, file("sandbox.out"), file("sandbox.log"));
  std::string line;
  const auto told = [&] {
    line = content_of(file("sandbox.out"));
    return line.find('\n') != std::string::npos || !sandbox_.runs();
  };
  if (!eventually(told, seconds(20)) || !sandbox_.runs()) throw std::runtime_error("no sandbox: " + content_of(file("sandbox.log")));
  const auto description = Json::parse(line.substr(0, line.find('\n')));
  if (!description) throw std::runtime_error("the sandbox said: " + line);
  control_port_ = static_cast<int>(description->find("control")->integer_or("port"));
  for (const Json& entry : description->find("platforms")->as_array()) {
    const std::string name = entry.text_or("name");
    urls_[name] = entry.text_or("url");
    dialects_[name] = entry.text_or("dialect");
  }
  const std::string listen = "127.0.0.1:" + std::to_string(hook_port_);
  write_file(file("config/tallyd.yaml"),
             "store: sqlite:tally.db\ncurrency: CNY\nlisten: " + listen + "\npublic_url: http://" + listen + "\n");
  fs::create_directories(file("config/channels.d"));
  for (const auto& [name, value] : secrets()) write_file(file("config/secrets/" + name), value + "\n");
  fs::permissions(file("config/secrets"), fs::perms::owner_all);
}

Street::~Street() {
  daemon_.stop();
  sandbox_.stop();
}

std::string Street::address(const std::string& name) const {
  return urls_.at(name).empty() ? "folder: " + file(name).string() + "\n" : "url: " + urls_.at(name) + "\n";
}

void Street::write_channel(const std::string& name, const std::string& more) {
  const std::string& dialect = dialects_.at(name);
  std::string text = "connector: " + dialect + "\n" + address(name) + "currency: CNY\n" + connector_part(dialect);
  if (dialect == "woocommerce") text += "auth: " + auths_.at(name) + "\n";
  if (more.find("orders:") == std::string::npos) text += "orders: { every: 1s }\n";
  if (more.find("sweep:") == std::string::npos) text += "sweep: 2s\n";
  if (more.find("limits:") == std::string::npos && dialect != "till") text += "limits: { requests_per_second: 40, concurrency: 4 }\n";
  write_file(channel_file(name), text + "settle: 500ms\n" + more);
}

void Street::enter_hook(const std::string& name) {
  tell(name, "hook", Json::object({{"url", "http://127.0.0.1:" + std::to_string(hook_port_) + "/hooks/" + name}}));
}

void Street::open() {
  daemon_.start(program(), {"run", "--config", file("config").string()}, file("tallyd.out"), file("tallyd.log"));
  const auto there = [&] { return !daemon_.runs() || tallyd({"status"}).code == 0; };
  if (!eventually(there, seconds(30)) || !daemon_.runs()) throw std::runtime_error("no daemon: " + daemon_log());
}

Json Street::import(const std::string& csv) {
  write_file(file("products.csv"), csv);
  return done({"import", file("products.csv").string()});
}

void Street::release(const std::vector<std::string>& channels) {
  for (const auto& name : channels) done({"channel", "release", name});
  const Ended synced = tallyd({"sync", "--wait", "60s"});  // 3: calm, but for something that is parked
  if (synced.code != 0 && synced.code != 3) throw std::runtime_error("sync ended with " + std::to_string(synced.code) + ": " + synced.err);
}

Ended Street::tallyd(std::vector<std::string> words, milliseconds patience) {
  words.insert(words.end(), {"--config", file("config").string(), "--json"});
  const std::string name = "command-" + std::to_string(++commands_ % 8);  // the last few stay to be looked at
  Process command;
  command.start(program(), words, file(name + ".out"), file(name + ".err"));
  const auto code = command.wait(patience);
  if (!code) throw std::runtime_error("tallyd " + words.front() + " does not end");
  return Ended{.code = *code, .out = content_of(file(name + ".out")), .err = content_of(file(name + ".err"))};
}

Json Street::done(const std::vector<std::string>& words) {
  const Ended ended = tallyd(words);
  if (ended.code != 0)
    throw std::runtime_error("tallyd " + words.front() + " ended with " + std::to_string(ended.code) + ": " + ended.out + ended.err);
  return ended.json();
}

Json Street::channel(const std::string& name) {
  const Json now = status();
  for (const Json& entry : now.find("channels")->as_array()) {
    if (entry.text_or("name") == name) return entry;
  }
  return {};
}

Json Street::problem(const std::string& text) {
  const Json now = status();
  for (const Json& entry : now.find("problems")->as_array()) {
    if (entry.text_or("reason").find(text) != std::string::npos) return entry;
  }
  return {};
}

std::optional<std::int64_t> Street::available(const std::string& sku) {
  const Json answer = done({"product", "list", "--sku", sku});
  std::optional<std::int64_t> sum;
  for (const Json& product : answer.find("items")->as_array()) {
    for (const Json& stock : product.find("stock")->as_array()) {
      if (stock.text_or("sku") == sku) sum = sum.value_or(0) + stock.integer_or("available");
    }
  }
  return sum;
}

Json Street::ask(const std::string& name, const std::string& path) {
  httplib::Client client("127.0.0.1", control_port_);
  const std::string target = "/platforms/" + name + "/" + path;
  return answer_in(client.Get(target), target);
}

Json Street::tell(const std::string& name, const std::string& path, const Json& wish) {
  httplib::Client client("127.0.0.1", control_port_);
  const std::string target = "/platforms/" + name + "/" + path;
  return answer_in(client.Post(target, wish.dump(), "application/json"), target);
}

Json Street::offer(const std::string& name, const std::string& sku) {
  const Json all = ask(name, "offers");
  for (const Json& entry : all.find("offers")->as_array()) {
    if (entry.text_or("sku") == sku) return entry;
  }
  return {};
}

std::int64_t Street::shown(const std::string& name, const std::string& sku) {
  return offer(name, sku).integer_or("quantity", -1);
}

std::int64_t Street::inbox_rows() const {
  sqlite3* opened = nullptr;
  const int failed = sqlite3_open_v2(file("config/tally.db").c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> store(opened, sqlite3_close);
  sqlite3_stmt* prepared = nullptr;
  if (failed != SQLITE_OK || sqlite3_busy_timeout(opened, 5000) != SQLITE_OK ||
      sqlite3_prepare_v2(opened, "SELECT count(*) FROM inbox", -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error("the store cannot be read: " + std::string(sqlite3_errmsg(opened)));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
  if (sqlite3_step(prepared) != SQLITE_ROW) throw std::runtime_error("the inbox cannot be counted");
  return sqlite3_column_int64(prepared, 0);
}

::testing::AssertionResult Street::soon(const std::function<bool()>& so, milliseconds patience) {
  if (eventually(so, patience)) return ::testing::AssertionSuccess();
  const std::string log = daemon_log();
  return ::testing::AssertionFailure() << "not within " << patience.count() << " ms.\nStatus: " << tallyd({"status"}).json().pretty()
                                       << "\nLog: …" << log.substr(log.size() - std::min(log.size(), most_of_the_log));
}

}  // namespace tally::tests
