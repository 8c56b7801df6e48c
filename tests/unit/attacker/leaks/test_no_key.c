#include "attacker/leaks/no_key.h"

#include "tests/support/check.h"
#include "tests/support/sample_exchange.h"

static void says_of(unsigned holds, const char *part)
{
    struct complaint why;

    assert_false(no_key_say(&why, "FILE", holds));
    says(why.text, "FILE: ");
    says(why.text, part);
}

static void each_has_its_own_sentence(void **state)
{
    (void)state;
    says_of(0, "is not a private key that can be read");
    says_of(NO_KEY_DAMAGED, "is not a private key that can be read");
    says_of(NO_KEY_LOCKED, "--passphrase-file");
    says_of(NO_KEY_WRONG, "the passphrase does not open this key");
    says_of(NO_KEY_OPENSSH, "ssh-keygen -p -m PEM");
    says_of(NO_KEY_PUTTY, "puttygen");
    says_of(NO_KEY_KEYSTORE, "keytool -importkeystore");
    says_of(NO_KEY_TOKEN, "inside a token");
    says_of(NO_KEY_CERTIFICATE, "holds a certificate");
    says_of(NO_KEY_REQUEST, "holds a certificate request");
    says_of(NO_KEY_PUBLIC, "holds a public key only");
    says_of(NO_KEY_PARAMETERS, "parameters of a group");
}

static void the_key_is_told_before_what_stands_beside_it(void **state)
{
    (void)state;
    says_of(NO_KEY_CERTIFICATE | NO_KEY_LOCKED, "the key is encrypted");
    says_of(NO_KEY_CERTIFICATE | NO_KEY_OPENSSH, "OpenSSH");
    says_of(NO_KEY_PARAMETERS | NO_KEY_CERTIFICATE, "holds a certificate");
}

static void labels_and_beginnings_are_known(void **state)
{
    (void)state;
    assert_int_equal(no_key_of_label("CERTIFICATE"), NO_KEY_CERTIFICATE);
    assert_int_equal(no_key_of_label("NEW CERTIFICATE REQUEST"), NO_KEY_REQUEST);
    assert_int_equal(no_key_of_label("OPENSSH PRIVATE KEY"), NO_KEY_OPENSSH);
    assert_int_equal(no_key_of_label("TSS2 PRIVATE KEY"), NO_KEY_TOKEN);
    assert_int_equal(no_key_of_label("RSA PRIVATE KEY"), 0);
    assert_int_equal(no_key_of_start(bytes_of("PuTTY-User-Key-File-3: ssh-rsa", 30)), NO_KEY_PUTTY);
    assert_int_equal(no_key_of_start(bytes_of("\xfe\xed\xfe\xed\0\0\0\2", 8)), NO_KEY_KEYSTORE);
    assert_int_equal(no_key_of_start(bytes_of("\xce\xce\xce\xce\0\0\0\2", 8)), NO_KEY_KEYSTORE);
    assert_int_equal(no_key_of_start(bytes_of("pkcs11:object=x", 15)), NO_KEY_TOKEN);
    assert_int_equal(no_key_of_start(bytes_of("ssh-rsa AAAA", 12)), NO_KEY_PUBLIC);
    assert_int_equal(no_key_of_start(bytes_of("\xfe\xed\xfe", 3)), 0);
    assert_int_equal(no_key_of_start((struct bytes){0}), 0);
    assert_true(no_key_is_token("pkcs11:token=t;object=o"));
    assert_true(no_key_is_token("tpmkey:file=x"));
    assert_false(no_key_is_token("pkcs11/key.pem"));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_has_its_own_sentence),
        CASE(the_key_is_told_before_what_stands_beside_it),
        CASE(labels_and_beginnings_are_known),
    };

    return RUN(cases);
}
