#include "assemble.hpp"

#include "assemble_account.hpp"
#include "assemble_asked.hpp"
#include "assemble_disk.hpp"
#include "base/crypto.hpp"
#include "channel/asked.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace tally {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = 1 << 20;

std::optional<std::string> text_of_file(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed) || fs::file_size(file, failed) > largest_file) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::optional<fs::path> first_existing(const std::vector<fs::path>& folders, const fs::path& name) {
  std::error_code failed;
  for (const auto& folder : folders) {
    if (fs::is_regular_file(folder / name, failed)) return folder / name;
  }
  return std::nullopt;
}

std::vector<std::string> connector_names(const settings::Settings& settings) {
  std::set<std::string> names;
  std::error_code failed;
  for (const auto& folder : settings.connector_folders) {
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
      if (fs::is_regular_file(it->path() / "connector.yaml", failed)) names.insert(it->path().filename().string());
    }
  }
  return {names.begin(), names.end()};
}

void complain(Complaints& complaints, Place place, std::string what, std::string hint = {}) {
  complaints.push_back({std::move(place), std::move(what), std::move(hint)});
}

/// The nearest name, and all that there are.
std::string among(const std::string& word, const std::vector<std::string>& names) {
  const std::string meant = did_you_mean(word, names);
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return meant + (meant.empty() ? "" : " ") + "there are " + all;
}

/// Not even one of those that tallyd brings was found.
std::string nowhere(const std::vector<fs::path>& folders) {
  std::string looked;
  for (const auto& folder : folders) looked += (looked.empty() ? "" : " and ") + folder.string();
  return "there is none at all in " + looked +
         ": let TALLYD_SHARE name the folder in which connectors/ and mappings/ of tallyd lie, such as /usr/share/tallyd";
}

engine::Policy policy_of(settings::Policy policy) {
  switch (policy) {
    case settings::Policy::observe:
      return engine::Policy::observe;
    case settings::Policy::create_only:
      return engine::Policy::create_only;
    case settings::Policy::no_retire:
      return engine::Policy::no_retire;
    case settings::Policy::full:
      return engine::Policy::full;
  }
  return engine::Policy::observe;
}

engine::Owner owner_of(settings::Owner owner) {
  switch (owner) {
    case settings::Owner::master:
      return engine::Owner::master;
    case settings::Owner::channel:
      return engine::Owner::channel;
    case settings::Owner::newest:
      return engine::Owner::newest;
  }
  return engine::Owner::master;
}

engine::StockRule stock_rule_of(const settings::StockRule& said) {
  engine::StockRule rule{said.buffer, said.share, said.cap, std::nullopt};
  if (said.follows) rule.follows = engine::SalesBuffer{said.follows->window, said.follows->delay, said.follows->at_most};
  return rule;
}

/// Where the channel's platform reaches our door; empty: nowhere.
std::string hook_url_of(const settings::Settings& settings, const settings::Channel& channel) {
  return settings.public_url.empty() ? "" : settings.public_url + "/hooks/" + channel.id.text;
}

engine::ChannelConfig rules_of(const settings::Settings& settings, const settings::Channel& channel) {
  engine::ChannelConfig rules;
  rules.name = channel.id.text;
  rules.connector = channel.connector;
  rules.policy = policy_of(channel.policy);
  for (const auto& location : channel.locations) rules.locations.push_back(location.text);
  rules.stock = stock_rule_of(channel.stock);
  for (const auto& quota : channel.stock.quotas) rules.quotas.push_back({quota.sku, quota.units, quota.from, quota.until});
  rules.price = {channel.price.factor, channel.price.round_to, channel.price.floor, channel.price.ceiling};
  rules.currency = channel.settings.text_or("currency", settings.currency);
  for (const auto& [field, owner] : channel.owners) rules.owners[field] = owner_of(owner);
  rules.orders_every = channel.orders.every;
  rules.hook_url = hook_url_of(settings, channel);
  rules.sweep_every = channel.sweep;
  if (channel.orders.reserve == "placed") rules.reserve = ReserveAt::placed;
  if (channel.orders.reserve == "paid") rules.reserve = ReserveAt::paid;
  rules.reserve_for = channel.orders.reserve_for;
  rules.close_after = channel.orders.close_after;
  return rules;
}

