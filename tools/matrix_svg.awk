# matrix_svg.awk: the table of matrix.sh as a picture for slides.
BEGIN {
    FS = "\t"
    left = 250
    top = 108
    width = 124
    height = 30
    fill["opens"] = "#c0392b"
    fill["part"] = "#d68910"
    fill["-"] = "#1e8449"
}

NR == 1 {
    columns = NF - 2
    for (i = 1; i <= columns; i++)
        head[i] = $(i + 2)
    next
}

{
    rows++
    for (i = 1; i <= columns; i++)
        cell[rows, i] = $(i + 2)
}

END {
    total_width = left + (columns - 1) * width + 20
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ", total_width, top + rows * height + 60
    printf "role=\"img\" aria-label=\"Which leak opens which key exchange\" "
    print "font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" font-size=\"15\">"
    print "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    text(20, 38, "start", "Recorded today, leaked tomorrow: which leak opens which key exchange?", \
         " font-size=\"20\" font-weight=\"bold\"")
    for (i = 2; i <= columns; i++) {
        lines = split(head[i], line, / \+ |: /)
        for (n = 1; n <= lines; n++)
            text(left + (i - 1.5) * width, top - 14 - (lines - n) * 19, "middle", (n > 1 && head[i] ~ /\+/ ? "+ " : "") line[n], \
                 " font-weight=\"bold\"")
    }
    for (r = 1; r <= rows; r++) {
        y = top + (r - 1) * height
        text(20, y + 20, "start", cell[r, 1], "")
        for (i = 2; i <= columns; i++) {
            x = left + (i - 2) * width
            printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"%s\"/>\n", \
                x + 2, y + 2, width - 4, height - 4, fill[cell[r, i]]
            text(x + width / 2, y + 20, "middle", cell[r, i] == "-" ? "shut" : cell[r, i], \
                 " fill=\"#ffffff\"")
        }
    }
    text(20, top + rows * height + 36, "start", \
         "Each cell is a run of keyfall-attacker on a recording, with that leak alone. PSK: pre-shared key. dlog: the group itself, attacked.", " fill=\"#555555\"")
    print "</svg>"
}

function text(x, y, anchor, words, more)
{
    gsub(/&/, "\\&amp;", words)
    gsub(/</, "\\&lt;", words)
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n", x, y, anchor, more, words
}
