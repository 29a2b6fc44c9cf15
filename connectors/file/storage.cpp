#include "connectors/file/storage.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tally::file {

namespace {

class Handle {
 public:
  Handle(const std::filesystem::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0660)) {}
  ~Handle() {
    if (number_ >= 0) ::close(number_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  bool open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Error refused(const std::filesystem::path& path, std::string_view doing, int code) {
  const auto fault = code == ENOENT ? Fault::not_found : Fault::io;
  return error(fault, "cannot " + std::string(doing) + ": " + std::strerror(code), path.string(),
               "check that the daemon may read and write there");
}

Result<void> write_all(const Handle& file, const std::filesystem::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refused(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) return refused(path, "flush to the disk", errno);
  return {};
}

}  // namespace

Result<std::string> read_whole(const std::filesystem::path& path, std::uintmax_t most) {
  const Handle file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file.open()) return refused(path, "open", errno);
  struct stat about {};
  if (::fstat(file.number(), &about) != 0) return refused(path, "look at", errno);
  if (!S_ISREG(about.st_mode)) return error(Fault::invalid, "not a plain file", path.string());
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(std::min<std::uintmax_t>(static_cast<std::uintmax_t>(about.st_size), most)));
  char piece[64 * 1024];
  for (;;) {
    const auto got = ::read(file.number(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refused(path, "read", errno);
    if (got == 0) return bytes;
    bytes.append(piece, static_cast<std::size_t>(got));
    if (bytes.size() > most)
      return error(Fault::invalid, "more than " + std::to_string(most >> 20) + " MiB", path.string(), "split the file");
  }
}

Result<void> replace_whole(const std::filesystem::path& path, std::string_view bytes) {
  const auto beside = path.parent_path() / ("." + path.filename().string() + ".tmp");
  const auto give_up = [&](const Error& why) {
    ::unlink(beside.c_str());
    return why;
  };
  {
    const Handle file(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file.open()) return refused(beside, "create", errno);
    if (auto written = write_all(file, beside, bytes); !written) return give_up(written.error());
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return give_up(refused(path, "replace", errno));
  // The new bytes are in place; if the folder cannot be flushed, a power cut may bring the old ones back, which the next look sees.
  if (const Handle folder(path.parent_path(), O_RDONLY | O_DIRECTORY); folder.open()) ::fsync(folder.number());
  return {};
}

Result<void> append(const std::filesystem::path& path, std::string_view bytes) {
  const Handle file(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
  if (!file.open()) return refused(path, "open", errno);
  return write_all(file, path, bytes);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0770) == 0 || errno == EEXIST) return {};
  return refused(folder, "make the folder", errno);
}

}  // namespace tally::file
