#include "attacker/tls/known_prime.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "attacker/tls/group.h"

/* One of these says which number it is. */
struct row {
    struct known_prime known;
    const char *libcrypto;            /* its name there, as that of a group */
    BIGNUM *(*function)(BIGNUM *out); /* libcrypto's function that makes it */
    const char *hex;
};

static BIGNUM *by_name(const char *name)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, unconst(name), 0),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *key = NULL;
    BIGNUM *p = NULL;

    if (context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEY_PARAMETERS, params) == 1)
        (void)EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &p);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    return p;
}

static BIGNUM *by_hex(const char *hex)
{
    BIGNUM *p = NULL;

    (void)BN_hex2bn(&p, hex);
    return p;
}

static bool is_number(const struct row *row, const BIGNUM *p)
{
    BIGNUM *known = row->hex        ? by_hex(row->hex)
                    : row->function ? row->function(NULL)
                                    : by_name(row->libcrypto);
    bool same = known && BN_cmp(p, known) == 0;

    BN_free(known);
    return same;
}

/*
 * Those of the programs are what a survey of the internet found to be in use (Adrian et al., 2015;
 * the numbers stand in nmap's ssl-dh-params), and what Java 17 made when it was asked: its own
 * group of 512 bits, and for signatures (DSA) the three that Java 7 used for key exchange as well.
 */
