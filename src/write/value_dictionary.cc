#include "write/value_dictionary.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace lakegate {
namespace {

constexpr size_t kFirstSlots = 512;

template <typename T>
uint64_t Load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

}  // namespace

ValueDictionary::ValueDictionary() { Clear(); }

void ValueDictionary::Clear() {
  entries_.clear();
  hashes_.clear();
  bytes_.Clear();
  slots_.assign(kFirstSlots, static_cast<uint16_t>(kFull));
  mask_ = kFirstSlots - 1;
}

uint32_t ValueDictionary::IndexOf(std::string_view text) {
  const size_t length = text.size();
  const char* begin = text.data();
  Entry wanted;
  wanted.length = static_cast<uint32_t>(length);
  if (length > 16) {
    wanted.first = XXH3_64bits(begin, length);
  } else if (length >= 8) {
    wanted.first = Load<uint64_t>(begin);
    wanted.second = Load<uint64_t>(begin + length - 8);
  } else if (length >= 4) {
    wanted.first = Load<uint32_t>(begin);
    wanted.second = Load<uint32_t>(begin + length - 4);
  } else if (length > 0) {
    wanted.first = Load<uint8_t>(begin);
    wanted.second = Load<uint8_t>(begin + length / 2) << 8 | Load<uint8_t>(begin + length - 1);
  }
  const uint32_t known = size();
  const uint32_t index =
      Find(wanted, Mix(wanted.first, wanted.second ^ length << 32), [&](const Entry& entry) {
        return length <= 16 || std::memcmp(bytes_.data() + entry.offset, begin, length) == 0;
      });
  if (index == known && index != kFull) {
    bytes_.AppendValue(static_cast<uint32_t>(length));
    entries_.back().offset = static_cast<uint32_t>(bytes_.size());
    bytes_.Append(text);
  }
  return index;
}

uint32_t ValueDictionary::Insert(const Entry& entry, uint64_t hash, size_t slot) {
  if (size() == kMaxValues) return kFull;
  slots_[slot] = static_cast<uint16_t>(size());
  entries_.push_back(entry);
  hashes_.push_back(hash);
  if (entries_.size() * 2 > slots_.size()) Enlarge();
  return size() - 1;
}

void ValueDictionary::Enlarge() {
  slots_.assign(slots_.size() * 4, static_cast<uint16_t>(kFull));
  mask_ = slots_.size() - 1;
  for (uint32_t index = 0; index < size(); ++index) {
    size_t slot = hashes_[index] & mask_;
    while (slots_[slot] != kFull) slot = (slot + 1) & mask_;
    slots_[slot] = static_cast<uint16_t>(index);
  }
}

}  // namespace lakegate
