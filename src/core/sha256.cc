#include "core/sha256.h"

#define OPENSSL_SUPPRESS_DEPRECATED  // the plain functions, without OpenSSL's choice of providers
#include <openssl/sha.h>

#include "core/check.h"

namespace lakegate {

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  LAKEGATE_CHECK(SHA256_Init(&state_->context) == 1, "cannot fail");
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  LAKEGATE_CHECK(state_ != nullptr, "Update after Finish");
  LAKEGATE_CHECK(SHA256_Update(&state_->context, bytes.data(), bytes.size()) == 1,
                 "hashing in memory cannot fail");
}

Sha256::Digest Sha256::Finish() {
  LAKEGATE_CHECK(state_ != nullptr, "Finish twice");
  Digest digest;
  LAKEGATE_CHECK(SHA256_Final(digest.data(), &state_->context) == 1,
                 "hashing in memory cannot fail");
  state_.reset();
  return digest;
}

std::string Sha256::FinishHex() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (uint8_t byte : Finish()) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.FinishHex();
}

}  // namespace lakegate
