#!/bin/sh
# crowd.sh - prints a configuration with more of everything than is taken.

# many COUNT FORMAT - the format that often, with the number in it.
many() { seq "$1" | sed "s|.*|$2|"; }

echo 'ASA Version 8.4(7)'
many 257 'regex R& r&'
echo 'class-map type regex match-any C'
many 501 ' match regex R&'
echo 'policy-map type inspect esmtp M'
many 501 ' match body length gt &'
many 256 'class-map K&\n match any'
echo 'policy-map P'
many 70 ' class K&'
many 65 'policy-map Q&'
many 5001 'service-policy P interface i&'
echo 'interface GigabitEthernet0/0'
many 65 ' ipv6 address 2001:db8:&::1/64'
many 257 'fixup protocol smtp &'
many 257 'static (inside,outside) 203.0.113.& 192.0.2.&'
many 2900 'access-list L line 1 extended permit tcp any host 198.51.100.1 eq &'
