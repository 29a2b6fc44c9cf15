// The `tests:` of a mapping file.
#include "mapping/compile.hpp"
#include "mapping/compiled.hpp"
#include "mapping/extend.hpp"

#include "base/decimal.hpp"

#include <algorithm>

namespace tally::mapping {
namespace {

/// What a person writes in a test, in the tree's form: 12.5 EUR for an amount, 350 g for a measure. Complains of fields that the model does
/// not have.
Json tree_of(const yaml::Node& node, const Type* type, Complaints& complaints) {
  if (type == nullptr) return node.to_json();
  if (node.is_list()) {
    Json list = Json::array();
    for (const yaml::Node& each : node.items) list.push_back(tree_of(each, type->item.get(), complaints));
    return list;
  }
  if (node.is_map()) {
    Json object = Json::object();
    for (const auto& [key, key_place, value] : node.members) {
      const Type::Field* field = type->find(key);
      if (field == nullptr && !key.starts_with('@')) {
        complaints.push_back({key_place, "there is no field '" + key + "'", did_you_mean(key, type->field_names())});
      }
      object.set(key, field == nullptr ? value.to_json() : tree_of(value, field->type.get(), complaints));
    }
    return object;
  }
  if (type->kind == Kind::money && node.is_scalar()) {
    const auto money = Money::parse(node.scalar);
    if (money) return Json::object({{"amount", Json(money->major())}, {"currency", Json(money->currency.code)}});
    complaints.push_back({node.place, "'" + node.scalar + "' is no amount", "write it as 12.50 EUR"});
  }
  if (type->kind == Kind::measure && node.is_scalar()) {
    const auto space = node.scalar.find(' ');
    const auto number = Decimal::parse(node.scalar.substr(0, space));
    if (number && space != std::string::npos)
      return Json::object({{"value", Json(*number)}, {"unit", Json(node.scalar.substr(space + 1))}});
    complaints.push_back({node.place, "'" + node.scalar + "' is no measure", "write it as 350 g"});
  }
  return node.to_json();
}

/// What `expected` asks for and `found` does not have: path and both values. Empty if nothing.
std::string missing_in(const Json* found, const Json& expected, const std::string& path) {
  const auto differs = [&] {
    return (path.empty() ? "/" : path) + " is " + (found == nullptr ? "not there" : found->dump()) + ", expected " + expected.dump();
  };
  if (found == nullptr) return expected.is_null() ? std::string() : differs();
  if (expected.is_object() && found->is_object()) {
    for (const auto& [key, value] : expected.as_object()) {
      if (value.is_null() && found->find(key) == nullptr) continue;
      if (std::string what = missing_in(found->find(key), value, path + "/" + key); !what.empty()) return what;
    }
    return {};
  }
  if (expected.is_array() && found->is_array() && expected.as_array().size() == found->as_array().size()) {
    for (std::size_t i = 0; i < expected.as_array().size(); ++i) {
      if (std::string what = missing_in(&found->as_array()[i], expected.as_array()[i], path + "/" + std::to_string(i)); !what.empty())
        return what;
    }
    return {};
  }
  return *found == expected ? std::string() : differs();
}

class Test {
 public:
  Test(const yaml::Node& text, const yaml::Node& test, const ChannelContext& context, Complaints& complaints)
      : text_(text), test_(test), context_(context), complaints_(complaints) {}

  void run() {
    if (!test_.is_map()) return complain("a test is a map: push: or read: with a document, given:, then:");
    yaml::Reader reader(test_, "a test", complaints_);
    reader.text("name");
    const auto pushed = reader.text("push"), read = reader.text("read");
    given_ = reader.node("given");
    then_ = reader.node("then");
    known_ = reader.node("known");
    channel_ = reader.node("channel");
    tables_ = reader.node("tables");
    doubtful_ = reader.boolean("doubtful").value_or(false);
    skipped_ = reader.boolean("skipped").value_or(false);
    const std::vector<std::string> says{"everything", "content"};
    if (const auto said = reader.choice("say", says); said && *said == 1) say_ = Say::content;
    reader.finish();
    if (pushed.has_value() == read.has_value()) return complain("a test has either push: DOCUMENT or read: DOCUMENT");
    const auto* type = type_of_document((pushed ? *pushed : *read).substr(0, (pushed ? *pushed : *read).find_first_of("/-")));
    if (type == nullptr || given_ == nullptr) return complain(type == nullptr ? "there is no such document" : "given: is missing");
    if (!compile()) return;
    if (pushed) {
      push(*pushed, *type);
    } else {
      this->read(*read, *type);
    }
  }

 private:
  void complain(std::string what) { complaints_.push_back({test_.place, std::move(what), {}}); }

  bool compile() {
    ChannelContext context = context_;
    if (channel_ != nullptr) context.settings = channel_->to_json();
    if (const std::string code = context.settings.text_or("currency"); !code.empty()) context.currency = code;
    yaml::Node whole = text_;
    if (tables_ != nullptr) {
      yaml::Node over;
      over.kind = yaml::Node::Kind::map;
      over.members.push_back({"tables", tables_->place, *tables_});
      whole = merged(text_, over);
    }
    const std::size_t before = complaints_.size();
    auto program = compile_program(whole, context.settings, context.currency, complaints_);
    if (complaints_.size() > before) return false;
    mapping_ = std::make_unique<Compiled>(std::move(program), yaml::Node{}, ChannelContext{});
    return true;
  }

  void push(const std::string& document, const Type& type) {
    const auto pushed = mapping_->push(document, tree_of(*given_, &type, complaints_), say_);
    if (!pushed) return complain("push " + document + ": " + pushed.error().text());
    compare("push " + document, pushed->document, then_ == nullptr ? Json() : then_->to_json());
  }

  void read(const std::string& document, const Type& type) {
    const auto read = mapping_->read(document, given_->to_json(), known_ == nullptr ? Json() : tree_of(*known_, &type, complaints_));
    if (!read) return complain("read " + document + ": " + read.error().text());
    if (read->skipped != skipped_)
      return complain("read " + document + (skipped_ ? ": was not skipped" : ": was skipped: a literal of the mapping differs"));
    if (read->doubts.empty() == doubtful_)
      return complain("read " + document + ": " + (doubtful_ ? "there was no doubt" : read->doubts.front()));
    compare("read " + document, read->tree, then_ == nullptr ? Json::object() : tree_of(*then_, &type, complaints_));
  }

  void compare(const std::string& what, const Json& found, const Json& expected) {
    if (expected.is_null() && !found.is_null()) return complain(what + ": nothing was expected, and there is " + found.dump());
    if (const std::string difference = missing_in(&found, expected, {}); !difference.empty()) complain(what + ": " + difference);
  }

  const yaml::Node& text_;
  const yaml::Node& test_;
  const ChannelContext& context_;
  Complaints& complaints_;
  const yaml::Node *given_ = nullptr, *then_ = nullptr, *known_ = nullptr, *channel_ = nullptr, *tables_ = nullptr;
  Say say_ = Say::everything;
  bool doubtful_ = false, skipped_ = false;
  std::unique_ptr<Compiled> mapping_;
};

}  // namespace

Complaints run_tests(const yaml::Node& text, const yaml::Node& tests, const ChannelContext& context) {
  Complaints complaints;
  if (!tests.is_list()) {
    if (!tests.is_null()) complaints.push_back({tests.place, "tests: is a list", {}});
    return complaints;
  }
  for (const yaml::Node& each : tests.items) Test(text, each, context, complaints).run();
  return complaints;
}

}  // namespace tally::mapping
