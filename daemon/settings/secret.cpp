#include "settings/reading.hpp"

#include "base/crypto.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tally::settings {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

Error io_error(const std::string& what, const std::filesystem::path& where) {
  return error(Fault::io, what + ": " + std::strerror(errno), where.string());
}

/// What a secret is used for never has a line break at its end; the editor that wrote the file has.
std::string without_line_break(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

/// Nothing if there is no such file.
Result<std::optional<std::string>> file_bytes(const std::filesystem::path& file, bool must_be_private) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
    return io_error("the secret's file cannot be opened", file);
  }
  struct stat facts {};
  if (::fstat(opened.get(), &facts) != 0) return io_error("the secret's file cannot be looked at", file);
  if (!S_ISREG(facts.st_mode)) return error(Fault::invalid, "a secret must be a file", file.string());
  if (must_be_private && (facts.st_mode & 077) != 0) {
    return error(Fault::invalid, "others may read this secret", file.string(),
                 "chmod 600 the file, and renew the secret if others use this machine");
  }
  std::string bytes;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t count = ::read(opened.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("the secret's file cannot be read", file);
    if (count == 0) return std::optional(std::move(bytes));
    bytes.append(block.data(), static_cast<std::size_t>(count));
    if (bytes.size() > most_bytes) return error(Fault::invalid, "a secret has at most 64 KiB", file.string());
  }
}

std::string environment_name(const std::string& name) {
  std::string variable = "TALLYD_SECRET_";
  for (const char c : name) variable += c == '-' || c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return variable;
}

Result<std::string> usable(std::string text, const std::string& where) {
  text = without_line_break(std::move(text));
  if (text.empty()) return error(Fault::invalid, "the secret is empty", where, "write it there");
  if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
    return error(Fault::invalid, "the secret has more than one line, or a byte that is no text", where,
                 "write the secret alone, in one line");
  return text;
}

Error bad_name(const std::string& name) {
  const std::string shown = name.size() <= 40 ? "'" + name + "'" : std::string("a text of more than 40 characters");
  return error(Fault::invalid, shown + " cannot be a secret's name", {}, "use letters, digits, '_', '.' and '-'");
}

Result<void> write_all(const Descriptor& file, std::string_view bytes, const std::filesystem::path& where) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("the secret cannot be written", where);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0) return io_error("the secret cannot be brought to the disk", where);
  return {};
}

}  // namespace

Result<std::string> secret(const std::filesystem::path& folder, const std::string& name) {
  if (!is_secret_name(name)) return bad_name(name);
  std::string looked;
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY"); credentials != nullptr && *credentials != '\0') {
    const std::filesystem::path file = std::filesystem::path(credentials) / name;
    auto found = file_bytes(file, false);  // systemd keeps that folder from others
    if (!found) return found.error();
    if (*found) return usable(std::move(**found), file.string());
    looked = file.string() + ", ";
  }
  const std::filesystem::path file = folder / "secrets" / name;
  auto found = file_bytes(file, true);
  if (!found) return found.error();
  if (*found) return usable(std::move(**found), file.string());
  const std::string variable = environment_name(name);
  if (const char* value = std::getenv(variable.c_str())) return usable(value, "$" + variable);
  return error(Fault::not_found, "there is no secret '" + name + "'; looked in " + looked + file.string() + " and $" + variable, {},
               "write it into " + file.string() + " with mode 0600");
}

Result<void> store_secret(const std::filesystem::path& folder, const std::string& name, const std::string& value) {
  if (!is_secret_name(name)) return bad_name(name);
  if (value.empty() || value.size() > most_bytes) return error(Fault::invalid, "a secret has from 1 byte to 64 KiB", name);
  const std::filesystem::path secrets = folder / "secrets";
  if (::mkdir(secrets.c_str(), 0700) != 0 && errno != EEXIST) return io_error("the folder of secrets cannot be made", secrets);
  // A name of its own for every attempt: two writers never share a file, and a leaving of a crash is in nobody's way.
  const std::filesystem::path fresh = secrets / ("." + name + "." + crypto::hex(crypto::random_bytes(8)));
  Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) return io_error("the secret cannot be written", fresh);
  auto written = write_all(file, value, fresh);
  file.close();
  if (written && ::rename(fresh.c_str(), (secrets / name).c_str()) != 0)
    written = io_error("the secret cannot be put in its place", secrets / name);
  if (!written) {
    ::unlink(fresh.c_str());
    return written;
  }
  const Descriptor around(::open(secrets.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!around.open() || ::fsync(around.get()) != 0) return io_error("the folder of secrets cannot be brought to the disk", secrets);
  return {};
}

}  // namespace tally::settings
