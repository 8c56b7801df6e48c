/*
 * The server's key in every form that openssl writes, given to the program as a person would: each
 * opens the same session. And what is no key, or another's, is told.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define FIXTURE   "fixtures/rsa"
#define KEY       FIXTURE "/server.key"
#define RECORDING FIXTURE "/recording.pcap"

static char *folder;

static int set_up(void **state)
{
    (void)state;
    folder = scratch_new();

    char *path = alloc_format("%s/passphrases", folder);
    file_write(path, bytes_of("wrong\n\nsesame\r\n", 15));
    free(path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(folder);
    return 0;
}

/* make lets openssl write $F/key; `line` is a shell's. */
static void make(const char *line)
{
    struct run_result result;

    run_line(&result, "env F=%s sh -c '%s'", folder, line);
    assert_status(&result, 0);
    run_clear(&result);
}

/* opens: the key in $F/key opens the session. */
static void opens(const char *line)
{
    struct run_result result;

    make(line);
    run_line(&result, "keyfall-attacker -q -k %s/key --passphrase-file %s/passphrases " RECORDING,
             folder, folder);
    if (result.status != 0)
        fail_msg("%s: %s", line, run_err(&result));
    assert_says(run_out(&result), "1 decrypted server_key");
    assert_string_equal(run_err(&result), "");
    run_clear(&result);
}

/* refused: $F/key is not taken, and this is said. */
static void refused(const char *sentence, const char *line)
{
    struct run_result result;

    make(line);
    run_line(&result, "keyfall-attacker -q -k %s/key " RECORDING, folder);
    assert_status(&result, 2);
    assert_string_equal(run_out(&result), "");
    assert_says(run_err(&result), sentence);
    run_clear(&result);
}

static void plain_in_each_form(void **state)
{
    (void)state;
    opens("cp " KEY " $F/key");
    opens("openssl rsa -in " KEY " -traditional -out $F/key");
    opens("openssl rsa -in " KEY " -traditional -outform DER -out $F/key");
    opens("openssl pkcs8 -topk8 -nocrypt -in " KEY " -outform DER -out $F/key");
}

static void encrypted_in_each_form(void **state)
{
    (void)state;
    opens("openssl pkcs8 -topk8 -in " KEY " -out $F/key -passout pass:sesame");
    opens("openssl pkcs8 -topk8 -in " KEY " -outform DER -out $F/key -passout pass:sesame");
    opens("openssl pkcs8 -topk8 -in " KEY " -out $F/key -passout pass:sesame -v1 "
          "PBE-SHA1-RC2-40 -provider legacy -provider default");
    opens("openssl rsa -in " KEY " -traditional -aes128 -passout pass:sesame -out $F/key");
    opens("openssl rsa -in " KEY " -traditional -des3 -passout pass:sesame -out $F/key");
}

#define PKCS12 "openssl pkcs12 -export -inkey " KEY " -in " FIXTURE "/server.crt -out $F/key "

static void pkcs_12_old_and_new(void **state)
{
    (void)state;
    opens(PKCS12 "-passout pass:sesame");
    opens(PKCS12 "-passout pass:sesame -nomac");
    opens(PKCS12 "-passout pass:sesame -legacy");
    opens(PKCS12 "-passout pass:sesame -legacy -certpbe RC2-40-CBC -keypbe PBE-SHA1-RC2-40");
    opens(PKCS12 "-passout pass:");
    opens(PKCS12 "-passout pass: -keypbe NONE -certpbe NONE -nomac");
}

static void as_it_comes_out_of_other_programs(void **state)
{
    (void)state;
    opens("(printf \"\\357\\273\\277\\n# key\\n\"; sed s/$/\\\\r/ " KEY ") > $F/key");
    opens("(printf \"\\377\\376\"; iconv -t UTF-16LE " KEY ") > $F/key");
    opens("sed \"s/^/    /\" " KEY " > $F/key");
    opens("cat fixtures/ecdhe-ecdsa/server.key " FIXTURE "/server.crt " KEY " > $F/key");
}

static void what_is_no_private_key(void **state)
{
    (void)state;
    refused("holds a public key only", "openssl rsa -in " KEY " -pubout -out $F/key");
    refused("holds a public key only", "openssl rsa -in " KEY " -pubout -outform DER -out $F/key");
    refused("holds a certificate,", "cp " FIXTURE "/server.crt $F/key");
    refused("holds a certificate request", "openssl req -new -key " KEY " -subj /CN=x -out $F/key");
    refused("holds a certificate request",
            "openssl req -new -key " KEY " -subj /CN=x -outform DER -out $F/key");
    refused("holds a certificate,",
            "openssl crl2pkcs7 -nocrl -certfile " FIXTURE "/server.crt -outform DER -out $F/key");
    refused("parameters of a group",
            "openssl ecparam -name prime256v1 -out $F/key"); /* without -genkey */
}

static void a_folder_with_some_of_everything(void **state)
{
    char *store = scratch_new();
    struct run_result result;

    (void)state;
    run_line(&result,
             "sh -c 'mkdir %s/live && cp " KEY " %s/live/privkey.pem && cp " FIXTURE
             "/server.crt README.md %s && cp fixtures/psk/keylog.txt %s && openssl pkcs8 -topk8 "
             "-in " KEY " -out %s/locked.pem -passout pass:other'",
             store, store, store, store, store);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result, "keyfall-attacker -q -k %s " RECORDING, store);
    assert_status(&result, 0);
    assert_says(run_err(&result), "/locked.pem: the key is encrypted");
    assert_null(strstr(strchr(run_err(&result), '\n') + 1, "\n")); /* one line */
    run_clear(&result);
    scratch_free(store);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(plain_in_each_form),     CASE(encrypted_in_each_form),
        CASE(pkcs_12_old_and_new),    CASE(as_it_comes_out_of_other_programs),
        CASE(what_is_no_private_key), CASE(a_folder_with_some_of_everything),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
