# shellcheck shell=sh disable=SC2154 # $pending is set by enrol.sh and renew.sh, $subject by settings.sh
# What enrol and renew have in common once base has answered. Each has its own reject, which ends this program.

# Prints one member of the answer, decoded.
member() {
    awk -v want="$1" -f "$LIBRARY/json.awk" <"$pending/answer"
}

# Why base refused, in harmless letters; empty when it does not say.
print_reason() {
    member reason | tr -cd 'a-z0-9-' | head -c 64
}

# Whether the certificate in the folder $1 is for the key there.
belongs_together() {
    [ "$(openssl x509 -in "$1/client.crt" -noout -pubkey 2>/dev/null)" = \
        "$(openssl pkey -in "$1/client.key" -pubout 2>/dev/null || printf 'no key')" ]
}

# The authorities in the file $1 are trusted alone: without the last options openssl adds all those of the system.
check_certificate() {
    belongs_together "$pending" || reject "the certificate is not for this sensor's key"
    # The chain may end in an intermediate authority, which is then the one we trust.
    openssl verify -partial_chain -purpose sslclient -CAfile "$1" -no-CApath -no-CAstore "$pending/client.crt" \
        >/dev/null || reject "the certificate does not come from base's authority, or this box's clock is wrong"
    case ,$(openssl x509 -in "$pending/client.crt" -noout -subject -nameopt RFC2253 | sed 's/^subject=//'), in
        *",CN=$subject,"*) ;;
        *) reject "the certificate has another name than $subject" ;;
    esac
}