engine::Config config_of(const settings::Settings& settings) {
  engine::Config config;
  config.currency = settings.currency;
  for (const auto& location : settings.locations)
    config.locations.push_back({location.id.text, location.counted_by, location.held_by, location.counts_free, location.knows_after});
  config.guard.to_zero = settings.guard.to_zero;
  config.guard.price = settings.guard.price;
  config.guard.ends = settings.guard.ends;
  config.guard.creates = settings.guard.creates;
  config.guard.least = settings.guard.least;
  for (const auto& rule : settings.review)
    config.review.push_back({rule.name, rule.total_above, rule.countries, rule.other_than, rule.new_buyer, rule.first_order,
                             rule.email_domains, rule.skus, rule.quantity_above, rule.channels});
  for (const auto& rule : settings.routing) {
    auto& routing = config.routing.emplace_back(engine::RoutingRule{rule.countries, rule.regions, rule.skus, rule.channels, {}});
    for (const auto& location : rule.from) routing.from.push_back(location.text);
  }
  config.privacy = {settings.privacy.keep_raw, settings.privacy.keep_buyers};
  return config;
}

/// The host and port of the channel's own address: the merchant wrote it, so it may be one of their own network.
std::string host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  const auto rest = url.substr(scheme + 3);
  return std::string(rest.substr(0, rest.find_first_of("/?#")));
}

channel::Ports ports_for(const settings::Settings& settings, const settings::Channel& channel, unsigned requests_per_second, Lent& lent) {
  channel::Ports ports;
  ports.http = &lent.within(channel.id.text, requests_per_second);
  ports.clock = &lent.clock;
  ports.seed =
      std::hash<std::string>{}(channel.id.text) ^ static_cast<std::uint64_t>(to_ms(lent.clock.now()));  // nonces differ after a restart
  ports.log = lent.log;
  ports.meter = lent.budgets.for_channel(channel.id.text);
  const auto folder = settings.folder;
  const auto names = channel.secrets;
  const std::string prefix = channel.id.text;
  ports.secret = [folder, names, prefix](const std::string& name) {
    const auto found = names.find(name);
    // What the connector keeps for itself (a rotated token) goes by the channel's name.
    return settings::secret(folder, found != names.end() ? found->second : prefix + "." + name);
  };
  ports.store_secret = [folder, names, prefix](const std::string& name, const std::string& value) {
    const auto found = names.find(name);
    return settings::store_secret(folder, found != names.end() ? found->second : prefix + "." + name, value);
  };
  return ports;
}

/// What must be known of a connector's file before its connector exists.
struct Outline {
  std::string over = "http";  ///< which coded connector reads the file
  unsigned requests_per_second = 0;
  std::vector<std::string> folders;  ///< that it uses below the channel's own
  Keys keys;
  std::optional<channel::Asked> asked;  ///< nothing if the file cannot be read
};

void add_auth(const yaml::Node& auths, const settings::Channel& channel, Outline& outline) {
  static const std::set<std::string> kinds{"basic", "oauth1", "token"};
  for (const auto& [name, place, value] : auths.members) {
    if (value.members.empty()) continue;
    const auto& inner = value.members.front();
    const std::string kind = kinds.count(inner.key) > 0 && inner.value.is_map() ? inner.key : name;  // { NAME: { KIND: … } } or { KIND: … }
    if (outline.keys.auth.empty() && (channel.auth.empty() || channel.auth == name)) outline.keys.auth = kind;
    if (kind == "oauth1") outline.keys.signing = name;
  }
}

/// Somewhere in it, a hole says one of the secrets.
bool says_secret(const yaml::Node& node, const std::vector<std::string>& secrets) {
  for (auto at = node.scalar.find("${"); at != std::string::npos; at = node.scalar.find("${", at + 1)) {
    const auto from = node.scalar.find_first_not_of(' ', at + 2), end = node.scalar.find_first_of(" |}", from);
    if (from == std::string::npos || end == std::string::npos) break;
    if (std::find(secrets.begin(), secrets.end(), node.scalar.substr(from, end - from)) != secrets.end()) return true;
  }
  return std::any_of(node.items.begin(), node.items.end(), [&](const auto& item) { return says_secret(item, secrets); }) ||
         std::any_of(node.members.begin(), node.members.end(), [&](const auto& member) { return says_secret(member.value, secrets); });
}

