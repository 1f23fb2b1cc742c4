#include "sim/fast/pass_memory.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <type_traits>

#include "arch/machine/fields_of_machine.h"
#include "workloads/input/field_bytes.h"

namespace orrery {

// Of the sources that play passes; the build writes it.
extern const char* const kSourcesDigest;

namespace {

namespace fs = std::filesystem;

static_assert(std::is_trivially_copyable_v<PlayedPass>);
constexpr std::size_t kEntry = sizeof(PassMemory::Key) + sizeof(PlayedPass);

PassMemory::Key sha256_of(std::string_view bytes) {
  PassMemory::Key digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

std::string_view text_of(const PassMemory::Key& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// What a file starts with: nothing else can read it.
std::string head() {
  return std::string("orrery passes 1 ") + kSourcesDigest + " " + std::to_string(kEntry) + "\n";
}

}  // namespace

std::size_t PassMemory::Hash::operator()(const Key& key) const {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::string PassMemory::common(const Machine& machine, const Layer& layer, const Mapping& mapping) {
  FieldBytes out;
  Machine m = machine;
  m.array.fields(out);
  m.pe.fields(out);
  m.noc.fields(out);
  m.numbers.fields(out);
  out.value(m.mac);
  m.mac_options.fields(out);
  for (const Tensor t : kAllTensors) {
    const Store& store = machine.store_of(t);
    for (const int n : {store.read_words_per_cycle, store.write_words_per_cycle,
                        store.shared_port ? 1 : 0, store.accumulates ? 1 : 0})
      out.value(n);
  }
  for (const int n :
       {static_cast<int>(machine.padding), static_cast<int>(layer.kind), layer.stride_rows,
        layer.stride_cols, layer.dilation_rows, layer.dilation_cols})
    out.value(n);
  for (const Loop& loop : mapping.nest) {
    if (loop.place == Place::kDram || loop.place == Place::kGlb) continue;
    for (const int n : {static_cast<int>(loop.dim), loop.step, static_cast<int>(loop.place)})
      out.value(n);
  }
  for (const bool keeps : mapping.keep.pe) out.number(keeps ? 1 : 0);
  return std::string(text_of(sha256_of(out.bytes)));
}

PassMemory::Key PassMemory::key(const std::string& common, const Form& form,
                                std::int64_t psums_from) {
  FieldBytes out;
  out.bytes = common;
  for (const std::int32_t n : form.value) out.value(n);
  out.value(psums_from);
  return sha256_of(out.bytes);
}

const PlayedPass* PassMemory::find(const Key& key) const {
  const auto it = passes_.find(key);
  return it == passes_.end() ? nullptr : &it->second;
}

void PassMemory::put(const Key& key, const PlayedPass& pass) {
  if (passes_.size() >= kMostKept) return;
  news_ |= passes_.emplace(key, pass).second;
}

void PassMemory::load(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string start = head();
  const std::size_t digest = sizeof(Key);
  if (!text.starts_with(start) || text.size() < start.size() + digest) return;
  const std::string_view body(text.data() + start.size(), text.size() - start.size() - digest);
  if (body.size() % kEntry != 0 || !text.ends_with(text_of(sha256_of(body)))) return;
  for (std::size_t at = 0; at < body.size() && passes_.size() < kMostKept; at += kEntry) {
    Key key{};
    PlayedPass pass;
    std::memcpy(key.data(), body.data() + at, sizeof key);
    std::memcpy(static_cast<void*>(&pass), body.data() + at + sizeof key, sizeof pass);
    passes_.emplace(key, pass);
  }
}

void PassMemory::save(const fs::path& file) {
  if (!news_) return;
  load(file);
  std::string body;
  body.reserve(passes_.size() * kEntry);
  for (const auto& [key, pass] : passes_) {
    body += text_of(key);
    body.append(reinterpret_cast<const char*>(&pass), sizeof pass);
  }
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  const fs::path beside = file.string() + "." + std::to_string(::getpid());
  std::ofstream out(beside, std::ios::binary);
  out << head() << body << text_of(sha256_of(body));
  out.close();
  if (out) fs::rename(beside, file, ignored);
  if (!out || ignored) fs::remove(beside, ignored);
  news_ = false;
}

}  // namespace orrery
