#include "base/id.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace tally {
namespace {

/// Unicode's White_Space property.
bool is_white_space(utf8proc_int32_t c) {
  if ((c >= 0x09 && c <= 0x0d) || c == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

}  // namespace

Sku normal_sku(std::string_view text) {
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t c = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
    const utf8proc_ssize_t length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (length <= 0) return {};
    const std::size_t next = at + static_cast<std::size_t>(length);
    if (!is_white_space(c)) {
      if (begin == text.size()) begin = at;
      end = next;
    }
    at = next;
  }
  if (begin >= end) return {};
  const std::string_view trimmed = text.substr(begin, end - begin);

  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(trimmed.data()), static_cast<utf8proc_ssize_t>(trimmed.size()), &mapped,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, Free> owned(mapped);
  if (length <= 0) return {};
  return Sku(std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)));
}

}  // namespace tally