Outline outline_of(const std::string& text, const std::string& file, const settings::Channel& channel) {
  Outline outline;
  Complaints ignored;  // the connector itself reads the file whole and says what is wrong with it
  const auto node = yaml::parse(text, file, ignored);
  if (node) {
    yaml::Reader reader(*node, file, ignored);
    outline.asked = channel::take_asked(reader, ignored);
  }
  const auto* over = node ? node->find("over") : nullptr;
  if (over && over->is_scalar()) outline.over = over->scalar;
  if (const auto* auths = node ? node->find("auth") : nullptr) add_auth(*auths, channel, outline);
  if (outline.asked) outline.keys.in_requests = says_secret(*node, outline.asked->secret_names());
  if (const auto* base = node ? node->find("base_url") : nullptr) {
    outline.keys.base_url = base->scalar;
    outline.keys.base_place = base->place;
  }
  const auto* limits = node ? node->find("limits") : nullptr;
  const auto* rate = limits ? limits->find("per_second") : nullptr;
  std::int64_t most = 0;
  if (rate) {
    if (const auto number = Json(rate->scalar).integer()) most = *number;
  }
  if (channel.limits) most = channel.limits->integer_or("requests_per_second", most);
  if (const auto* folders = node ? node->find("folders") : nullptr) {
    for (const auto& member : folders->members) outline.folders.push_back(member.value.scalar);
  }
  outline.requests_per_second = static_cast<unsigned>(std::clamp<std::int64_t>(most, 0, 100000));
  return outline;
}

/// A connector's file, found and read; its text is empty where that failed.
struct Source {
  fs::path file;
  std::string text;
};

Source connector_source(const settings::Settings& settings, const settings::Channel& channel, Complaints& complaints) {
  if (channel.connector.empty()) return {};
  const auto file = first_existing(settings.connector_folders, fs::path(channel.connector) / "connector.yaml");
  if (!file) {
    const auto names = connector_names(settings);
    complain(complaints, channel.place_of("connector"), "there is no connector '" + channel.connector + "'",
             names.empty() ? nowhere(settings.connector_folders) : among(channel.connector, names));
    return {};
  }
  if (auto text = text_of_file(*file)) return {*file, std::move(*text)};
  complain(complaints, {file->string(), 0, 0}, "cannot be read, or is over 1 MiB");
  return {};
}

MappingText mapping_text(const settings::Settings& settings, const MappingFile& file, const std::optional<yaml::Node>& overlay) {
  constexpr int most_extends = 10;
  MappingText found;
  Complaints ignored;  // compile_mapping says what is wrong with them
  fs::path next = file.file;
  for (int i = 0; i <= most_extends && !next.empty(); ++i) {
    const auto text = text_of_file(next);
    const auto node = text ? yaml::parse(*text, next.string(), ignored) : std::nullopt;
    if (!node) break;
    found.bytes += *text;
    add_text(*node, found);
    add_tables(*node, found);
    const auto* extends = node->find("extends");
    next = extends ? first_existing(settings.mapping_folders, extends->scalar + ".yaml").value_or(fs::path()) : fs::path();
  }
  if (overlay) add_text(*overlay, found);
  return found;
}

/// The channel's mapping: null where it is faulty, which has been complained of.
struct Compiled {
  std::shared_ptr<const mapping::Mapping> mapping;
  std::optional<MappingText> text;  ///< nothing if its file cannot be read
};

