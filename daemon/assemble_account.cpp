#include "assemble_account.hpp"

#include "assemble.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace tally {
namespace {

namespace fs = std::filesystem;

/// Whatever the scheme, and in one spelling.
std::string address_of(std::string url) {
  if (const auto scheme = url.find("://"); scheme != std::string::npos) url.erase(0, scheme + 3);
  const auto host_end = url.begin() + static_cast<std::ptrdiff_t>(std::min(url.find('/'), url.size()));
  std::transform(url.begin(), host_end, url.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return url;
}

/// As it stands below the configuration, which may itself be moved.
std::string folder_of(const settings::Settings& settings, const std::string& folder) {
  const fs::path below = fs::path(folder).lexically_relative(settings.folder);
  return below.empty() || *below.begin() == ".." ? folder : below.string();
}

/// Channels whose account cannot change any more.
std::vector<store::ChannelRow> settled_in(store::Database& store, Result<void>& done) {
  std::vector<store::ChannelRow> rows;
  done = store.read([&](store::Session& session) -> Result<void> {
    rows = store::all_channels(session);
    std::erase_if(rows, [&](const auto& row) { return row.account.empty() || !store::has_history(session, row.no); });
    return {};
  });
  return rows;
}

/// The setting that makes it another: the first part that `known` has not.
Place differing(const Account& account, const std::string& known) {
  const auto found = std::find_if(account.begin(), account.end(), [&](const AccountPart& part) {
    return (", " + known + ", ").find(", " + part.text + ", ") == std::string::npos;
  });
  return found == account.end() ? account.front().place : found->place;
}

bool is_loopback(std::string_view host) {
  host = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find_first_of(":/"));
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && is_number);
}

}  // namespace

Account account_of(const settings::Settings& settings, const settings::Channel& channel, const channel::Asked& asked) {
  static const std::set<std::string> manners{"weight_unit", "locale", "currency"};  // how it speaks, not who it is
  Account account{{channel.connector, channel.place_of("connector")}};
  if (const std::string folder = channel.settings.text_or("folder"); !folder.empty()) {
    account.push_back({"folder " + folder_of(settings, folder), channel.place_of("folder")});
    return account;
  }
  for (const std::string& name : asked.setting_names()) {
    const Json* value = channel.settings.find(name);
    if (value == nullptr || manners.count(name) > 0) continue;
    const bool is_own = channel.says(name);
    account.push_back({name + " " + (name == "url" ? address_of(value->scalar_text()) : value->scalar_text()),
                       channel.place_of(is_own ? name : "settings/" + name)});
  }
  if (account.size() > 1) return account;
  for (const auto& [key, secret] : channel.secrets) {
    if (!key.ends_with("_old")) account.push_back({key + " " + secret, channel.place_of("secrets/" + key)});
  }
  return account;
}

std::string text_of(const Account& account) {
  std::string text;
  for (const AccountPart& part : account) text += (text.empty() ? "" : ", ") + part.text;
  return text;
}

Result<void> check_accounts(const Assembled& assembled, store::Database& store, Complaints& complaints) {
  Result<void> done;
  const auto rows = settled_in(store, done);
  if (!done) return done;
  for (std::size_t i = 0; i < assembled.channels.size(); ++i) {
    const auto& setup = assembled.channels[i];
    const std::string& name = setup.config.name;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.name == name; });
    if (row == rows.end() || row->account == setup.account) continue;
    complaints.push_back({differing(assembled.accounts[i], row->account),
                          "the channel '" + name + "' is the account " + row->account + ", and this says " + setup.account +
                              ": the ids and orders that are known are those of the first",
                          "another account is another channel: give it a file with a name of its own; if the same account only moved, "
                          "stop tallyd and run `tallyd channel moved " +
                              name + "`"});
  }
  return {};
}

Result<Json> accept_moved(const Assembled& assembled, const std::string& name, const std::string& author, store::Database& store,
                          Time now) {
  const auto& channels = assembled.channels;
  const auto setup = std::find_if(channels.begin(), channels.end(), [&](const auto& each) { return each.config.name == name; });
  if (setup == channels.end()) return error(Fault::not_found, "there is no channel '" + name + "'", "channel moved");
  Result<void> done;
  const auto rows = settled_in(store, done);
  if (!done) return done.error();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.name == name; });
  if (row == rows.end() || row->account == setup->account)
    return error(Fault::rejected, "'" + name + "' did not move: it is " + setup->account, "channel moved",
                 "change its file first; `tallyd run` says where it is another account");
  const Json answer = Json::object({{"channel", name}, {"before", row->account}, {"after", setup->account}});
  done = store.write([&](store::Session& session) -> Result<void> {
    store::set_account(session, row->no, setup->account);
    store::set_released(session, row->no, false);
    store::journal(session, {0, now, "channel.moved", author, row->no, name, answer.dump()});
    return {};
  });
  if (!done) return done.error();
  return answer;
}

void check_clear_text(const settings::Channel& channel, const Keys& keys, Complaints& complaints) {
  const bool are_sent = keys.auth.empty() ? keys.in_requests : keys.auth != "oauth1";
  const std::string said = channel.settings.text_or("url");
  const bool is_own = !said.empty() && keys.base_url.find("${url") != std::string::npos;
  const std::string_view url = is_own ? std::string_view(said) : std::string_view(keys.base_url);
  constexpr std::string_view clear = "http://";
  const auto at = url.find(clear);
  if (!are_sent || at == std::string_view::npos || is_loopback(url.substr(at + clear.size()))) return;
  complaints.push_back(
      {is_own ? channel.place_of("url") : keys.base_place,
       "over http:// the keys of this " + std::string(keys.auth.empty() ? "account" : "shop") +
           " would cross the network in clear text, for everybody on the way to read",
       keys.signing.empty() ? "write https://…" : "write https://…, or `auth: " + keys.signing + "`, which signs and sends no key"});
}

}  // namespace tally
