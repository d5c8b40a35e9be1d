# Reads an OpenVPN client configuration that base sent; exits 1 with a sentence unless all of it is on the list below.
#
# OpenVPN runs as root and its configuration can start programs (up, plugin, tls-verify), read and write any file (log,
# config, cd), open a control socket (management) and weaken the tunnel (cipher, tls-version-min). So a portal that was
# broken into must not reach a sensor's root through it, nor its traffic: only directives that cannot do such things,
# with just the values named here, in plain characters (no quotes, backslashes or <inline> blocks, and no line so long
# that OpenVPN might split it).
#
# A form is words with a space between them; "|" parts whole alternatives. A word stands for itself, <5-60> for a whole
# number from 5 to 60, and <host>, <gateway>, <ciphers> and <groups> for what is told in fits_word.

BEGIN {
    split("client nobind persist-key persist-tun", flags)
    for (i in flags) allow(flags[i], "", 1)
    allow("auth-retry", "nointeract", 1)
    allow("ca", "ca.crt", 1)
    allow("cert", "client.crt", 1)
    allow("connect-retry", "<1-60>|<1-60> <1-300>", 1)
    allow("connect-timeout", "<10-120>", 1)
    allow("data-ciphers", "<ciphers>", 1)
    allow("dev", "tun0", 1)
    allow("dev-type", "tun", 1)
    allow("hand-window", "<10-60>", 1)
    allow("keepalive", "<1-60> <2-300>", 1)
    allow("key", "client.key", 1)
    allow("mssfix", "<576-1500>", 1)
    allow("proto", "udp|udp4|udp6|tcp-client|tcp4-client|tcp6-client", 1)
    allow("rcvbuf", "<65536-67108864>", 1)
    allow("remote", "<host> <1-65535>|<host> <1-65535> udp|<host> <1-65535> udp4|<host> <1-65535> udp6" \
          "|<host> <1-65535> tcp-client|<host> <1-65535> tcp4-client|<host> <1-65535> tcp6-client", 4)
    allow("remote-cert-tls", "server", 1)
    allow("resolv-retry", "infinite", 1)
    allow("sndbuf", "<65536-67108864>", 1)
    allow("tls-cert-profile", "preferred|suiteb", 1)
    allow("tls-crypt-v2", "tls-crypt-v2.key", 1)
    allow("tls-groups", "<groups>", 1)
    allow("tls-version-min", "1.3", 1)
    allow("tun-mtu", "<1280-9000>", 1)
    allow("verb", "<1-4>", 1)
    allow("verify-x509-name", "<gateway> name", 1)

    # What a gateway may push. OpenVPN takes the first that fits what a pushed option begins with.
    all_else = "pull-filter ignore \"\""
    split("cipher AES-256-GCM,cipher CHACHA20-POLY1305,ifconfig ,key-derivation tls-ekm,peer-id ,ping ,ping-restart " \
          ",protocol-flags ,push-continuation ,route ,route-gateway ,topology subnet,tun-mtu ", pushed, ",")
    for (i in pushed) filter["pull-filter accept \"" pushed[i] "\""] = 1
    filter[all_else] = 1

    # The same lists as the gateway's agent has (gateway/state/openvpn_forms.py).
    split("AES-256-GCM CHACHA20-POLY1305", names)
    for (i in names) known["<ciphers>", names[i]] = 1
    split("X25519MLKEM768 SecP256r1MLKEM768 X25519 X448 secp256r1 prime256v1 secp384r1 secp521r1", names)
    for (i in names) known["<groups>", names[i]] = 1
    split("client dev remote ca cert key tls-crypt-v2 tls-version-min remote-cert-tls verify-x509-name", needed)
}

function allow(directive, forms, most) {
    form[directive] = forms
    times[directive] = most
}

function refuse(why) {
    # Not /dev/stderr, which not every awk knows, and which cannot be opened where it is a socket.
    print "line " NR ": " why | "cat >&2"
    refused = 1
    exit 1
}

function fits(forms,    alternatives, count, i) {
    if (forms == "") return NF == 1
    count = split(forms, alternatives, "|")
    for (i = 1; i <= count; i++)
        if (fits_one(alternatives[i])) return 1
    return 0
}

function fits_one(alternative,    wanted, count, i) {
    count = split(alternative, wanted, " ")
    if (count != NF - 1) return 0
    for (i = 1; i <= count; i++)
        if (!fits_word("" $(i + 1), "" wanted[i])) return 0
    return 1
}

# Both are made strings before: awk compares what looks like two numbers as numbers, and 1.3 is 1.30 to it.
function fits_word(word, wanted,    range) {
    if (wanted ~ /^<[0-9]+-[0-9]+>$/) {
        split(substr(wanted, 2, length(wanted) - 2), range, "-")
        return word ~ /^(0|[1-9][0-9]*)$/ && length(word) < 10 && word + 0 >= range[1] + 0 && word + 0 <= range[2] + 0
    }
    if (wanted == "<host>") return word ~ /^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/
    if (wanted == "<gateway>") return word ~ /^g-[a-z2-7]+$/ && length(word) == 14
    if (wanted == "<ciphers>" || wanted == "<groups>") return is_list(word, wanted)
    return word == wanted
}

# Names of one kind with colons between them, each once.
function is_list(word, kind,    parts, count, i, met) {
    count = split(word, parts, ":")
    for (i = 1; i <= count; i++) {
        if (!((kind, parts[i]) in known) || (parts[i] in met)) return 0
        met[parts[i]] = 1
    }
    return count > 0
}

length($0) > 250 { refuse("it is too long") }
$0 ~ "[^ -~\t]" { refuse("a character that does not belong into a configuration") }
/^[ \t]*([#;]|$)/ { next }
$0 in filter { given[$0] = 1; next }
$0 ~ "[^A-Za-z0-9_.:/ \t-]" { refuse("a character that does not belong into a directive") }

{
    if (!($1 in form)) refuse("the directive " substr($1, 1, 40) " is not on the list")
    if (!fits(form[$1])) refuse(form[$1] == "" ? $1 " takes no argument" : $1 " may only say: " form[$1])
    if (++given[$1] > times[$1]) refuse("the directive " $1 " stands there too often")
}

END {
    if (refused) exit 1
    for (i in needed)
        if (!(needed[i] in given)) refuse("the directive " needed[i] " is missing")
    if (!(all_else in given)) refuse("the directive " all_else " is missing")
}
