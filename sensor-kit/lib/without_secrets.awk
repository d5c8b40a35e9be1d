# Lets text through, and takes out what looks like a key: PEM blocks that are not certificates, long runs of hexadecimal
# digits (also in pairs, as openssl writes them) and long words of base64. Names, addresses, UUIDs and paths stay.

BEGIN { RUN = 32 }

/-----BEGIN / && !/-----BEGIN CERTIFICATE-----/ { print "[removed: " substr($0, index($0, "-----BEGIN "), 40) "]"; inside = 1 }
inside { if (/-----END /) inside = 0; next }
{ print clean($0) }

function clean(line,    word, kept, before) {
    kept = ""
    # Words of the letters of both alphabets of base64; hexadecimal digits in pairs are of them, too.
    while (match(line, /[A-Za-z0-9+\/=_-]+/)) {
        before = substr(line, 1, RSTART - 1)
        word = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        kept = kept before (is_secret(word) ? "[removed]" : word)
    }
    return without_pairs(kept line)
}

# A key is random: a long run of hexadecimal digits, or letters of both cases and digits.
function is_secret(word) {
    if (longest_hexadecimal(word) >= RUN) return 1
    if (length(word) < RUN || word ~ /^\/(dev|etc|usr|var|run|sys|proc|nsm)\//) return 0
    # Words of a unit's or a path's name are of one case.
    return word ~ /[A-Z]/ && word ~ /[a-z]/ && word ~ /[0-9+\/]/
}

function longest_hexadecimal(word,    most) {
    most = 0
    while (match(word, /[0-9a-fA-F]+/)) {
        if (RLENGTH > most) most = RLENGTH
        word = substr(word, RSTART + RLENGTH)
    }
    return most
}

# Twenty pairs and more; a hardware address has six, and a fingerprint may go, too.
function without_pairs(line,    kept, run) {
    kept = ""
    while (match(line, /([0-9a-fA-F][0-9a-fA-F][: ])+[0-9a-fA-F][0-9a-fA-F]/)) {
        run = substr(line, RSTART, RLENGTH)
        kept = kept substr(line, 1, RSTART - 1) (RLENGTH >= 59 ? "[removed]" : run)
        line = substr(line, RSTART + RLENGTH)
    }
    return kept line
}
