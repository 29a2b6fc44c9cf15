#include "assemble_disk.hpp"

#include "store/owner.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace tally {
namespace {

namespace fs = std::filesystem;

const char* const as_the_daemon =
    "give it to the user that runs tallyd; if that is another one, check as that one: `sudo -u tallyd tallyd check`";

/// Why this user may not do that there; empty where it may.
std::string denied(const fs::path& path, int what) {
  return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0 ? "" : std::strerror(errno);
}

/// Whether files can be made, read and replaced in it.
bool check_folder(const fs::path& folder, const std::string& whose, const Place& place, Complaints& complaints) {
  std::error_code failed;
  const auto kind = fs::status(folder, failed).type();
  const std::string name = whose + " " + folder.string();
  std::string what, hint = as_the_daemon;
  if (kind == fs::file_type::not_found) {
    what = "is not there";
    hint = "make it, or mount what it lies on";
  } else if (kind == fs::file_type::directory) {
    if (const std::string why = denied(folder, R_OK | W_OK | X_OK); !why.empty()) what = "cannot be written by this user: " + why;
  } else if (failed) {
    what = "cannot be looked at by this user: " + failed.message();
  } else {
    what = "is no folder";
    hint = "name a folder";
  }
  if (!what.empty()) complaints.push_back({place, name + " " + what, hint});
  return what.empty();
}

/// What the kernel shows there are no files, though a root's rights say that it may write.
bool is_kernels(const fs::path& folder) {
  struct statfs facts {};
  return ::statfs(folder.c_str(), &facts) == 0 && (facts.f_type == PROC_SUPER_MAGIC || facts.f_type == SYSFS_MAGIC);
}

/// SQLite makes a store of an empty file, and of no other.
bool is_database(const fs::path& file) {
  constexpr std::string_view mark("SQLite format 3\0", 16);
  std::ifstream in(file, std::ios::binary);
  std::string head(mark.size(), '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  return in.gcount() == 0 || head == mark;
}

}  // namespace

fs::path store_file(const settings::Settings& settings) {
  constexpr std::string_view scheme = "sqlite:";
  return settings.folder / settings.store.substr(scheme.size());
}

void check_store(const settings::Settings& settings, Complaints& complaints) {
  const Place& place = settings.store_place;
  if (place.file.empty()) return;  // what it says is refused already
  const fs::path file = store_file(settings);
  if (!check_folder(file.parent_path(), "the folder of the store", place, complaints)) return;
  if (is_kernels(file.parent_path())) {
    complaints.push_back(
        {place, "no file can be kept in " + file.parent_path().string() + ": the kernel shows itself there", "name another folder"});
    return;
  }
  std::error_code failed;
  const auto kind = fs::status(file, failed).type();
  if (kind == fs::file_type::not_found) return;
  if (kind == fs::file_type::directory) {
    complaints.push_back(
        {place, "the store is a file, and " + file.string() + " is a folder", "write it as sqlite:" + (file / "tally.db").string()});
  } else if (const std::string why = denied(file, R_OK | W_OK); !why.empty()) {
    complaints.push_back({place, "the store " + file.string() + " cannot be read and written by this user: " + why, as_the_daemon});
  } else if (kind != fs::file_type::regular || !is_database(file)) {
    complaints.push_back({place, file.string() + " is no store of tallyd's: it is another kind of file",
                          "name another file under 'store', or move this one away and a new store is made there"});
  } else if (const auto ours = store::check_owner(file); !ours) {
    complaints.push_back({place, ours.error().what, ours.error().todo});
  }
}

void check_folders(const settings::Channel& channel, const std::vector<std::string>& below, Complaints& complaints) {
  const fs::path folder = channel.settings.text_or("folder");
  if (folder.empty() || folder.string().find("://") != std::string::npos) return;
  const Place place = channel.place_of("folder");
  if (!check_folder(folder, "the folder", place, complaints)) return;
  std::error_code failed;
  for (const std::string& name : below) {
    if (fs::symlink_status(folder / name, failed).type() != fs::file_type::not_found)
      check_folder(folder / name, "the folder", place, complaints);
  }
}

}  // namespace tally
