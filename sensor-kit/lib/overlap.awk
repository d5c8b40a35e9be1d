# Lines "here NETWORK DEVICE" and "there NETWORK WHAT" (IPv4) in; one line for each network here that overlaps with one there.
# What is no IPv4 network (a name, "default", IPv6) is passed over.

$2 ~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(\/[0-9]+)?$/ {
    split($2, parts, "/")
    split(parts[1], byte, ".")
    length_of = parts[2] == "" ? 32 : parts[2] + 0
    # Not every awk can raise to a power.
    size = 1
    for (bit = length_of; bit < 32; bit++) size *= 2
    start = ((byte[1] * 256 + byte[2]) * 256 + byte[3]) * 256 + byte[4]
    start = int(start / size) * size
    number = ++count[$1]
    text[$1, number] = $2
    from[$1, number] = start
    until[$1, number] = start + size
    name[$1, number] = $3
}

END {
    for (h = 1; h <= count["here"]; h++)
        for (t = 1; t <= count["there"]; t++)
            if (from["here", h] < until["there", t] && from["there", t] < until["here", h]) {
                print text["here", h] " on " name["here", h] " overlaps with " \
                    (name["there", t] == "network" ? "the tunnel's network " : \
                    name["there", t] == "base" ? "base, " : "this box's address in the tunnel, ") text["there", t]
                break
            }
}
