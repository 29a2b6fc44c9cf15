// A disk of a few megabytes, so that a test can fill it.
#pragma once

#include <cstddef>
#include <filesystem>

namespace tally::tests {

/// A memory file system mounted on `folder` for as long as this object lives; what is on it is gone then. Needs the right to mount.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, std::size_t megabytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// False where this machine does not let us mount.
  bool mounted() const { return mounted_; }
  /// Not a byte is left.
  void fill();
  void make_room();

 private:
  std::filesystem::path ballast() const { return folder_ / "ballast"; }

  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace tally::tests