Compiled compiled_for(const settings::Settings& settings, const settings::Channel& channel, bool connector_is_there,
                      Complaints& complaints) {
  if (channel.mapping.empty()) return {};
  const bool is_named = channel.mapping != channel.connector;
  const auto file = first_existing(settings.mapping_folders, channel.mapping + ".yaml");
  if (!file) {
    std::vector<std::string> names;
    for (const auto& known : mapping_files(settings)) names.push_back(known.name);
    const Place place = channel.place_of(!is_named ? "connector" : channel.says("mapping/extends") ? "mapping/extends" : "mapping");
    if (is_named || connector_is_there)  // else it is the connector's name that is wrong
      complain(complaints, place, "there is no mapping '" + channel.mapping + "'",
               names.empty() ? nowhere(settings.mapping_folders) : among(channel.mapping, names));
    return {};
  }
  mapping::ChannelContext context;
  context.settings = channel.settings;
  context.overlay = channel.overlay;
  context.currency = channel.settings.text_or("currency", settings.currency);
  Compiled compiled;
  compiled.text = mapping_text(settings, {channel.mapping, *file}, channel.overlay);
  compiled.mapping = compile_mapping(settings, {channel.mapping, *file}, context, complaints);
  return compiled;
}

channel::Recipe recipe_for(const settings::Settings& settings, const settings::Channel& channel, const Source& source,
                           std::shared_ptr<const mapping::Mapping> mapping) {
  channel::Recipe recipe;
  recipe.channel = channel.id.text;
  recipe.connector = channel.connector;
  recipe.file = source.file.string();
  recipe.text = source.text;
  recipe.settings = channel.settings;
  recipe.settings.set("hook_url", hook_url_of(settings, channel));
  recipe.auth = channel.auth;
  recipe.overrides = channel.limits.value_or(Json::object());
  if (channel.settle) recipe.overrides.set("settle_ms", channel.settle->count());
  recipe.mapping = std::move(mapping);
  recipe.channel_file = channel.file;
  for (const auto& said : said_by(channel)) {
    recipe.places[said.path] = said.place;
    if (said.is_faulty) recipe.complained.insert(said.path);
  }
  for (const char* key : {"auth", "settings", "secrets"}) {
    if (channel.says(key)) recipe.places[key] = channel.place_of(key);
  }
  if (const Json* budgets = recipe.overrides.find("budgets")) {
    for (const auto& [name, most] : budgets->as_object())
      recipe.places["limits/budgets/" + name] = channel.place_of("limits/budgets/" + name);
  }
  return recipe;
}

struct Built {
  Account account;
  std::shared_ptr<channel::Connector> connector;
  std::shared_ptr<const mapping::Mapping> mapping;
  std::string rules;
};

/// Of everything that says what is to stand on the channel; which of it does so in fact, comparing tells.
std::string digest_of_rules(const settings::Settings& settings, const settings::Channel& channel, const Source& source,
                            const std::string& mapping) {
  const auto text = [](const fs::path& file) { return text_of_file(file).value_or(""); };
  std::string all;
  for (const auto& part : {text(settings.folder / "tallyd.yaml"), text(channel.file), source.text, mapping})
    all += std::to_string(part.size()) + ":" + part;
  return crypto::hex(crypto::digest(crypto::Digest::sha256, all));
}

/// Goes on after each fault as far as the rest can be judged without it.
std::optional<Built> build(const settings::Settings& settings, const settings::Channel& channel, Lent& lent, Disk disk,
                           Complaints& complaints) {
  const auto before = complaints.size();
  const Source source = connector_source(settings, channel, complaints);
  Compiled compiled = compiled_for(settings, channel, !source.text.empty(), complaints);
  if (compiled.text) check_owners(channel, *compiled.text, complaints);
  if (compiled.text) check_tables(channel, *compiled.text, complaints);
  if (source.text.empty()) return std::nullopt;
  const channel::Recipe recipe = recipe_for(settings, channel, source, compiled.mapping);
  const auto outline = outline_of(source.text, recipe.file, channel);
  if (disk == Disk::all && outline.over == "files") check_folders(channel, outline.folders, complaints);
  if (outline.asked) check_asked(channel, *outline.asked, compiled.text, complaints);
  check_clear_text(channel, outline.keys, complaints);
  const auto make = coded_connectors().find(outline.over);
  if (make == coded_connectors().end()) {
    complain(complaints, {recipe.file, 0, 0}, "nothing speaks 'over: " + outline.over + "'", "http or files");
    return std::nullopt;
  }
  if (const std::string host = host_of(channel.settings.text_or("url")); !host.empty()) {
    if (auto allowed = lent.http.allow(host); !allowed)
      complain(complaints, channel.place_of("url"), "the url is not understood: " + allowed.error().text());
  }
  Built built{account_of(settings, channel, outline.asked.value_or(channel::Asked())),
              make->second(recipe, ports_for(settings, channel, outline.requests_per_second, lent), complaints),
              std::move(compiled.mapping), digest_of_rules(settings, channel, source, compiled.text ? compiled.text->bytes : "")};
  if (built.connector && built.connector->capabilities().tracks_parcels) check_tracker(channel, complaints);
  if (!built.connector || complaints.size() != before) return std::nullopt;
  return built;
}

}  // namespace

