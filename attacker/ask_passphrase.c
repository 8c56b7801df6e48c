#include "attacker/ask_passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "capture/alloc.h"
#include "capture/complaint.h"

/* The signals that end or stop a program from a terminal or from elsewhere. */
static void set_of_signals(sigset_t *set)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

    (void)sigemptyset(set);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        (void)sigaddset(set, signals[i]);
}

/* put writes a whole text, or gives up: then there is nobody to read it either. */
static void put(int terminal, const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t written = write(terminal, text, len);

        if (written <= 0)
            return;
        text += written;
        len -= (size_t)written;
    }
}

enum typed { TYPED_LINE, TYPED_NOTHING, TYPED_SIGNAL };

/* await: a line was typed, or one of the signals waits. */
static enum typed await(int terminal, int signals)
{
    struct pollfd polled[] = {{.fd = signals, .events = POLLIN},
                              {.fd = terminal, .events = POLLIN}};

    while (poll(polled, 2, -1) < 0) {
        if (errno != EINTR)
            return TYPED_NOTHING;
    }
    return polled[0].revents ? TYPED_SIGNAL : TYPED_LINE;
}

static enum typed read_line(int terminal, int signals, char out[static PASSPHRASE_MAX + 1])
{
    enum typed typed = await(terminal, signals);

    out[0] = '\0';
    if (typed != TYPED_LINE)
        return typed;

    /* The terminal gives one line at a time. */
    ssize_t len = read(terminal, out, PASSPHRASE_MAX);
    out[len > 0 ? len : 0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return out[0] ? TYPED_LINE : TYPED_NOTHING;
}

/*
 * ask_once holds the signals back while nothing typed is shown. One that came meanwhile is
 * delivered at the end of this function, and does then what it always does; after Ctrl-Z and fg the
 * program goes on behind that point.
 */
static enum typed ask_once(int terminal, const char *question, char out[static PASSPHRASE_MAX + 1])
{
    enum typed typed = TYPED_NOTHING;
    struct termios before;
    sigset_t ours;
    sigset_t theirs;

    set_of_signals(&ours);
    int signals = signalfd(-1, &ours, SFD_CLOEXEC);
    if (signals < 0)
        return TYPED_NOTHING;
    (void)sigprocmask(SIG_BLOCK, &ours, &theirs);
    if (tcgetattr(terminal, &before) == 0) {
        struct termios quiet = before;

        quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
        quiet.c_lflag |= ECHONL | ICANON | ISIG;
        if (tcsetattr(terminal, TCSAFLUSH, &quiet) == 0) {
            put(terminal, question);
            typed = read_line(terminal, signals, out);
            if (typed == TYPED_SIGNAL)
                put(terminal, "\n");
            (void)tcsetattr(terminal, TCSADRAIN, &before);
        }
    }
    (void)close(signals);
    (void)sigprocmask(SIG_SETMASK, &theirs, NULL);
    return typed;
}

char *ask_passphrase(const char *path)
{
    bool somebody = isatty(STDIN_FILENO) || isatty(STDERR_FILENO);
    int terminal = somebody ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
    char text[PASSPHRASE_MAX + 1];
    struct complaint question;
    enum typed typed;
    char *passphrase = NULL;

    if (terminal < 0)
        return NULL;
    (void)complaint_say(&question, "keyfall-attacker: passphrase of %s: ", path);
    do {
        typed = ask_once(terminal, question.text, text);
    } while (typed == TYPED_SIGNAL);
    if (typed == TYPED_LINE)
        passphrase = alloc_text(text);
    OPENSSL_cleanse(text, sizeof(text));
    (void)close(terminal);
    return passphrase;
}
