#include "response/mail_signer.h"

#include <utility>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fmt/format.h>

namespace postreeve {
namespace {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using SignedData = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const noexcept { sk_X509_pop_free(chain, X509_free); }
};
using Chain = std::unique_ptr<STACK_OF(X509), FreeChain>;

// The signature is made while the parts are written (CMS_STREAM): finishing it before would sign twice.
constexpr unsigned kFlags = CMS_DETACHED | CMS_BINARY | CMS_CRLFEOL | CMS_STREAM;

// The queue of errors is the thread's: it is left empty.
std::string last_error() {
  std::string text(256, '\0');
  const unsigned long code = ERR_peek_last_error();
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return text.substr(0, text.find('\0'));
}

std::unexpected<Error> cannot_read(const std::string& file, std::string_view what) {
  return fail(ErrorCode::kInvalidInput, fmt::format("{}: no {} ({})", file, what, last_error()));
}

// Nobody is asked for a passphrase: there is no terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

Chain rest_of(BIO* file) {
  Chain chain(sk_X509_new_null());
  while (X509* const next = PEM_read_bio_X509(file, nullptr, &no_passphrase, nullptr))
    sk_X509_push(chain.get(), next);
  ERR_clear_error();  // the end of the file is one
  return chain;
}

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

struct MailSigner::Impl {
  Certificate certificate;
  PrivateKey key;
  Chain chain;
};

Result<MailSigner> MailSigner::load(const std::string& certificate_file, const std::string& key_file) {
  auto impl = std::make_shared<Impl>();
  const Bio certificates(BIO_new_file(certificate_file.c_str(), "r"));
  if (!certificates) return cannot_read(certificate_file, "certificate can be read");
  impl->certificate.reset(PEM_read_bio_X509(certificates.get(), nullptr, &no_passphrase, nullptr));
  if (!impl->certificate) return cannot_read(certificate_file, "certificate in it");
  impl->chain = rest_of(certificates.get());
  const Bio keys(BIO_new_file(key_file.c_str(), "r"));
  if (!keys) return cannot_read(key_file, "key can be read");
  impl->key.reset(PEM_read_bio_PrivateKey(keys.get(), nullptr, &no_passphrase, nullptr));
  if (!impl->key) return cannot_read(key_file, "key without a passphrase in it");
  if (X509_check_private_key(impl->certificate.get(), impl->key.get()) != 1)
    return cannot_read(key_file, "key of the certificate " + certificate_file);
  return MailSigner(std::move(impl));
}

bool MailSigner::holds_at(Timestamp time) const {
  std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const X509* const certificate = impl_->certificate.get();
  return X509_cmp_time(X509_get0_notBefore(certificate), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &seconds) > 0;
}

std::string MailSigner::ends() const {
  const Bio text(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(text.get(), X509_get0_notAfter(impl_->certificate.get()));
  return text_of(text.get());
}

Result<std::string> MailSigner::sign(std::string_view entity) const {
  const auto failed = [] { return fail(ErrorCode::kInvalidInput, "cannot sign: " + last_error()); };
  const Bio content(BIO_new_mem_buf(entity.data(), static_cast<int>(entity.size())));
  const Bio out(BIO_new(BIO_s_mem()));
  const SignedData data(CMS_sign(nullptr, nullptr, impl_->chain.get(), content.get(), kFlags | CMS_PARTIAL));
  if (!content || !out || !data) return failed();
  if (CMS_add1_signer(data.get(), impl_->certificate.get(), impl_->key.get(), EVP_sha256(), kFlags) ==
      nullptr)
    return failed();
  if (SMIME_write_CMS(out.get(), data.get(), content.get(), static_cast<int>(kFlags)) != 1) return failed();
  const std::string mail = text_of(out.get());
  // OpenSSL begins as if its output were a whole mail; the mail has this header already.
  constexpr std::string_view kVersion = "MIME-Version: 1.0\r\n";
  return mail.starts_with(kVersion) ? mail.substr(kVersion.size()) : mail;
}

}  // namespace postreeve
