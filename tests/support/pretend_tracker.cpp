#include "support/pretend_tracker.hpp"

#include "base/crypto.hpp"

#include <httplib.h>

#include <chrono>
#include <stdexcept>

namespace tally::tests {
namespace {

constexpr auto closest_queries = std::chrono::minutes(30);

std::string signed_upper(const std::string& text) {
  std::string sign = crypto::hex(crypto::digest(crypto::Digest::md5, text));
  for (char& c : sign) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return sign;
}

std::map<std::string, std::string> form_in(const std::string& body) {
  httplib::Params params;
  httplib::detail::parse_query_text(body, params);
  return {params.begin(), params.end()};
}

std::string text_at(const Json& json, std::string_view pointer) {
  const Json* value = json.at(pointer);
  return value ? value->scalar_text() : "";
}

}  // namespace

PretendTracker::PretendTracker() : server_(std::make_unique<httplib::Server>()) {
  server_->Post("/poll", [this](const httplib::Request& request, httplib::Response& response) {
    response.set_content(subscribe(request.body), "application/json");
  });
  server_->Post("/poll/query.do", [this](const httplib::Request& request, httplib::Response& response) {
    response.set_content(query(request.body), "application/json");
  });
  port_ = server_->bind_to_any_port("127.0.0.1");
  if (port_ < 0) throw std::runtime_error("the pretend tracker has no port");
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

PretendTracker::~PretendTracker() {
  server_->stop();
  thread_.join();
}

void PretendTracker::refuse_all(const std::string& code) {
  const std::lock_guard lock(mutex_);
  refused_with_ = code;
}

std::map<std::string, PretendTracker::Follower> PretendTracker::followers() const {
  const std::lock_guard lock(mutex_);
  return followers_;
}
int PretendTracker::subscriptions() const {
  const std::lock_guard lock(mutex_);
  return subscriptions_;
}
int PretendTracker::queries() const {
  const std::lock_guard lock(mutex_);
  return queries_;
}
std::vector<std::string> PretendTracker::complaints() const {
  const std::lock_guard lock(mutex_);
  return complaints_;
}

std::string PretendTracker::refusal(const std::string& code, const std::string& why) {
  if (code != "501" && code != refused_with_) complaints_.push_back(code + ": " + why);
  return Json::object({{"result", false}, {"returnCode", code}, {"message", why}}).dump();
}

std::string PretendTracker::subscribe(const std::string& body) {
  const std::lock_guard lock(mutex_);
  ++subscriptions_;
  if (!refused_with_.empty()) return refusal(refused_with_, "refused");
  const auto form = form_in(body);
  const auto param = form.contains("param") ? Json::parse(form.at("param")) : Result<Json>(error(Fault::invalid, "no param"));
  if (!param || form.at("schema") != "json") return refusal("700", "no schema or param: " + body);
  if (param->text_or("key") != key) return refusal("600", "the key is not known");
  const std::string number = param->text_or("number"), company = param->text_or("company");
  if (company != "yuantong" && company != "shunfeng") return refusal("702", "no such company: " + company);
  if (text_at(*param, "/parameters/salt") != salt) return refusal("700", "no salt");
  const bool known = followers_.contains(number);
  followers_[number] = {company, text_at(*param, "/parameters/callbackurl"), text_at(*param, "/parameters/phone")};
  if (known) return refusal("501", "followed already");
  return Json::object({{"result", true}, {"returnCode", "200"}, {"message", "ok"}}).dump();
}

std::string PretendTracker::query(const std::string& body) {
  const std::lock_guard lock(mutex_);
  ++queries_;
  if (!refused_with_.empty()) return refusal(refused_with_, "refused");
  const auto form = form_in(body);
  for (const auto* name : {"param", "sign", "customer"}) {
    if (!form.contains(name)) return refusal("400", std::string("there is no ") + name);
  }
  if (form.at("customer") != customer || form.at("sign") != signed_upper(form.at("param") + key + customer))
    return refusal("503", "the signature is wrong");
  const auto param = Json::parse(form.at("param"));
  const std::string number = param ? param->text_or("num") : "";
  const auto now = std::chrono::steady_clock::now();
  if (asked_.contains(number) && now - asked_[number] < closest_queries)
    return refusal("400", number + " was asked for within half an hour: it is locked");
  asked_[number] = now;
  if (!results_.contains(number)) return Json::object({{"result", false}, {"returnCode", "500"}, {"message", "nothing so far"}}).dump();
  return results_[number];
}

void PretendTracker::moved(const std::string& number, const std::string& state, const std::string& time, const std::string& context) {
  const std::lock_guard lock(mutex_);
  const Json event = Json::object({{"time", time}, {"ftime", time}, {"context", context}, {"areaCode", Json()}});
  Json result =
      Json::object({{"message", "ok"}, {"nu", number}, {"ischeck", state == "3" ? "1" : "0"}, {"com", "yuantong"}, {"status", "200"}});
  result.set("state", state);
  result.set("data", Json::Array{event});
  results_[number] = result.dump();
}

std::string PretendTracker::push(const std::string& number, const std::string& status, const std::string& other_salt) {
  std::string param, callback;
  {
    const std::lock_guard lock(mutex_);
    Json news = Json::object({{"status", status}, {"message", ""}});
    news.set("lastResult", *Json::parse(results_.at(number)));
    param = news.dump();
    callback = followers_.at(number).callback;
  }
  const auto path = callback.find('/', callback.find("//") + 2);
  httplib::Client client(callback.substr(0, path));
  const httplib::Params form{{"sign", signed_upper(param + (other_salt.empty() ? salt : other_salt))}, {"param", param}};
  const auto answer = client.Post(callback.substr(path), form);
  if (!answer) return "no answer";
  return answer->status == 200 ? answer->body : "HTTP " + std::to_string(answer->status);
}

}  // namespace tally::tests
