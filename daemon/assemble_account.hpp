// Which account on its platform a channel is. The store keeps the ids of one account for each channel, so a channel never becomes another.
#pragma once

#include "assemble_asked.hpp"
#include "store/database.hpp"

namespace tally {

struct Assembled;

/// One thing that tells an account from others.
struct AccountPart {
  std::string text;  ///< "url shop.example.com"; never a secret
  Place place;
};

/// The connector and the folder; else the connector with the address and whatever else it asks for; where that is nothing, with the names
/// of the secrets. http:// and https:// are one address.
using Account = std::vector<AccountPart>;

Account account_of(const settings::Settings& settings, const settings::Channel& channel, const channel::Asked& asked);
/// "woocommerce, url shop.example.com"
std::string text_of(const Account& account);

/// Complains of each channel of which the store has a history with another account. Any thread.
Result<void> check_accounts(const Assembled& assembled, store::Database& store, Complaints& complaints);

/// What the channel's file says now is the account that the store knows, at another address: ids and listings stay, and the channel
/// observes until it is released. {channel, before, after}. Errors: not_found (no such channel), rejected (nothing moved), io.
Result<Json> accept_moved(const Assembled& assembled, const std::string& channel, const std::string& author, store::Database& store,
                          Time now);

/// How a connector's requests use the account's keys, as its file says.
struct Keys {
  std::string auth;          ///< the kind that the channel uses: basic, oauth1, token; empty: none
  std::string signing;       ///< the name of a kind that sends no key; empty: there is none
  bool in_requests = false;  ///< a request says a secret itself
  std::string base_url;      ///< with its holes
  Place base_place;
};

/// Complains where they would cross a network in clear text, at the address that the channel's file says, or the connector's own.
void check_clear_text(const settings::Channel& channel, const Keys& keys, Complaints& complaints);

}  // namespace tally
