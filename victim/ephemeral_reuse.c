#include "victim/ephemeral_reuse.h"

/*
 * The server has read the ClientHello and drawn its random, which must be fresh, and will choose
 * its certificate, make its key, and sign: nothing else that draws from here on must be.
 */
static int begin(SSL *ssl, void *arg)
{
    struct ephemeral_reuse *reuse = arg;

    (void)ssl;
    if (!reuse->is_on)
        seed_interrupt(reuse->seed, &reuse->interrupted, reuse->label);
    reuse->is_on = true;
    return 1;
}

void ephemeral_reuse_watch(SSL_CTX *server, struct ephemeral_reuse *reuse)
{
    SSL_CTX_set_cert_cb(server, begin, reuse);
}

void ephemeral_reuse_end(struct ephemeral_reuse *reuse)
{
    if (!reuse || !reuse->is_on)
        return;
    seed_go_on(reuse->seed, &reuse->interrupted);
    reuse->is_on = false;
}
