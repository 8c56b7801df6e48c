#include "tests/support/dh_file.h"

#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "tests/support/check.h"

void dh_file_write(const char *path, const char *prime, unsigned generator)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    BIO *file = BIO_new_file(path, "w");
    BIGNUM *p = NULL;
    BIGNUM *g = BN_new();
    EVP_PKEY *group = NULL;

    assert_true(build && ctx && file && g);
    assert_true(BN_hex2bn(&p, prime) > 0 && BN_set_word(g, generator) == 1);
    assert_true(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
                OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_G, g) == 1);

    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);

    assert_non_null(params);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &group, EVP_PKEY_KEY_PARAMETERS, params), 1);
    assert_int_equal(PEM_write_bio_Parameters(file, group), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_free(group);
    EVP_PKEY_CTX_free(ctx);
    BIO_free(file);
    BN_free(p);
    BN_free(g);
}
