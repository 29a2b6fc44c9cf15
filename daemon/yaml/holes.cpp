#include "yaml/holes.hpp"

namespace tally::yaml {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<HolePlace> scan() {
    for (; at_ < text_.size(); step()) {
      const char c = text_[at_];
      if (c == '#' && after_space()) {
        skip_to_line_end();
      } else if ((c == '"' || c == '\'') && begins_value_) {
        skip_quoted(c);
      } else if (c == '$' && depth_ > 0 && text_.substr(at_).starts_with("${")) {
        return place_;
      } else if ((c == '{' || c == '[') && (depth_ > 0 || begins_value_)) {
        ++depth_;
        begins_value_ = true;
        continue;
      } else if ((c == '}' || c == ']') && depth_ > 0) {
        --depth_;
      }
      note(at_ < text_.size() ? text_[at_] : '\n');
    }
    return std::nullopt;
  }

 private:
  /// A value begins after "key:", "- ", a comma or a bracket, and at the beginning of a line; else quotes and braces are part of plain
  /// text.
  void note(char c) {
    const bool space_follows = at_ + 1 >= text_.size() || text_[at_ + 1] == ' ' || text_[at_ + 1] == '\n';
    if (c == '\n') {
      begins_value_ = true;
    } else if (c == ':' || c == '-') {
      begins_value_ = space_follows && (c == ':' || begins_value_);
    } else if (c == ',' && depth_ > 0) {
      begins_value_ = true;
    } else if (c != ' ') {
      begins_value_ = false;
    }
  }

  bool after_space() const { return at_ == 0 || text_[at_ - 1] == ' ' || text_[at_ - 1] == '\n'; }

  void step() {
    if (at_ >= text_.size()) return;
    const char c = text_[at_++];
    if (c == '\n') {
      place_ = {place_.line + 1, 1};
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++place_.column;
    }
  }

  void skip_to_line_end() {
    while (at_ < text_.size() && text_[at_] != '\n') step();
  }

  /// Stops on the closing quote.
  void skip_quoted(char quote) {
    for (step(); at_ < text_.size(); step()) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        step();
      } else if (c == quote) {
        if (quote != '\'' || at_ + 1 >= text_.size() || text_[at_ + 1] != '\'') return;
        step();
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  HolePlace place_{1, 1};
  int depth_ = 0;
  bool begins_value_ = true;
};

}  // namespace

std::optional<HolePlace> unquoted_hole(std::string_view text) {
  return Scanner(text).scan();
}

}  // namespace tally::yaml
