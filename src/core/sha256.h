// SHA-256 (FIPS 180-4): the identity of a landed file's bytes, in the ledger and in file names.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lakegate {

// Hashes a stream. Legal order: Update any number of times, then Finish once.
// Owned by one thread; movable.
class Sha256 {
 public:
  using Digest = std::array<uint8_t, 32>;

  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  Digest Finish();
  std::string FinishHex();  // Finish as 64 lowercase hex digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Sha256Hex(std::string_view bytes);

}  // namespace lakegate
