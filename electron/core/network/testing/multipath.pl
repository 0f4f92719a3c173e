# Listens on port 8090 for Multipath TCP too, and tells each caller whether it came by that: 1 or 0.
use strict;
use Socket;
socket(my $server, AF_INET, SOCK_STREAM, 262) or exit 1;
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, pack_sockaddr_in(8090, INADDR_ANY)) && listen($server, 5) or exit 1;
print "ready\n";
close STDOUT;
while (accept(my $caller, $server)) {
  sysread($caller, my $said, 1000);
  syswrite($caller, 'multipath ' . unpack('i', getsockopt($caller, 6, 43) // pack('i', -1)));
  close $caller;
}
