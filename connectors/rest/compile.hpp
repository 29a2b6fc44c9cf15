// From connector.yaml to a Program, everything checked on the way; each function complains with file:line:column and goes on.
#pragma once

#include "channel/asked.hpp"
#include "connectors/rest/program.hpp"
#include "model/type.hpp"

namespace tally::rest {

/// What all of them need.
struct Compiling {
  const channel::Recipe& recipe;
  const Vault& vault;
  Complaints& complaints;
  const channel::Asked& asked;
  bool is_used = true;  ///< what is spoken of must be there; not in a kind of auth that the channel did not choose

  void complain(const Place& place, std::string what, std::string hint = {}) const;
  /// The channel's file must say it. The complaint stands there, not in the connector's file.
  void need_setting(const std::string& name) const;
  void need_secret(const std::string& name) const;
  /// Complains at `place` unless the connector's file declares that setting or secret; else the channel must have it if `now`.
  void need(const Place& place, const std::string& name, bool now = true) const;
};

/// What holes may speak of at a place.
struct Scope {
  std::string where;  ///< for complaints: "set_stock"
  std::vector<std::string> names;
  const Type* type = nullptr;      ///< fields of the thing
  bool secrets = false;            ///< secrets too
  std::vector<std::string> later;  ///< secrets that need not exist yet
};
/// The scope of the thing that `document` describes.
Scope scope_of(std::string where, std::string_view document);

/// compile_asked.cpp: complains of what is declared and never spoken of: the merchant would be asked for nothing.
void check_asked(const Compiling& compiling, const yaml::Node& root);

std::optional<Program> compile(const channel::Recipe& recipe, const Vault& vault, Complaints& complaints);

// compile_part.cpp: what every section is made of.
std::vector<std::string> scalars_of(const yaml::Node& node);  ///< one scalar, or a list of them
std::string lower(std::string_view text);                     ///< ASCII, for header names
std::optional<Text> compile_text(const Compiling& compiling, const yaml::Node& node, const Scope& scope);
/// "POST /path" or a map with one of get, post, put, delete, patch.
std::optional<RequestForm> compile_request(const Compiling& compiling, const yaml::Node& node, const Scope& scope);
/// The same from a reader that is already at work; `line` is "POST /path" or nothing.
std::optional<RequestForm> take_request(const Compiling& compiling, yaml::Reader& reader, const yaml::Node* line, const Scope& scope);
bool has_request(const yaml::Reader& reader);
/// Pointers and their values, and `status`.
Pattern take_pattern(const Compiling& compiling, yaml::Reader& reader, const yaml::Node& map);
std::optional<Pattern> compile_pattern(const Compiling& compiling, const yaml::Node& node, std::string_view what);
Gives compile_gives(const Compiling& compiling, const yaml::Node& node);
std::string take_pointer(yaml::Reader& reader, std::string_view key);
/// { /name: name }: pointers in an entry and the names they must equal.
std::vector<std::pair<std::string, std::string>> compile_equalities(const Compiling& compiling, const yaml::Node& node);
/// Complains unless the mapping has that document.
void check_document(const Compiling& compiling, const Place& place, const std::string& document);

// compile_auth.cpp
Piece compile_piece(const Compiling& compiling, const yaml::Node& node, const Scope& scope);
std::vector<Piece> compile_pieces(const Compiling& compiling, const yaml::Node& node, const Scope& scope);
/// "sha256" or "hmac-sha256" into `signature`.
void compile_digest(const Compiling& compiling, const Place& place, const std::string& name, Signature& signature);
Auth compile_auth(const Compiling& compiling, const yaml::Node& node);
Common compile_common(const Compiling& compiling, const yaml::Node& node);
Signing compile_sign(const Compiling& compiling, const yaml::Node& node, Scope scope);

// compile_budgets.cpp
/// After the operations, which budgets name.
void compile_budgets(const Compiling& compiling, const yaml::Node& node, Program& program);
/// Complains of budgets that the channel's file lowers and that are none.
void check_budgets_said(const Compiling& compiling, const Program& program);

// compile_facts.cpp
channel::Capabilities compile_facts(const Compiling& compiling, const yaml::Node& node, std::string& state);

// compile_step.cpp
Operation compile_operation(const Compiling& compiling, const std::string& name, const yaml::Node& node, const Scope& scope);
std::optional<Lookup> compile_lookup(const Compiling& compiling, const std::string& name, const yaml::Node& node,
                                     std::string_view document);
std::optional<Subscription> compile_subscription(const Compiling& compiling, const yaml::Node& node);

// compile_read.cpp
Paging compile_paging(const Compiling& compiling, const yaml::Node& node);
std::optional<Reading> compile_reading(const Compiling& compiling, const std::string& name, const yaml::Node& node);

// compile_parcel.cpp: `follow_parcel` and `read_parcel`; nothing where neither is there.
std::optional<Tracking> compile_tracking(const Compiling& compiling, yaml::Reader& reader);

// compile_door.cpp
std::optional<Door> compile_door(const Compiling& compiling, const yaml::Node& node);

}  // namespace tally::rest
