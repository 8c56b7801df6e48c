# matrix_text.awk: the table of matrix.sh within 80 columns. The heads of the columns are cut at their
# blanks, and stand on the line below them.
BEGIN {
    FS = "\t"
    left = 25
    width = 7
}

NR == 1 {
    for (i = 4; i <= NF; i++) {
        num_words = split($i, word, " ")
        n = 0
        for (w = 1; w <= num_words; w++) {
            if (n > 0 && length(head[i, n] " " word[w]) < width)
                head[i, n] = head[i, n] " " word[w]
            else
                head[i, ++n] = word[w]
        }
        num_lines[i] = n
        lines = lines > n ? lines : n
    }
    for (line = 1; line <= lines; line++) {
        row = sprintf("%-*s", left, line == lines ? $3 : "")
        for (i = 4; i <= NF; i++)
            row = row sprintf("%-*s", width, head[i, line - lines + num_lines[i]])
        print_trimmed(row)
    }
    print ""
    next
}

{
    row = sprintf("%-*s", left, $3)
    for (i = 4; i <= NF; i++)
        row = row sprintf("%-*s", width, $i)
    print_trimmed(row)
}

function print_trimmed(row)
{
    sub(/ +$/, "", row)
    print row
}