/* clang-format off */
static const struct row rows[] = {
    {{768, "modp768", "RFC 2409", true}, NULL, BN_get_rfc2409_prime_768, NULL},
    {{1024, "modp1024", "RFC 2409", true}, NULL, BN_get_rfc2409_prime_1024, NULL},
    {{1536, "modp1536", "RFC 3526", true}, "modp_1536", NULL, NULL},
    {{2048, "modp2048", "RFC 3526", true}, "modp_2048", NULL, NULL},
    {{3072, "modp3072", "RFC 3526", true}, "modp_3072", NULL, NULL},
    {{4096, "modp4096", "RFC 3526", true}, "modp_4096", NULL, NULL},
    {{6144, "modp6144", "RFC 3526", true}, "modp_6144", NULL, NULL},
    {{8192, "modp8192", "RFC 3526", true}, "modp_8192", NULL, NULL},
    {{2048, "ffdhe2048", "RFC 7919", true}, "ffdhe2048", NULL, NULL},
    {{3072, "ffdhe3072", "RFC 7919", true}, "ffdhe3072", NULL, NULL},
    {{4096, "ffdhe4096", "RFC 7919", true}, "ffdhe4096", NULL, NULL},
    {{6144, "ffdhe6144", "RFC 7919", true}, "ffdhe6144", NULL, NULL},
    {{8192, "ffdhe8192", "RFC 7919", true}, "ffdhe8192", NULL, NULL},
    {{1024, "dh_1024_160", "RFC 5114", false}, "dh_1024_160", NULL, NULL},
    {{2048, "dh_2048_224", "RFC 5114", false}, "dh_2048_224", NULL, NULL},
    {{2048, "dh_2048_256", "RFC 5114", false}, "dh_2048_256", NULL, NULL},
    {{512, "512-bit DH of Apache mod_ssl 2.0", NULL, false}, NULL, NULL,
     "d4bcd52406f69b35994b88de5db89682c8157f62d8f33633ee5772f11f05ab22d6b5145b9f24"
     "1e5acc31ff090a4bc71148976f76795094e71e7903529f5a824b"},
    {{512, "512-bit DH of Apache mod_ssl 2.2", NULL, false}, NULL, NULL,
     "9fdb8b8a004544f0045f1737d0ba2e0b274cdf1a9f588218fb435316a16e374171fd19d8d8f3"
     "7c39bf863fd60e3e300680a3030c6e4c3757d08f70e6aa871033"},
    {{512, "512-bit DH of OpenSSL s_server", NULL, false}, NULL, NULL,
     "da583c16d9852289d0e4af756f4cca92dd4be533b804fb0fed94ef9c8a4403ed574650d36999"
     "db29d776276ba2d3d412e218f4dd1e084cf6d8003e7c4774e833"},
    {{512, "512-bit DH of Java 7", NULL, false}, NULL, NULL,
     "fca682ce8e12caba26efccf7110e526db078b05edecbcd1eb4a208f3ae1617ae01f35b91a47e"
     "6df63413c5e12ed0899bcd132acd50d99151bdc43ee737592e17"},
    {{512, "512-bit DH of Java 17", NULL, false}, NULL, NULL,
     "ffffffffffffffff8b479b3a6e8de86c294188f0bf2cd86cdb950adb36d0f61fd51e46f69c99"
     "ed95abe5a7bbb230a6ed1d0b4506b5317284ffffffffffffffff"},
    {{768, "768-bit DH of Java 7", NULL, false}, NULL, NULL,
     "e9e642599d355f37c97ffd3567120b8e25c9cd43e927b3a9670fbec5d890141922d2c3b3ad24"
     "80093799869d1e846aab49fab0ad26d2ce6a22219d470bce7d777d4a21fbe9c270b57f607002"
     "f3cef8393694cf45ee3688c11a8c56ab127a3daf"},
    {{1024, "1024-bit DH of Java 7", NULL, false}, NULL, NULL,
     "fd7f53811d75122952df4a9c2eece4e7f611b7523cef4400c31e3f80b6512669455d402251fb"
     "593d8d58fabfc5f5ba30f6cb9b556cd7813b801d346ff26660b76b9950a5a49f9fe8047b1022"
     "c24fbba9d7feb7c61bf83b57e7c6a8a6150f04fb83f6d3c51ec3023554135a169132f675f3ae"
     "2b61d72aeff22203199dd14801c7"},
    {{1024, "1024-bit DH of Apache mod_ssl 2.0", NULL, false}, NULL, NULL,
     "e6969d3d495be32c7cf180c3bdd4798e91b7818251bb055e2a2064904a79a770fa15a259cbd5"
     "23a6a6ef09c43048d5a22f971f3c20129b48000e6edd061cbc053e371d794e5327df611ebbbe"
     "1bac9b5c6044cf023d76e05eea9bad991b13a63c974e9ef1839eb5db125136f7262e56a88715"
     "38dfd823c6505085e21f0dd5c86b"},
    {{1024, "1024-bit DH of Apache mod_ssl 2.2", NULL, false}, NULL, NULL,
     "d67de440cbbbdc1936d693d34afd0ad50c84d239a45f520bb88174cb98bce951849f912e639c"
     "72fb13b4b4d7177e16d55ac179ba420b2a29fe324a467a635e81ff5901377beddcfd33168a46"
     "1aad3b72dae8860078045b07a7dbca7874087d1510ea9fcc9ddd330507dd62db88aeaa747de0"
     "f4d6e2bd68b0e7393e0f24218eb3"},
    {{1024, "1024-bit DH of nginx", NULL, false}, NULL, NULL,
     "bbbc2dcad84674907c43fcf580e9cfdbd958a3f568b42d4b08eed4eb0fb3504c6c030276e710"
     "800c5ccbbaa8922614c5beeca565a5fdf1d287a2bc049be6778060e91a92a757e3048f68b076"
     "f7d36cc8f29ba5df81dc2ca725ece66270cc9a5035d8ceceef9ea0274a63ab1e58fafd4988d0"
     "f65d146757da071df045cfe16b9b"},
    {{1024, "1024-bit DH of OpenSSL s_server", NULL, false}, NULL, NULL,
     "97f64261cab505dd2828e13f1d68b6d3dbd0f313047f40e856da58cb13b8a1bf2b783a4c6d59"
     "d5f92afc6cff3d693f78b23d4f3160a9502e3efaf7ab5e1ad5a65e554313828da83b9ff2d941"
     "dee95689fadaea0936addf1971fe635b20af470364603c2de059f54b650ad8fa0cf70121c747"
     "99d7587132be9b999bb9b787e8ab"},
};
/* clang-format on */

const struct known_prime *known_prime_find(struct bytes p)
{
    unsigned bits = group_prime_bits(p);
    BIGNUM *number = BN_bin2bn(p.at, (int)p.len, NULL);
    const struct known_prime *found = NULL;

    for (size_t i = 0; number && !found && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].known.bits == bits && is_number(&rows[i], number))
            found = &rows[i].known;
    }
    BN_free(number);
    return found;
}
