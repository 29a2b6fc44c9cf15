// The tree is built from yaml-cpp's events and not from its nodes: only the events tell of anchors, aliases, documents and quotes with
// their places.
#include "yaml/holes.hpp"
#include "yaml/yaml.hpp"

#include "base/csv.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

namespace tally::yaml {
namespace {

constexpr std::size_t most_bytes = 1 << 20;
constexpr std::size_t most_levels = 50;
constexpr std::size_t most_complaints = 100;  ///< of one file; after that many nobody reads on

/// The text by lines, to tell columns in characters from the parser's columns in bytes.
class Lines {
 public:
  Lines(std::string_view text, const std::string& file) : text_(text), file_(file) {
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      lines_.push_back(text.substr(from, end - from));
      from = end + 1;
    }
  }

  /// From the marked character to the end of the text.
  std::string_view from(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(mark.line);
    if (mark.line < 0 || line >= lines_.size()) return {};
    const auto start = static_cast<std::size_t>(lines_[line].data() - text_.data()) + static_cast<std::size_t>(mark.column);
    return start < text_.size() ? text_.substr(start) : std::string_view();
  }

  bool is_indented_with_tab(const YAML::Mark& mark) const {
    if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return false;
    const std::string_view line = lines_[static_cast<std::size_t>(mark.line)];
    return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
  }

  /// One thread, as all of a parsing.
  Place place_of(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0) return {file_, 0, 0};
    const auto line = static_cast<std::size_t>(mark.line);
    const std::string_view text = line < lines_.size() ? lines_[line] : std::string_view();
    const auto column = std::min(static_cast<std::size_t>(std::max(mark.column, 0)), text.size());
    if (mark.line != counted_.line || column < counted_.bytes) counted_ = {mark.line, 0, 0};
    const std::string_view more = text.substr(counted_.bytes, column - counted_.bytes);
    counted_.characters += std::count_if(more.begin(), more.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    counted_.bytes = column;
    return {file_, mark.line + 1, static_cast<int>(counted_.characters) + 1};
  }

 private:
  /// How far the line of the last place was counted: places come in order, and a line may be the whole file.
  struct Counted {
    int line = -1;
    std::size_t bytes = 0;
    std::ptrdiff_t characters = 0;
  };

  std::string_view text_;
  const std::string& file_;
  std::vector<std::string_view> lines_;
  mutable Counted counted_;
};

/// Whether the quotes that `text` begins with end: the parser takes the end of the file for their end.
bool quotes_end(std::string_view text) {
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != '\'') return true;
      ++at;
    }
  }
  return false;
}

/// The first character that no text file has, or nothing.
std::optional<std::size_t> control_character(std::string_view text) {
  const auto found = std::find_if(text.begin(), text.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code == 0x7F || (code < 0x20 && c != '\n' && c != '\r' && c != '\t');
  });
  return found == text.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - text.begin()));
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(const Lines& lines, Complaints& complaints) : lines_(lines), complaints_(complaints) {}

  Node root;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) complain(mark, "a second document begins here; a file is one document", "make it a file of its own");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "?", anchor);
    if (at_key()) {
      complain(mark, "a key is missing, or is the word null", "put the word into quotes if it is meant");
      refuse_key();
    } else {
      attach(node_at(mark, Node::Kind::null));
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    complain(mark, "aliases (*name) are not read", "write the value out, or put it into quotes if it is text");
    refuse();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    check(mark, tag, anchor);
    if (tag == "!" && !has_end(mark)) {
      complain(mark, "the quotes that begin here do not end", "");
      return refuse();
    }
    if (control_character(value)) complain(mark, "a control character stands in this text", "take it out");
    if (at_key()) {
      if (value == "<<" && tag == "?") {
        complain(mark, "merge keys (<<) are not read", "write the keys out");
        refuse_key();
      } else {
        take_key(mark, value);
      }
      return;
    }
    Node node = node_at(mark, Node::Kind::scalar);
    node.scalar = value;
    node.quoted = tag == "!";
    attach(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end has not come.
  struct Open {
    Node node;
    bool is_key = false;  ///< it stands where a key should: read over
    bool has_key = false;
    bool is_refused = false;  ///< the key: its value is left out
    std::string key;
    Place key_place;
    std::unordered_map<std::string, int> lines_of_keys;
  };

  bool at_key() const { return !open_.empty() && open_.back().node.is_map() && !open_.back().has_key; }

  Node node_at(const YAML::Mark& mark, Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.place = lines_.place_of(mark);
    return node;
  }

  void complain(const YAML::Mark& mark, std::string what, std::string hint) {
    if (complaints_.size() < most_complaints) complaints_.push_back({lines_.place_of(mark), std::move(what), std::move(hint)});
  }

  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      complain(mark, "anchors (&name) are not read", "write the value out, or put it into quotes if it is text");
    if (!tag.empty() && tag != "?" && tag != "!") complain(mark, "tags (" + tag + ") are not read", "leave it out; quotes make text");
  }

  bool has_end(const YAML::Mark& mark) const {
    const std::string_view source = lines_.from(mark);
    const bool quoted = source.starts_with('"') || source.starts_with('\'');  // else a block of text: | or >
    return !quoted || quotes_end(source);
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    map.has_key = true;
    map.key = key;
    map.key_place = lines_.place_of(mark);
    const auto [found, is_new] = map.lines_of_keys.emplace(key, map.key_place.line);
    map.is_refused = !is_new;
    if (!is_new) {
      complain(mark, "'" + key + "' stands here a second time", "it stands in line " + std::to_string(found->second) + " already");
    }
  }

  /// What stands at the place of a key and is none: its value is read over.
  void refuse_key() {
    Open& map = open_.back();
    map.has_key = true;
    map.is_refused = true;
    map.node.torn = true;
  }

  /// A key or a value that nothing is known of: left out.
  void refuse() {
    if (at_key()) {
      refuse_key();
    } else if (!open_.empty()) {
      Open& around = open_.back();
      around.node.torn = true;
      around.has_key = around.is_refused = false;
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    check(mark, tag, anchor);
    if (open_.size() >= most_levels) {
      complaints_.clear();  // whatever else is wrong, nobody wrote this by hand
      throw YAML::ParserException(mark, "more than " + std::to_string(most_levels) + " levels");
    }
    Open next;
    next.node = node_at(mark, kind);
    next.is_key = at_key();
    if (next.is_key) complain(mark, "a list or a map stands where a key is expected", "a key is one word");
    open_.push_back(std::move(next));
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.is_key) {
      refuse_key();
    } else {
      attach(std::move(done.node));
    }
  }

  void attach(Node node) {
    if (open_.empty()) {
      if (documents_ <= 1) root = std::move(node);
    } else if (Open& around = open_.back(); around.node.is_list()) {
      around.node.items.push_back(std::move(node));
    } else {
      if (node.is_null()) node.place = around.key_place;  // the parser names where it noticed, in a later line
      if (!around.is_refused) around.node.members.push_back({std::move(around.key), std::move(around.key_place), std::move(node)});
      around.has_key = around.is_refused = false;
    }
  }

  const Lines& lines_;
  Complaints& complaints_;
  std::vector<Open> open_;
  int documents_ = 0;
};

