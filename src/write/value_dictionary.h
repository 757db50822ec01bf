// The distinct values of a column chunk, in order of their first appearance.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/byte_buffer.h"

namespace lakegate {

// Numbers as 64 bits, or texts: one kind per dictionary. bytes() is what Parquet's dictionary page
// holds of texts (each behind its length, 4 bytes); of numbers words() are what it is made from.
class ValueDictionary {
 public:
  static constexpr uint32_t kMaxValues = 16384;
  static constexpr uint32_t kFull = kMaxValues;

  ValueDictionary();

  // The value's index; kFull: it is new, and there is no place left.
  uint32_t IndexOf(uint64_t word) {
    return Find({word, 0, 0}, Mix(word, 0), [](const Entry&) { return true; });
  }
  uint32_t IndexOf(std::string_view text);

  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  uint64_t word(uint32_t index) const { return entries_[index].first; }
  std::string_view text(uint32_t index) const {
    return bytes_.view().substr(entries_[index].offset, entries_[index].length);
  }
  const ByteBuffer& bytes() const { return bytes_; }
  void Clear();

 private:
  // Texts of up to 16 bytes are told apart by first, second and length alone; of longer ones
  // `first` is a hash.
  struct Entry {
    uint64_t first = 0;
    uint64_t second = 0;
    uint32_t length = 0;
    uint32_t offset = 0;  // in bytes_
  };

  static uint64_t Mix(uint64_t a, uint64_t b) {
    const auto product =
        static_cast<unsigned __int128>(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xD6E8FEB86659FD93u);
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  template <typename IsSame>
  uint32_t Find(const Entry& wanted, uint64_t hash, const IsSame& is_same) {
    for (size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
      const uint32_t index = slots_[slot];
      if (index == kFull) return Insert(wanted, hash, slot);
      const Entry& entry = entries_[index];
      if (entry.first == wanted.first && entry.second == wanted.second &&
          entry.length == wanted.length && is_same(entry)) {
        return index;
      }
    }
  }
  uint32_t Insert(const Entry& entry, uint64_t hash, size_t slot);
  void Enlarge();

  std::vector<Entry> entries_;
  std::vector<uint64_t> hashes_;  // parallel to entries_
  std::vector<uint16_t> slots_;   // kFull: free; at most half of them are taken
  size_t mask_ = 0;
  ByteBuffer bytes_;
};

}  // namespace lakegate
