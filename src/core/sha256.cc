#include "core/sha256.h"

#include <openssl/evp.h>

#include "core/check.h"

namespace lakegate {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  LAKEGATE_CHECK(state_->context != nullptr, "out of memory");
  LAKEGATE_CHECK(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1,
                 "OpenSSL must know SHA-256");
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  LAKEGATE_CHECK(state_ != nullptr, "Update after Finish");
  LAKEGATE_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1,
                 "hashing in memory cannot fail");
}

Sha256::Digest Sha256::Finish() {
  LAKEGATE_CHECK(state_ != nullptr, "Finish twice");
  Digest digest;
  unsigned int length = 0;
  LAKEGATE_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), &length) == 1,
                 "hashing in memory cannot fail");
  LAKEGATE_CHECK(length == digest.size(), "SHA-256 has 32 bytes");
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