/// The parser's own words, where they are not a person's.
std::string in_plain_words(const std::string& message) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "this { has no }, or something before its } cannot stand there"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "this [ has no ], or something before its ] cannot stand there"},
      {YAML::ErrorMsg::END_OF_MAP, "this does not belong to the map around it; look at the indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "this does not belong to the list around it; look at the indentation"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "aliases (*name) are not read; write the value out, or put it into quotes if it is text"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "the quotes that begin here do not end"},
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab stands in the indentation; only spaces may"},
      {YAML::ErrorMsg::MAP_VALUE, "a ':' cannot stand here; text with ': ' in it needs quotes"},
      {YAML::ErrorMsg::MAP_KEY, "a key cannot stand here; look at the indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a list entry '- ' cannot stand here; look at the indentation"},
      {YAML::ErrorMsg::FLOW_END, "a } or ] without its beginning"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "this character cannot begin a value; put the value into quotes"},
  };
  const auto found = std::find_if(std::begin(words), std::end(words), [&](const auto& each) { return each.first == message; });
  return found == std::end(words) ? message : std::string(found->second);
}

bool check_bytes(std::string_view text, const std::string& file, Complaints& complaints) {
  if (text.size() > most_bytes) {
    complaints.push_back(
        {{file, 0, 0}, "the file has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(most_bytes) + " are read", ""});
    return false;
  }
  if (!csv::is_utf8(text)) {
    std::size_t line_end = 0;
    int line = 1;
    while ((line_end = text.find('\n')) != std::string_view::npos && csv::is_utf8(text.substr(0, line_end))) {
      text.remove_prefix(line_end + 1);
      ++line;
    }
    complaints.push_back({{file, line, 0}, "this line is not UTF-8", "save the file as UTF-8"});
    return false;
  }
  if (const auto at = control_character(text)) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*at), '\n');
    complaints.push_back({{file, static_cast<int>(line) + 1, 0}, "a control character stands in this line", "take it out"});
    return false;
  }
  return true;
}

}  // namespace

std::optional<Node> parse(std::string_view text, const std::string& file, Complaints& complaints) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Complaints found;
  std::optional<Node> tree;
  if (check_bytes(text, file, found)) {
    const Lines lines(text, file);
    Builder builder(lines, found);
    builder.root.place = {file, 1, 1};
    try {
      std::istringstream stream{std::string(text)};
      YAML::Parser parser(stream);
      while (parser.HandleNextDocument(builder)) {
      }
      tree = std::move(builder.root);
    } catch (const YAML::Exception& failure) {  // the parser's only way to say that the text is no YAML
      if (auto hole = unquoted_hole(text)) {
        found.push_back({{file, hole->line, hole->column}, "a hole ${…} inside { } or [ ] needs quotes", "write \"${…}\""});
      } else if (lines.is_indented_with_tab(failure.mark)) {
        found.push_back({lines.place_of(failure.mark), in_plain_words(YAML::ErrorMsg::TAB_IN_INDENTATION), ""});
      } else {
        found.push_back({lines.place_of(failure.mark), in_plain_words(failure.msg), ""});
      }
    }
  }
  complaints.insert(complaints.end(), found.begin(), found.end());
  return tree;
}

}  // namespace tally::yaml
