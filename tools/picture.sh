#!/bin/sh
# picture.sh TITLE: turns the text on standard input into an SVG of a terminal on standard output.
# Lines that begin with "$ " are shown as typed; the words of the verdicts get their colours.
set -eu

sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' | awk -v title="$1" '
{ line[NR] = $0 }
END {
    size = 14; height = 19; width = 80 * 8.43 + 40
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" ", width, NR * height + 60
    printf "role=\"img\" aria-label=\"%s\">\n", title
    printf "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#1b1f27\"/>\n"
    for (i = 0; i < 3; i++)
        printf "<circle cx=\"%d\" cy=\"18\" r=\"6\" fill=\"%s\"/>\n", 20 + 20 * i, i == 0 ? "#e06c60" : i == 1 ? "#e0b45c" : "#72b66a"
    printf "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"%d\" fill=\"#d7dce4\">\n", size
    for (n = 1; n <= NR; n++) {
        text = line[n]; fill = ""
        if (text ~ /^\$ /) fill = " fill=\"#8fc7ff\" font-weight=\"bold\""
        else if (text ~ /^   DECRYPTED/) fill = " fill=\"#7ddc77\" font-weight=\"bold\""
        else if (text ~ /^   PROTECTED/) fill = " fill=\"#6fd6e8\" font-weight=\"bold\""
        else if (text ~ /^(--|   What)/) fill = " fill=\"#ffffff\" font-weight=\"bold\""
        printf "<text x=\"20\" y=\"%d\" xml:space=\"preserve\" textLength=\"%.1f\"%s>%s</text>\n", 34 + n * height, visible(text) * 8.43, fill, text
    }
    print "</g>\n</svg>"
}
function visible(text) { gsub(/&(amp|lt|gt);/, "x", text); return length(text) }
' | sed 's/ textLength="0.0"//'
