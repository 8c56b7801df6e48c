#include "attacker/leaks/no_key.h"

struct known {
    const char *text;
    unsigned holds;
};

unsigned no_key_of_label(const char *label)
{
    static const struct known labels[] = {
        {"CERTIFICATE", NO_KEY_CERTIFICATE},
        {"X509 CERTIFICATE", NO_KEY_CERTIFICATE},
        {"TRUSTED CERTIFICATE", NO_KEY_CERTIFICATE},
        {"PKCS7", NO_KEY_CERTIFICATE},
        {"CERTIFICATE REQUEST", NO_KEY_REQUEST},
        {"NEW CERTIFICATE REQUEST", NO_KEY_REQUEST},
        {"PUBLIC KEY", NO_KEY_PUBLIC},
        {"RSA PUBLIC KEY", NO_KEY_PUBLIC},
        {"EC PARAMETERS", NO_KEY_PARAMETERS},
        {"DH PARAMETERS", NO_KEY_PARAMETERS},
        {"X9.42 DH PARAMETERS", NO_KEY_PARAMETERS},
        {"DSA PARAMETERS", NO_KEY_PARAMETERS},
        {"OPENSSH PRIVATE KEY", NO_KEY_OPENSSH},
        {"TSS2 PRIVATE KEY", NO_KEY_TOKEN},
        {"TSS2 KEY BLOB", NO_KEY_TOKEN},
        {"PKCS#11 PROVIDER URI", NO_KEY_TOKEN},
    };

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        if (strcmp(label, labels[i].text) == 0)
            return labels[i].holds;
    }
    return 0;
}

unsigned no_key_of_start(struct bytes file)
{
    static const struct known starts[] = {
        {"PuTTY-User-Key-File-", NO_KEY_PUTTY},
        {"\xfe\xed\xfe\xed", NO_KEY_KEYSTORE}, /* JKS */
        {"\xce\xce\xce\xce", NO_KEY_KEYSTORE}, /* JCEKS */
        {"pkcs11:", NO_KEY_TOKEN},             /* RFC 7512 */
        {"ssh-rsa ", NO_KEY_PUBLIC},
        {"ssh-ed25519 ", NO_KEY_PUBLIC},
        {"ecdsa-sha2-", NO_KEY_PUBLIC},
    };

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        size_t len = strlen(starts[i].text);

        if (bytes_equal(bytes_first(file, len), bytes_of(starts[i].text, len)))
            return starts[i].holds;
    }
    return 0;
}

bool no_key_is_token(const char *path)
{
    return strncmp(path, "pkcs11:", 7) == 0 || strncmp(path, "tpmkey:", 7) == 0;
}

bool no_key_say(struct complaint *why, const char *path, unsigned holds)
{
    /* In this order: what is nearest to a key that opens something comes first. */
    static const struct known sentences[] = {
        {"the key is encrypted; give its passphrase with --passphrase-file FILE", NO_KEY_LOCKED},
        {"the passphrase does not open this key", NO_KEY_WRONG},
        {"is a private key in OpenSSH's own format; ssh-keygen -p -m PEM -f FILE turns a copy of "
         "it into PEM",
         NO_KEY_OPENSSH},
        {"is a private key in PuTTY's own format; puttygen FILE -O private-openssh -o NEW turns it "
         "into PEM",
         NO_KEY_PUTTY},
        {"is a Java keystore; keytool -importkeystore -srckeystore FILE -destkeystore NEW.p12 "
         "-deststoretype PKCS12 turns it into PKCS #12",
         NO_KEY_KEYSTORE},
        {"names a key inside a token or TPM, which it does not leave; what is needed is the key "
         "itself in a file",
         NO_KEY_TOKEN},
        {"holds a certificate, which is public; what opens sessions is the private key that "
         "belongs to it",
         NO_KEY_CERTIFICATE},
        {"holds a certificate request, which is public; what opens sessions is the private key "
         "that it was made with",
         NO_KEY_REQUEST},
        {"holds a public key only; the private key is needed", NO_KEY_PUBLIC},
        {"holds the parameters of a group, which are public, and no key", NO_KEY_PARAMETERS},
    };

    for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
        if (holds & sentences[i].holds)
            return complaint_say(why, "%s: %s", path, sentences[i].text);
    }
    return complaint_say(why,
                         "%s: is not a private key that can be read; it should be PEM, DER or "
                         "PKCS #12",
                         path);
}
