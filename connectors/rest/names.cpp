#include "connectors/rest/names.hpp"

#include "base/crypto.hpp"

#include <algorithm>
#include <deque>

namespace tally::rest {
namespace {

constexpr std::size_t shown_bytes = 200;
constexpr std::size_t shortest_secret = 4;  // shorter ones would blank out ordinary words

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

void holes_of_scalar(const yaml::Node& node, std::vector<Hole>& holes) {
  const std::string& text = node.scalar;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '$') continue;
    if (text[i + 1] == '$') {
      ++i;
      continue;
    }
    if (text[i + 1] != '{') continue;
    const auto end = text.find('}', i);
    if (end == std::string::npos) return;  // Template::compile says so
    const std::string_view inside = std::string_view(text).substr(i + 2, end - i - 2);
    Place place = node.place;
    place.column += static_cast<int>(i) + (node.quoted ? 1 : 0);
    const auto bar = inside.find('|');
    const bool has_default = bar != std::string_view::npos && inside.substr(bar).find("default ") != std::string_view::npos;
    holes.push_back({trimmed(inside.substr(0, bar)), place, has_default});
    i = end;
  }
}

void collect_holes(const yaml::Node& node, std::vector<Hole>& holes) {
  if (node.is_scalar()) holes_of_scalar(node, holes);
  for (const auto& item : node.items) collect_holes(item, holes);
  for (const auto& member : node.members) collect_holes(member.value, holes);
}

}  // namespace

Vault::Vault(Json settings, channel::Ports ports) : settings_(std::move(settings)), ports_(std::move(ports)) {}

Result<std::string> Vault::value(const std::string& name) const {
  const Json* setting = settings_.find(name);
  if (setting && !setting->scalar_text().empty()) return setting->scalar_text();
  return secret(name);
}

Result<std::string> Vault::secret(const std::string& name) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = secrets_.find(name);
    if (found != secrets_.end()) return found->second;
  }
  if (!ports_.secret)
    return error(Fault::not_found, "there is no secret '" + name + "'", {}, "name it below `secrets:` in the channel's file");
  auto read = ports_.secret(name);
  if (!read) return read;
  const std::lock_guard lock(mutex_);
  secrets_[name] = *read;
  hidden_.insert(*read);
  return read;
}

Result<void> Vault::store(const std::string& name, const std::string& value) {
  {
    const std::lock_guard lock(mutex_);
    hidden_.insert(value);
    const auto found = secrets_.find(name);
    if (found != secrets_.end() && found->second == value) return {};
  }
  if (!ports_.store_secret) return error(Fault::io, "the new value of the secret '" + name + "' cannot be kept: nothing stores it");
  auto stored = ports_.store_secret(name, value);
  if (!stored) return stored;
  const std::lock_guard lock(mutex_);
  secrets_[name] = value;
  return {};
}

void Vault::remember(const std::string& value) const {
  const std::lock_guard lock(mutex_);
  if (hidden_.size() > 64) hidden_.clear();  // tokens of days ago; the secrets themselves come back below
  for (const auto& [name, secret] : secrets_) hidden_.insert(secret);
  hidden_.insert(value);
}

std::string Vault::shown(std::string_view text) const {
  std::string result(text.substr(0, 16 * shown_bytes));
  {
    const std::lock_guard lock(mutex_);
    for (const auto& value : hidden_) {
      if (value.size() >= shortest_secret) replace_all(result, value, "…");
    }
  }
  std::replace_if(
      result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  if (result.size() > shown_bytes) {
    std::size_t end = shown_bytes;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;  // never inside a character
    result = result.substr(0, end) + "…";
  }
  return result;
}

Names& Names::add(const Json& tree) {
  layers_.push_back(&tree);
  return *this;
}

Names& Names::set(const std::string& name, Json value) {
  own_[name] = std::move(value);
  return *this;
}

const Json* Names::find(std::string_view path) const {
  const auto first = path.substr(0, path.find('.'));
  if (const auto own = own_.find(first); own != own_.end()) {
    const Json* value = first.size() == path.size() ? &own->second : at_path(own->second, path.substr(first.size() + 1));
    if (value && !value->is_null()) return value;
  }
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    if (const Json* value = at_path(**layer, path)) return value;
  }
  if (const Json* value = at_path(vault_->settings(), path)) return value;
  if (!with_secrets_) return nullptr;
  if (const auto known = revealed_.find(path); known != revealed_.end()) return &known->second;
  const auto secret = vault_->secret(std::string(path));
  if (!secret) return nullptr;
  return &(revealed_[std::string(path)] = Json(*secret));
}

const Json* at_path(const Json& tree, std::string_view path) {
  const Json* value = &tree;
  while (value) {
    const auto dot = path.find('.');
    value = value->find(path.substr(0, dot));
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  return value && !value->is_null() ? value : nullptr;
}

std::vector<Hole> holes_of(const yaml::Node& node) {
  std::vector<Hole> holes;
  collect_holes(node, holes);
  return holes;
}

std::optional<Text> Text::compile(const yaml::Node& node, Complaints& complaints) {
  auto compiled = mapping::Template::compile(node, complaints);
  if (!compiled) return std::nullopt;
  Text text;
  text.template_ = std::move(*compiled);
  text.holes_ = holes_of(node);
  return text;
}

std::optional<Json> Text::fill(const Names& names) const {
  return template_.fill([&](std::string_view path) { return names.find(path); });
}

Result<std::string> Text::text(const Names& names, bool encoded) const {
  std::deque<Json> kept;  // stable addresses for the encoded values
  std::string missing;
  const auto filled = template_.fill([&](std::string_view path) -> const Json* {
    const Json* value = names.find(path);
    const auto hole = std::find_if(holes_.begin(), holes_.end(), [&](const Hole& each) { return each.name == path; });
    if (!value && missing.empty() && (hole == holes_.end() || !hole->has_default)) missing = path;
    if (!value || !encoded) return value;
    return &kept.emplace_back(crypto::url_encode(value->scalar_text()));
  });
  if (!missing.empty()) return error(Fault::rejected, "there is no ${" + missing + "} yet");
  return filled ? filled->scalar_text() : std::string();
}

}  // namespace tally::rest
