#!/bin/sh
# Records the sample captures again, from real mail servers and clients.
#
#     samples/record.sh [FOLDER [SAMPLE...]]
#
# FOLDER is samples/captures unless given; SAMPLE is the name of a capture
# without its suffix.  Needs root on Debian 12.  Installs what it needs by
# apt-get, puts Postfix, Exim and OpenSMTPD into roots of their own (they
# exclude each other), and lets them talk inside network namespaces only.
# Set ROOTS to a folder to keep the roots for the next run.
# shellcheck disable=SC2016,SC2046,SC2086  # names here have no spaces
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
OUT=${1:-$HERE/captures}
[ $# -eq 0 ] || shift
HELP=$HERE/record
WORK=$(mktemp -d)
ROOTS=${ROOTS:-$WORK}
C=esmtp-client-$$ S=esmtp-server-$$ M=esmtp-mirror-$$
export LC_ALL=C TZ=UTC HOME="$WORK" DEBIAN_FRONTEND=noninteractive

cleanup() {
	for ns in $C $S $M; do
		ip netns pids $ns 2>/dev/null | xargs -r kill 2>/dev/null || :
	done
	sleep 0.5
	for ns in $C $S $M; do
		ip netns pids $ns 2>/dev/null | xargs -r kill -9 2>/dev/null || :
		ip netns del $ns 2>/dev/null || :
	done
	rm -rf "$WORK"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# --- software ---------------------------------------------------------------

packages() {
	echo "Installing debootstrap, ethtool, iproute2, iputils-ping, openssl," \
		"python3, swaks, tcpdump and tshark by apt-get if they are absent"
	apt-get install -y --no-install-recommends debootstrap ethtool iproute2 \
		iputils-ping libio-socket-inet6-perl libnet-ssleay-perl openssl \
		python3 swaks tcpdump tshark >"$WORK/apt.log" 2>&1 ||
		{ cat "$WORK/apt.log" >&2; exit 1; }
}

# root NAME PACKAGE: a Debian root with one mail server, nothing started in it
root() {
	[ ! -e "$ROOTS/$1.done" ] || return 0
	if [ ! -e "$ROOTS/base.done" ]; then
		echo "Building the base root"
		debootstrap --variant=minbase bookworm "$ROOTS/base" \
			>"$WORK/debootstrap.log"
		printf '#!/bin/sh\nexit 101\n' >"$ROOTS/base/usr/sbin/policy-rc.d"
		chmod +x "$ROOTS/base/usr/sbin/policy-rc.d"
		touch "$ROOTS/base.done"
	fi
	echo "Building the root $1"
	cp -a "$ROOTS/base" "$ROOTS/$1"
	cp /etc/resolv.conf "$ROOTS/$1/etc/resolv.conf"
	chroot "$ROOTS/$1" apt-get install -y --no-install-recommends "$2" \
		>"$WORK/$1.log" 2>&1 || { cat "$WORK/$1.log" >&2; exit 1; }
	chroot "$ROOTS/$1" apt-get clean
	touch "$ROOTS/$1.done"
}

roots() {
	root postfix postfix
	root postfix-client postfix
	root exim exim4-daemon-light
	root exim-client exim4-daemon-light
	root opensmtpd opensmtpd
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
		-subj /CN=mail.example.com -keyout "$WORK/key.pem" \
		-out "$WORK/cert.pem" 2>/dev/null
	openssl genrsa -traditional -out "$WORK/dkim.key" 2048 2>/dev/null
	for r in postfix postfix-client exim exim-client opensmtpd; do
		etc=$ROOTS/$r/etc
		# A resolver that refuses at once: nothing here waits for DNS.
		echo nameserver 127.0.0.1 >"$etc/resolv.conf"
		echo 127.0.0.1 localhost >"$etc/hosts"
		echo mail.example.com >"$etc/hostname"
		echo example.com >"$etc/mailname"
	done

	for r in postfix postfix-client; do
		name=postfix-server
		[ $r = postfix ] || name=$r
		cp "$HELP/$name-main.cf" "$ROOTS/$r/etc/postfix/main.cf"
		cp "$HELP/$name-master.cf" "$ROOTS/$r/etc/postfix/master.cf"
	done
	etc=$ROOTS/postfix/etc/postfix
	cp "$WORK/key.pem" "$WORK/cert.pem" "$etc"
	printf '%s\n' '/^([a-z]+\.)?example\.(com|net)$/ ok' >"$etc/domains"
	printf '%s\n' 'if !/^nobody/' '/./ ok' endif >"$etc/users"
	printf '%s\n' '/^EHLO(.*)/ XEHLO$1' >"$etc/no-ehlo"

	cp "$HELP/exim-server.conf" "$ROOTS/exim/etc/exim4/exim4.conf"
	cp "$HELP/exim-client.conf" "$ROOTS/exim-client/etc/exim4/exim4.conf"
	for f in exim/etc/exim4/key.pem exim/etc/exim4/cert.pem \
		exim-client/etc/exim4/dkim.key; do
		cp "$WORK/${f##*/}" "$ROOTS/$f"
		chroot "$ROOTS/${f%%/*}" chown Debian-exim "/${f#*/}"
	done

	etc=$ROOTS/opensmtpd/etc
	cp "$HELP/smtpd.conf" "$etc/smtpd.conf"
	mkdir -p "$etc/smtpd"
	cp "$WORK/key.pem" "$WORK/cert.pem" "$etc/smtpd"
	chmod 600 "$etc/smtpd/key.pem"
	"$HELP/messages.py" "$WORK"
}

# --- network ----------------------------------------------------------------

in_c() { ip netns exec $C "$@"; }
in_s() { ip netns exec $S "$@"; }

# offload on|off: with "off" every checksum is right and no frame exceeds the
# MTU; with "on" the capture shows what the kernel hands to the network card.
offload() {
	in_c ethtool -K c0 tx $1 tso $1 gso $1 gro $1 >/dev/null 2>&1
	in_s ethtool -K s0 tx $1 tso $1 gso $1 gro $1 >/dev/null 2>&1
}

network() {
	for ns in $C $S $M; do
		ip netns add $ns
		ip -n $ns link set lo up
	done
	ip -n $C link add c0 address 02:00:00:00:00:10 type veth \
		peer name s0 address 02:00:00:00:00:25 netns $S
	ip -n $C addr add 192.0.2.10/32 dev c0
	ip -n $C addr add 2001:db8::10/64 dev c0 nodad
	ip -n $S addr add 2001:db8::25/64 dev s0 nodad
	ip -n $C link set c0 up
	ip -n $S link set s0 up
	for n in 25 26 27 28 29 30 31 32 40 41 42 43 50 51; do
		ip -n $S addr add 192.0.2.$n/32 dev lo
	done
	ip -n $C route add 192.0.2.0/24 dev c0 src 192.0.2.10
	ip -n $S route add 192.0.2.10/32 dev s0 src 192.0.2.25
	offload off
}

# detour tap|tun ADDRESS RELAY-OPTIONS: until straight(), the server 192.0.2.25
# is reached from the client address ADDRESS through relay.py
detour() {
	ip -n $C tuntap add dev c1 mode $1
	ip -n $S tuntap add dev s1 mode $1
	if [ $1 = tap ]; then
		ip -n $C link set c1 address 02:00:00:00:01:10
		ip -n $S link set s1 address 02:00:00:00:01:25
	fi
	kind=$1 address=$2
	shift 2
	ip -n $C addr add $address/32 dev c1
	ip -n $C link set c1 up
	ip -n $S link set s1 up
	ip -n $S route add $address/32 dev s1 src 192.0.2.25
	ip -n $C route add 192.0.2.25/32 dev c1 src $address
	: >"$WORK/relay.log"
	python3 "$HELP/relay.py" $kind $C/c1 $S/s1 "$@" >>"$WORK/relay.log" &
	RELAY=$!
	until grep -q ready "$WORK/relay.log"; do
		kill -0 $RELAY
		sleep 0.05
	done
}

straight() {
	kill $RELAY
	wait $RELAY 2>/dev/null || :
	ip -n $C link del c1
	ip -n $S link del s1
}

# --- servers ----------------------------------------------------------------

# listening ADDRESS: waits until somebody listens on its port 25
listening() {
	left=50
	while [ -z "$(in_s ss -Hltn src "$1:25")" ]; do
		left=$((left - 1))
		[ $left -gt 0 ] || { echo "no server on $1" >&2; exit 1; }
		sleep 0.2
	done
}

servers() {
	in_s chroot "$ROOTS/postfix" postfix start >"$WORK/postfix.log" 2>&1
	in_c chroot "$ROOTS/postfix-client" postfix start >>"$WORK/postfix.log" 2>&1
	in_s chroot "$ROOTS/exim" exim4 -bd
	in_s chroot "$ROOTS/opensmtpd" smtpd
	for n in 25 32 40 43 50 51; do listening 192.0.2.$n; done
}

# --- capturing --------------------------------------------------------------

# capture NAMESPACE INTERFACE [TCPDUMP-OPTIONS] [FILTER]: into $FILE
capture() {
	ns=$1 interface=$2
	shift 2
	[ $# -gt 0 ] || set -- tcp port 25
	: >"$WORK/tcpdump.log"
	# Immediate mode: without it the last packets can be lost at the end.
	ip netns exec $ns tcpdump -Z root -U --immediate-mode -i $interface \
		-w "$FILE" "$@" 2>>"$WORK/tcpdump.log" &
	TCPDUMP=$!
	until grep -q 'listening on' "$WORK/tcpdump.log"; do
		kill -0 $TCPDUMP || { cat "$WORK/tcpdump.log" >&2; exit 1; }
		sleep 0.05
	done
}

finish() {
	sleep 0.3
	kill -INT $TCPDUMP
	wait $TCPDUMP || :
}

# pcapng [EDITCAP-OPTIONS]: turns $FILE into pcapng.  Not by dumpcap, and not
# without plain_pcapng.py: the file would name the kernel and the processor of
# the recording machine.
pcapng() {
	editcap -F pcapng "$@" "$FILE" "$WORK/new.pcapng"
	"$HELP/plain_pcapng.py" "$WORK/new.pcapng" "${FILE}ng"
	rm "$FILE"
}

# --- senders ----------------------------------------------------------------

# send SERVER MESSAGE [SWAKS-OPTIONS]
send() {
	server=$1 message=$2
	shift 2
	# No look at the exit code: in some samples the server has to refuse.
	in_c swaks --server "$server" --helo client.example.org \
		--from alice@example.org --to bob@example.com \
		--data "@$WORK/$message" "$@" >"$WORK/swaks.log" 2>&1 || :
}

# postfix_send MESSAGE SENDMAIL-ARGUMENTS: returns when the queue is empty
postfix_send() {
	message=$1
	shift
	in_c chroot "$ROOTS/postfix-client" sendmail -f alice@example.org "$@" \
		<"$WORK/$message"
	until in_c chroot "$ROOTS/postfix-client" postqueue -p |
		grep -q 'queue is empty'; do
		sleep 0.1
	done
}

# exim_send MESSAGE RECIPIENT...
exim_send() {
	message=$1
	shift
	in_c chroot "$ROOTS/exim-client" exim4 -odf -oMt alice \
		-f alice@example.org "$@" <"$WORK/$message"
}

# raw SERVER: the script on standard input, see record/raw_client.py
raw() {
	(cd "$WORK" && in_c python3 "$HELP/raw_client.py" "$@")
}

# --- samples, each a function; the name of the file follows from its name ---

sample_plain_delivery() {
	capture $S s0
	send 192.0.2.25 plain
	finish
}

sample_opensmtpd_delivery() {
	capture $S s0
	send 192.0.2.50 html
	finish
}

sample_exim_delivery() {
	capture $S s0 --time-stamp-precision=nano tcp port 25
	send 192.0.2.40 html
	finish
}

sample_helo_only() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> HELO client.example.org
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<bob@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

sample_starttls_postfix() {
	capture $S s0
	send 192.0.2.26 plain --tls
	finish
}

sample_starttls_exim() {
	capture $S s0
	send 192.0.2.42 plain --tls
	finish
}

sample_starttls_postfix_client() {
	capture $S s0
	postfix_send plain bob@tls.example.com
	finish
}

# The private key of this OpenSMTPD fails with the OpenSSL of Debian 12: the
# server ends the handshake by an alert, after its 220.
sample_starttls_handshake_fails() {
	capture $S s0
	send 192.0.2.51 plain --tls
	finish
}

# With the keys of the session in the file (a Decryption Secrets Block).
sample_starttls_keys() {
	capture $S s0
	{
		for line in 'EHLO client.example.org' 'MAIL FROM:<alice@example.org>' \
			'RCPT TO:<bob@example.com>' DATA; do
			sleep 0.3
			echo "$line"
		done
		sleep 0.3
		cat "$WORK/plain"
		echo .
		sleep 0.3
		echo QUIT
	} | in_c openssl s_client -connect 192.0.2.26:25 -starttls smtp -quiet \
		-crlf -name client.example.org -keylogfile "$WORK/keys" \
		>"$WORK/openssl.log" 2>&1 || :
	finish
	pcapng --inject-secrets "tls,$WORK/keys"
}

sample_starttls_refused_454() {
	capture $S s0
	send 192.0.2.30 plain --tls-optional
	finish
}

sample_starttls_refused_5xx() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> EHLO client.example.org
		> STARTTLS
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<bob@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

sample_auth_login() {
	capture $S s0
	send 192.0.2.43 plain --auth LOGIN --auth-user alice \
		--auth-password secret
	finish
}

sample_auth_plain() {
	capture $S s0
	send 192.0.2.43 plain --auth PLAIN --auth-user alice \
		--auth-password secret
	finish
}

sample_auth_cram_md5() {
	capture $S s0
	send 192.0.2.43 plain --auth CRAM-MD5 --auth-user alice \
		--auth-password secret
	finish
}

# A cancelled exchange, a wrong password, an unknown mechanism, then success
# with the credentials on a line of their own.
sample_auth_cancel() {
	capture $S s0
	raw 192.0.2.43 <<-'END'
		> EHLO client.example.org
		> AUTH CRAM-MD5
		> *
		> AUTH LOGIN
		> YWxpY2U=
		> d3Jvbmc=
		> AUTH GSSAPI
		> AUTH PLAIN
		> AGFsaWNlAHNlY3JldA==
		> MAIL FROM:<alice@example.org> AUTH=<>
		> RCPT TO:<bob@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

sample_pipelining_postfix() {
	capture $S s0
	postfix_send html bob@example.com carol@example.com dave@example.com
	finish
}

sample_opensmtpd_no_pipelining() {
	capture $S s0
	postfix_send html bob@opensmtpd.example.com carol@opensmtpd.example.com
	finish
}

sample_pipelined_messages_rset() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> EHLO client.example.org
		| MAIL FROM:<alice@example.org>
		| RCPT TO:<bob@example.com>
		> DATA
		<
		<
		!data short
		| MAIL FROM:<alice@example.org>
		| RCPT TO:<carol@example.com>
		| RSET
		| MAIL FROM:<alice@example.org> SIZE=500
		| RCPT TO:<nobody@example.com>
		| RCPT TO:<dave@example.com>
		> DATA
		<
		<
		<
		<
		<
		<
		!data plain
		| RSET
		| MAIL FROM:<>
		| RCPT TO:<bob@example.com>
		| RCPT TO:<carol@example.com>
		> DATA
		<
		<
		<
		<
		!data dots
		| RSET
		| NOOP
		> QUIT
		<
		<
	END
	finish
}

sample_bdat_exim_client() {
	capture $S s0
	exim_send middle bob@example.net carol@example.net
	finish
}

sample_bdat_chunks() {
	capture $S s0
	raw 192.0.2.40 <<-'END'
		> EHLO client.example.org
		> MAIL FROM:<alice@example.org> SIZE=9200
		> RCPT TO:<bob@example.net>
		!bdat attachment 4
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<carol@example.net>
		!bdat0 html 3
		> QUIT
	END
	finish
}

# Chunks with lines that look like commands and dots, cut between CR and LF;
# BDAT 0 LAST closes the message.
sample_bdat_commands_inside() {
	capture $S s0
	raw 192.0.2.40 <<-'END'
		> EHLO client.example.org
		> MAIL FROM:<alice@example.org> BODY=8BITMIME
		> RCPT TO:<bob@example.net>
		= BDAT 66\r\nSubject: chunk\r\n\r\nRCPT TO:<eve@example.org>\r\n.\r\nRSET\r\nQUIT\r\n12345\r
		<
		= BDAT 12\r\n\n.\r\nend\r\n.\r\n
		<
		> BDAT 0 LAST
		> QUIT
	END
	finish
}

sample_dkim_signed() {
	capture $S s0
	exim_send html bob@example.com
	finish
}

sample_8bitmime_smtputf8() {
	capture $S s0
	postfix_send 8bit bob@example.com
	postfix_send utf8 -f jürgen@example.org bärbel@example.com
	finish
}

sample_recipients_120() {
	capture $S s0
	to=$(seq -f 'user%03g@example.com' -s, 120)
	send 192.0.2.25 short --to "$to"
	finish
}

sample_recipients_120_pipelined() {
	capture $S s0
	postfix_send plain $(seq -f 'user%03g@example.com' 120)
	finish
}

sample_recipients_invalid() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> EHLO client.example.org
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<nobody1@example.com>
		> RCPT TO:<nobody2@example.com>
		> RCPT TO:<nobody3@example.com>
		> RCPT TO:<nobody4@example.com>
		> RCPT TO:<nobody5@example.com>
		> RCPT TO:<nobody6@example.com>
		> RCPT TO:<nobody7@example.com>
		> RCPT TO:<nobody8@example.com>
		> RCPT TO:<bob@relay.example.org>
		> RCPT TO:<bob%relay.example.org@example.com>
		> RCPT TO:<bob@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

sample_header_1200() {
	capture $S s0
	send 192.0.2.25 long-header
	finish
}

sample_header_folded() {
	capture $S s0
	send 192.0.2.25 folded-header
	finish
}

sample_body_line_2000() {
	capture $S s0
	send 192.0.2.25 long-line
	finish
}

sample_attachment_pdf() {
	capture $S s0
	send 192.0.2.25 attachment
	finish
}

sample_attachment_exe() {
	capture $S s0
	send 192.0.2.25 exe
	finish
}

sample_filename_300() {
	capture $S s0
	send 192.0.2.25 long-filename
	finish
}

sample_filename_300_rfc2231() {
	capture $S s0
	send 192.0.2.25 long-filename-2231
	finish
}

sample_mime_encodings() {
	capture $S s0
	send 192.0.2.25 encodings
	finish
}

sample_greeting_multiline_exim() {
	capture $S s0
	send 192.0.2.41 plain
	finish
}

sample_greeting_multiline_postscreen() {
	capture $S s0
	send 192.0.2.28 plain
	finish
}

sample_typed_by_hand() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		!slow 0.004
		> HELO client.example.org
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<bob@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

# Packets cut in the middle of a verb, of an address, of CRLF and of the dot.
sample_cut_anywhere() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		= EH
		!flush
		= LO client.example.org\r
		!flush
		= \nMAIL FROM:<ali
		!flush
		= ce@example.org>\r\nRCPT TO:<bob@example.com>\r\nDA
		!flush
		= TA\r\n
		<
		<
		<
		<
		= Subject: cut\r\n\r\nfirst line\r\n.
		!flush
		= \r
		!flush
		= \n
		<
		> QUIT
	END
	finish
}

sample_verbs_postfix() {
	capture $S s0
	verbs 192.0.2.25
	finish
}

sample_verbs_exim() {
	capture $S s0
	verbs 192.0.2.40
	finish
}

verbs() {
	raw $1 <<-'END'
		> HELP
		> EHLO client.example.org
		> VRFY bob
		> VRFY <bob@example.com>
		> EXPN staff
		> ETRN example.com
		> HELP
		> NOOP
		> TURN
		> SEND FROM:<alice@example.org>
		> SOML FROM:<alice@example.org>
		> SAML FROM:<alice@example.org>
		> XEXCH50 1024 2
		> XCLIENT NAME=client.example.org
		> BURL imap://example.com/ LAST
		> ATRN example.com
		> WIZ
		> DEBUG
		> ABCD
		> FOOBAR with arguments
		> RCPT TO:<bob@example.com>
		> DATA
		> MAIL alice@example.org
		> MAIL FROM: alice@example.org
		> RSET
		> QUIT
	END
}

# What inspect esmtp looks for in addresses and between lines.
sample_special_characters() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> EHLO client.example.org
		> MAIL FROM:<alice|lp@example.org>
		> RSET
		> MAIL FROM:<`id`@example.org>
		> RSET
		> MAIL FROM:<@relay.example.net:alice@example.org>
		> RCPT TO:<"bob | cat"@example.com>
		> RCPT TO:<bob!carol@example.com>
		> RCPT TO:<bob<carol>@example.com>
		> RCPT TO:bob@example.com
		> RCPT TO:<bob@example.com
		= MAIL\x00 FROM:<alice@example.org>\r\n
		<
		= NOOP bare LF\n
		<
		= NOOP bare\rCR\r\n
		<
		> DATA
		!data short
		> QUIT
	END
	finish
}

# Postfix takes LF . LF for the end of a message; a stricter reader sees the
# commands behind it as text of the message.
sample_data_ends_by_bare_lf() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> EHLO client.example.org
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<bob@example.com>
		> DATA
		= Subject: bare LF\n\nfirst line\nsecond line\r\n..dot\r\nlast line\n.\n
		<
		> NOOP
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<carol@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

sample_ipv6_delivery() {
	capture $S s0
	send 2001:db8::25 html
	finish
}

# relay.py spoils the same segments in every run: seen at the server ...
sample_spoiled_at_server() {
	spoiled $S s1
}

# ... and before the loss, at the client.
sample_spoiled_at_client() {
	spoiled $C c1
}

spoiled() {
	detour tap 192.0.2.11 --spoil
	capture $1 $2
	send 192.0.2.25 middle
	finish
	straight
}

sample_ehlo_refused_postfix() {
	capture $S s0
	postfix_send plain bob@old.example.com
	finish
}

sample_ehlo_refused_swaks() {
	capture $S s0
	send 192.0.2.27 plain
	finish
}

sample_command_600_sender_340() {
	capture $S s0
	raw 192.0.2.25 <<-'END'
		> EHLO client.example.org
		> NOOP {x*595}
		> MAIL FROM:<{a*121}@{b*60}.{c*60}.{d*60}.{e*23}.example.org>
		> RSET
		> MAIL FROM:<{long.*64}to.alice@example.org>
		> RCPT TO:<{x*550}@example.com>
		> RCPT TO:<bob@example.com>
		> DATA
		!data short
		> QUIT
	END
	finish
}

# One after the other and at the same time: a complete session, one that ends
# by RST, a greeting of 554, one of 421 (too many connections), a timeout.
sample_sessions_several() {
	capture $S s0
	raw 192.0.2.31 <<-'END' &
		> EHLO slow.example.org
		!pause 1
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<bob@example.com>
		> DATA
		!data plain
		> QUIT
	END
	slow=$!
	raw 192.0.2.32 <<-'END' &
		> EHLO idle.example.org
		> MAIL FROM:<alice@example.org>
		!wait-close
	END
	idle=$!
	sleep 0.3
	send 192.0.2.31 plain
	send 192.0.2.25 html
	raw 192.0.2.25 <<-'END'
		> EHLO reset.example.org
		> MAIL FROM:<alice@example.org>
		> RCPT TO:<bob@example.com>
		!rst
	END
	send 192.0.2.29 plain
	wait $slow $idle
	finish
}

# Two interfaces, two link types, one of them with other traffic.
sample_mixed_traffic() {
	capture $S s0 ip or arp
	in_c ping -q -c 2 -i 0.2 192.0.2.25 >/dev/null
	"$HELP/other_traffic.py" /run/netns/$C /run/netns/$S 192.0.2.25
	send 192.0.2.25 plain
	in_c ping -q -c 1 192.0.2.40 >/dev/null
	finish
	pcapng
}

sample_snaplen_96() {
	capture $S s0 -s 96 tcp port 25
	send 192.0.2.25 html
	finish
}

sample_cooked_v1() {
	capture $S any -y LINUX_SLL tcp port 25
	send 192.0.2.25 plain
	finish
}

sample_cooked_v2() {
	capture $S any -y LINUX_SLL2 tcp port 25
	send 192.0.2.40 plain
	finish
}

sample_raw_ip() {
	detour tun 192.0.2.13
	capture $S s1
	send 192.0.2.25 plain
	finish
	straight
}

sample_vlan() {
	mirrored 7 'vlan and tcp port 25'
}

sample_vlan_qinq() {
	mirrored 100,7 'vlan and vlan and tcp port 25'
}

mirrored() {
	ip -n $M tuntap add dev m0 mode tap
	ip -n $M link set m0 up
	detour tap 192.0.2.12 --mirror $M/m0 $1
	capture $M m0 --time-stamp-precision=nano "$2"
	send 192.0.2.25 plain
	finish
	straight
	ip -n $M link del m0
}

# As the kernel hands it to the network card: segments of many kilobytes,
# and TCP checksums that nobody has computed yet.
sample_offload_large_segments() {
	offload on
	capture $C c0
	send 192.0.2.25 big
	finish
	offload off
}

# The packets of the client only, as on an asymmetric path.
sample_one_way() {
	capture $S s0 tcp dst port 25
	postfix_send html bob@example.com
	finish
}

# Begun in the middle of a session, without handshake and EHLO.
sample_late_start() {
	raw 192.0.2.25 <<-'END' &
		> EHLO client.example.org
		> MAIL FROM:<alice@example.org>
		!pause 1.5
		> RCPT TO:<bob@example.com>
		> DATA
		!data plain
		> QUIT
	END
	client=$!
	sleep 0.7
	capture $S s0
	wait $client
	finish
}

sample_pcapng_nano() {
	capture $S s0 --time-stamp-precision=nano tcp port 25
	postfix_send attachment bob@example.com
	finish
	pcapng
}

# --- all of it ---------------------------------------------------------------

[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
[ $# -gt 0 ] || set -- $(sed -n 's/^sample_\([a-z0-9_]*\)() {$/\1/p' "$0")
mkdir -p "$OUT" "$ROOTS"
packages
roots
network
servers
for name in "$@"; do
	name=$(echo "$name" | tr _ -)
	FILE=$OUT/$name.pcap
	rm -f "$FILE" "${FILE}ng"
	"sample_$(echo "$name" | tr - _)"
	echo "recorded $name"
done
