# Exits 0 if stdin is nothing but 1 to `most` PEM blocks (RFC 7468) of one kind: awk -v label=CERTIFICATE -v most=4.

/^-----BEGIN / {
    if (inside || $0 != "-----BEGIN " label "-----" || ++blocks > most) strange = 1
    inside = 1
    lines = 0
    next
}
/^-----END / {
    if (!inside || !lines || $0 != "-----END " label "-----") strange = 1
    inside = 0
    next
}
{
    if (!inside || length($0) > 76 || $0 !~ "^[A-Za-z0-9+/]+=?=?$") strange = 1
    lines++
}
END { exit !(blocks && !inside && !strange) }