http::Http& Lent::within(const std::string& channel, unsigned requests_per_second) {
  if (requests_per_second == 0) return http;
  const http::Limits limits{.requests_per_second = requests_per_second, .burst = std::max(1u, requests_per_second / 10)};
  return limited_.try_emplace({channel, requests_per_second}, http, clock, limits).first->second;
}

std::vector<MappingFile> mapping_files(const settings::Settings& settings) {
  std::vector<MappingFile> files;
  std::set<std::string> seen;
  std::error_code failed;
  for (const auto& folder : settings.mapping_folders) {
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
      if (it->path().extension() == ".yaml" && seen.insert(it->path().stem().string()).second)
        files.push_back({it->path().stem().string(), it->path()});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

std::shared_ptr<const mapping::Mapping> compile_mapping(const settings::Settings& settings, const MappingFile& file,
                                                        const mapping::ChannelContext& context, Complaints& complaints) {
  const auto text = text_of_file(file.file);
  if (!text) {
    complain(complaints, {file.file.string(), 0, 0}, "cannot be read, or is over 1 MiB");
    return nullptr;
  }
  const auto find = [&settings](std::string_view name) -> std::optional<std::string> {
    const auto found = first_existing(settings.mapping_folders, std::string(name) + ".yaml");
    return found ? text_of_file(*found) : std::nullopt;
  };
  return mapping::Mapping::compile(file.name, *text, file.file.string(), context, find, complaints);
}

/// What the files may say and this version does not do is refused, not ignored.
void check_rules(const settings::Settings& settings, Complaints& complaints) {
  if (settings.catalogue_channel.empty()) return;
  complain(complaints, settings.catalogue_place, "catalogue: { channel: … }: a channel cannot be the master of content in this version",
           "give the channel `owners: { title: channel, description: channel }`, or import files");
}

/// The merchant's own that no channel uses: one may, after the next reload.
void check_unused_mappings(const settings::Settings& settings, Complaints& complaints) {
  for (const auto& file : mapping_files(settings)) {
    const bool is_used = std::any_of(settings.channels.begin(), settings.channels.end(),
                                     [&](const settings::Channel& channel) { return channel.mapping == file.name; });
    if (is_used || file.file.parent_path() != settings.folder / "mappings") continue;
    compile_mapping(settings, file, {}, complaints);
  }
}

std::optional<Assembled> assemble(const fs::path& folder, Lent& lent, Disk disk, Complaints& complaints) {
  auto settings = settings::read(folder, complaints);
  Assembled assembled;
  assembled.config = config_of(settings);
  check_rules(settings, complaints);
  if (disk != Disk::untried) check_store(settings, complaints);
  if (disk == Disk::all) check_unused_mappings(settings, complaints);
  for (const auto& channel : settings.channels) {
    auto built = build(settings, channel, lent, disk, complaints);
    if (!built) continue;
    auto rules = rules_of(settings, channel);
    rules.orders_every = std::max(rules.orders_every, engine::between_order_reads(lent.budgets.published(channel.id.text)));
    assembled.channels.push_back({std::move(rules), std::move(built->connector), text_of(built->account), std::move(built->rules)});
    assembled.accounts.push_back(std::move(built->account));
    assembled.mappings.push_back(std::move(built->mapping));
  }
  if (!complaints.empty()) {
    put_in_order(complaints);
    return std::nullopt;
  }
  assembled.settings = std::move(settings);
  return assembled;
}

}  // namespace tally
