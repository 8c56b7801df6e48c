#include "attacker/tls/signature_scheme.h"

#include <stddef.h>

const struct signature_scheme *signature_scheme_find(uint16_t id)
{
    static const struct signature_scheme schemes[] = {
        {0x0101, "rsa_pkcs1_md5", SIGNATURE_PKCS1, "MD5"},
        {0x0201, "rsa_pkcs1_sha1", SIGNATURE_PKCS1, "SHA1"},
        {0x0202, "dsa_sha1", SIGNATURE_DSA, "SHA1"},
        {0x0203, "ecdsa_sha1", SIGNATURE_DSA, "SHA1"},
        {0x0301, "rsa_pkcs1_sha224", SIGNATURE_PKCS1, "SHA224"},
        {0x0302, "dsa_sha224", SIGNATURE_DSA, "SHA224"},
        {0x0303, "ecdsa_sha224", SIGNATURE_DSA, "SHA224"},
        {0x0401, "rsa_pkcs1_sha256", SIGNATURE_PKCS1, "SHA256"},
        {0x0402, "dsa_sha256", SIGNATURE_DSA, "SHA256"},
        {0x0403, "ecdsa_secp256r1_sha256", SIGNATURE_DSA, "SHA256"},
        {0x0501, "rsa_pkcs1_sha384", SIGNATURE_PKCS1, "SHA384"},
        {0x0502, "dsa_sha384", SIGNATURE_DSA, "SHA384"},
        {0x0503, "ecdsa_secp384r1_sha384", SIGNATURE_DSA, "SHA384"},
        {0x0601, "rsa_pkcs1_sha512", SIGNATURE_PKCS1, "SHA512"},
        {0x0602, "dsa_sha512", SIGNATURE_DSA, "SHA512"},
        {0x0603, "ecdsa_secp521r1_sha512", SIGNATURE_DSA, "SHA512"},
        {0x0804, "rsa_pss_rsae_sha256", SIGNATURE_PSS, "SHA256"},
        {0x0805, "rsa_pss_rsae_sha384", SIGNATURE_PSS, "SHA384"},
        {0x0806, "rsa_pss_rsae_sha512", SIGNATURE_PSS, "SHA512"},
        {0x0807, "ed25519", SIGNATURE_EDDSA, NULL},
        {0x0808, "ed448", SIGNATURE_EDDSA, NULL},
        {0x0809, "rsa_pss_pss_sha256", SIGNATURE_PSS, "SHA256"},
        {0x080a, "rsa_pss_pss_sha384", SIGNATURE_PSS, "SHA384"},
        {0x080b, "rsa_pss_pss_sha512", SIGNATURE_PSS, "SHA512"},
    };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (schemes[i].id == id)
            return &schemes[i];
    }
    return NULL;
}

const struct signature_scheme *signature_scheme_before_tls12(bool rsa)
{
    static const struct signature_scheme md5_sha1 = {0, "RSA with MD5 and SHA-1", SIGNATURE_PKCS1,
                                                     "MD5-SHA1"};
    static const struct signature_scheme sha1 = {0, "SHA-1", SIGNATURE_DSA, "SHA1"};

    return rsa ? &md5_sha1 : &sha1;
}
