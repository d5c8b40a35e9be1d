# Reads an OpenVPN client configuration that base sent; exits 1 with a sentence unless all of it is on the list below.
#
# OpenVPN runs as root and its configuration can start programs (up, plugin, tls-verify), read and write any file (log,
# config, cd) and open a control socket (management). So a portal that was broken into must not reach a sensor's root
# through it: only directives that cannot do such things, with arguments of the expected form, in plain characters
# (no quotes, backslashes or <inline> blocks, and no line so long that OpenVPN might split it).

BEGIN {
    word = "^[A-Za-z0-9_.-]+$"
    number = "^[0-9]+$"
    none = ""
    split("client nobind persist-key persist-tun mute-replay-warnings remote-random auth-nocache float route-nopull", flags)
    for (i in flags) form[flags[i]] = none
    split("ping ping-restart ping-exit connect-retry-max connect-timeout server-poll-timeout hand-window reneg-sec" \
          " tun-mtu mssfix verb mute txqueuelen explicit-exit-notify sndbuf rcvbuf replay-window", numbers)
    for (i in numbers) form[numbers[i]] = number
    split("proto auth-retry tls-version-min tls-version-max cipher auth user group remote verify-x509-name keepalive" \
          " resolv-retry connect-retry topology dev-type", words)
    for (i in words) form[words[i]] = word
    split("data-ciphers tls-ciphersuites tls-cipher tls-groups tls-cert-profile", lists)
    for (i in lists) form[lists[i]] = "^[A-Za-z0-9_:.-]+$"
    form["remote"] = "^[A-Za-z0-9_.:-]+$"
    form["dev"] = "^tun[0-9]?[0-9]?[0-9]?$"
    form["ca"] = "^ca\\.crt$"
    form["cert"] = "^client\\.crt$"
    form["key"] = "^client\\.key$"
    form["tls-crypt-v2"] = "^tls-crypt-v2\\.key$"
    form["remote-cert-tls"] = "^server$"
    split("client dev remote ca cert key tls-crypt-v2 remote-cert-tls verify-x509-name", needed)
}

function refuse(why) {
    print "line " NR ": " why > "/dev/stderr"
    refused = 1
    exit 1
}

length($0) > 200 { refuse("too long") }
/[^ -~\t]/ { refuse("a character that does not belong into a configuration") }
/^[ \t]*([#;]|$)/ { next }
/[^A-Za-z0-9_.:\/ \t-]/ { refuse("a character that does not belong into a directive") }

{
    if (!($1 in form)) refuse("the directive " substr($1, 1, 40) " is not on the list")
    if (form[$1] == none && NF > 1) refuse($1 " takes no argument")
    if (form[$1] != none && NF < 2) refuse($1 " needs an argument")
    for (i = 2; i <= NF; i++)
        if ($i !~ form[$1]) refuse($1 " has an argument of the wrong form")
    given[$1] = 1
}

END {
    if (refused) exit 1
    for (i in needed)
        if (!(needed[i] in given)) refuse("the directive " needed[i] " is missing")
}
