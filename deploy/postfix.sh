#!/bin/sh
# Postfix in the foreground, as a relay for the networks that this container is in, or for those in
# RELAY_FROM. HELLO is the name that receivers see: it leads to this machine's address, and that back
# to it (PTR).
set -eu

: "${HELLO:?the name of this relay, such as mail.example.org}"
postconf -e \
    "myhostname = $HELLO" \
    "mydestination =" \
    "mynetworks_style = subnet" \
    "smtpd_relay_restrictions = permit_mynetworks, reject" \
    "smtpd_client_connection_count_limit = 200" \
    "smtp_tls_security_level = may" \
    "smtp_destination_concurrency_limit = ${CONCURRENCY:-10}" \
    "maximal_queue_lifetime = 2d" \
    "bounce_queue_lifetime = 2d" \
    "maillog_file = /dev/stdout"
if [ -n "${RELAY_FROM:-}" ]; then
    postconf -e "mynetworks = 127.0.0.0/8 $RELAY_FROM"
else
    postconf -X mynetworks # which Debian sets, and which would count for more than the style
fi
postconf -F "*/*/chroot = n" # the container is one; within another there are no name servers
postfix set-permissions >/dev/null 2>&1 || true # of a volume that is new
exec postfix start-fg
