# shellcheck shell=sh disable=SC2154 # certificate_life.sh finds out about the certificate
# nsm-sensor renew --due: whether it is time, and whether this box's clock can be believed.

# A certificate that was put in place so lately is not renewed again on its own: if it seems to be due all the same,
# the clock is wrong, and each new one would seem to be due as well.
LEAST_DAYS_BETWEEN=7

# Returns if it is time; ends this program otherwise.
end_unless_due() {
    look_at_certificate
    [ "$certificate_state" != early ] || mend_early_clock
    case $certificate_state in
        missing) die "$NO_SETTINGS" "no certificate that can be read in $DIRECTORY: enrol first" ;;
        ended) end_for_ended ;;
        good)
            printf 'not due: the certificate of %s ends at %s and is renewed from %s on\n' \
                "$subject" "$certificate_ends" "$renewal_due"
            exit 0
            ;;
    esac
    age=$((now - $(stat -c %Y "$DIRECTORY/client.crt")))
    [ "$age" -lt 0 ] || [ "$age" -ge $((LEAST_DAYS_BETWEEN * 86400)) ] ||
        blame_clock "the certificate, made less than $LEAST_DAYS_BETWEEN days ago, would be due since $renewal_due"
}

mend_early_clock() {
    mend_clock || die "$WRONG_CLOCK" "$clock_words; nothing is renewed"
    say "$clock_words"
    look_at_certificate
}

end_for_ended() {
    ! is_clock_past_authority || blame_clock "base's authority would have ended"
    die "$EXPIRED" "the certificate has ended at $certificate_ends: this box needs a new code, for nsm-sensor enrol" \
        "--again (or its clock is wrong: it says $(print_time "$now"))"
}

blame_clock() {
    die "$WRONG_CLOCK" "this box's clock is wrong: it says $(print_time "$now"), but $1; nothing is renewed"
}
