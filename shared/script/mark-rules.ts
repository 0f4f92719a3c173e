/**
 * What to mark, per language. Order matters within a kind: the first rule that fits a line gives its words.
 * Every pattern is linear: no nested repetition, and each repetition is bounded or cannot restart inside itself.
 */
import type { ScriptMark } from '../contract/runs.ts';

export interface MarkRule {
  readonly kind: ScriptMark['kind'];
  readonly severity: ScriptMark['severity'];
  readonly why: string;
  readonly pattern: RegExp;
}

function rule(kind: MarkRule['kind'], severity: MarkRule['severity'], why: string, pattern: RegExp): MarkRule {
  return { kind, severity, why, pattern };
}

const COMMON: readonly MarkRule[] = [
  rule('encoded', 'warn', 'long encoded text', /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{160,}/),
  rule('encoded', 'warn', 'long run of escaped bytes', /(?:\\x[0-9a-fA-F]{2}){24}/),
  rule(
    'files',
    'warn',
    'names a place where keys are kept',
    /(?:^|[~/'"`\s=}])\.(?:ssh|aws|kube|gnupg|netrc|npmrc|pypirc|git-credentials|bash_history|docker\/config)\b|\bid_(?:rsa|ed25519|ecdsa)\b|Login Data\b|\bwallet\.dat\b/,
  ),
  rule('files', 'warn', 'names a system password file', /\/etc\/(?:shadow|sudoers|gshadow)\b/),
  rule('files', 'warn', 'names the engine’s socket', /docker\.sock|podman\.sock|containerd\.sock/),
  rule(
    'network',
    'warn',
    'names the cloud’s metadata address',
    /169\.254\.169\.254|metadata\.google\.internal|fd00:ec2::254/i,
  ),
];

const PYTHON: readonly MarkRule[] = [
  rule(
    'network',
    'info',
    'loads a network library',
    /^\s{0,200}(?:import|from)\s{1,20}(?:socket|ssl|requests|urllib3?|http|httpx|aiohttp|ftplib|smtplib|poplib|imaplib|telnetlib|paramiko|websockets?|xmlrpc|socketserver|asyncssh)\b/,
  ),
  rule(
    'network',
    'info',
    'connects or asks a host',
    /\b(?:requests|httpx|urllib\.request|urllib3|aiohttp|socket|ssl)\.\w|\burlopen\s?\(|\.connect(?:_ex)?\s?\(\s?\(|\bcreate_connection\s?\(|\bgetaddrinfo\s?\(|\bgethostbyname/,
  ),
  rule('network', 'info', 'listens for connections', /\.(?:bind|listen)\s?\(|\bHTTPServer\b|\bstart_server\s?\(/),
  rule('process', 'warn', 'starts copies of itself', /\bos\.fork(?:pty)?\s?\(/),
  rule(
    'process',
    'info',
    'starts a program',
    /\bsubprocess\b|\bos\.(?:system|popen|exec[lv]\w{0,2}|spawn\w{1,3}|posix_spawnp?)\s?\(|\bpty\.spawn\b|\bcreate_subprocess_/,
  ),
  rule('process', 'info', 'starts many processes', /\bmultiprocessing\b|\bProcessPoolExecutor\b/),
  rule('process', 'info', 'calls native code', /^\s{0,200}(?:import|from)\s{1,20}(?:ctypes|cffi)\b|\bctypes\.\w/),
  rule('delete', 'warn', 'deletes whole folders', /\bshutil\.rmtree\b|\bos\.removedirs\b/),
  rule('delete', 'info', 'deletes files', /\bos\.(?:remove|unlink|rmdir|truncate)\b|\.unlink\s?\(|\.rmdir\s?\(/),
  rule('secret', 'info', 'reads the environment', /\bos\.(?:environb?|getenvb?)\b/),
  rule('secret', 'info', 'uses a key store', /\bkeyring\b|\bgetpass\b/),
  rule(
    'encoded',
    'info',
    'decodes hidden data',
    /\b(?:b64|b32|b16|b85|a85)decode\b|\bunhexlify\b|\bbytes\.fromhex\b|\bmarshal\.loads\b|\bzlib\.decompress\b|\bcodecs\.decode\b|\brot_?13\b/,
  ),
  rule(
    'eval',
    'warn',
    'runs text as code',
    /(?<![\w.])(?:eval|exec|compile)\s?\(|\b__import__\s?\(|\bimport_module\s?\(|\brunpy\b/,
  ),
  rule(
    'eval',
    'warn',
    'loads objects that can run code',
    /\bc?[pP]ickle\.loads?\b|\bdill\b|\byaml\.(?:unsafe_)?load\s?\(/,
  ),
  rule('files', 'info', 'looks in the home folder', /\bexpanduser\b|\bPath\.home\b|['"]~\/|\/home\/|\/root\b/),
  rule('files', 'info', 'looks into other processes', /\/proc\/(?!self\b)|\/proc\/self\/(?:environ|mem|maps)/),
];

const NODE: readonly MarkRule[] = [
  rule(
    'network',
    'info',
    'loads a network library',
    /(?:require\s?\(\s?|from\s?|import\s?\(?\s?)['"](?:node:)?(?:net|tls|dns|dns\/promises|http|https|http2|dgram|axios|node-fetch|got|undici|ws|request|ssh2|socket\.io-client)['"]/,
  ),
  rule(
    'network',
    'info',
    'connects or asks a host',
    /(?<![\w.])fetch\s?\(|\bXMLHttpRequest\b|\bnew WebSocket\b|\bhttps?\.(?:get|request)\s?\(|\bnet\.(?:connect|createConnection)\s?\(|\bdns\.\w/,
  ),
  rule('network', 'info', 'listens for connections', /\.listen\s?\(|\bcreateServer\s?\(/),
  rule(
    'process',
    'info',
    'starts a program',
    /\bchild_process\b|\b(?:exec|execFile|spawn|fork)(?:Sync)?\s?\(\s?['"`]|\bcluster\.fork\b/,
  ),
  rule('process', 'info', 'starts threads', /\bworker_threads\b|\bnew Worker\s?\(/),
  rule('process', 'info', 'calls native code', /\bprocess\.(?:dlopen|binding)\b|\.node['"]/),
  rule('delete', 'warn', 'deletes whole folders', /\brm(?:dir)?(?:Sync)?\s?\([^)]{0,200}recursive|\brimraf\b/),
  rule('delete', 'info', 'deletes files', /\b(?:unlink|rmdir|rm|truncate)(?:Sync)?\s?\(/),
  rule('secret', 'info', 'reads the environment', /\bprocess\.env\b/),
  rule(
    'encoded',
    'info',
    'decodes hidden data',
    /(?<![\w.])atob\s?\(|['"](?:base64(?:url)?|hex)['"]|\bunescape\s?\(|\b(?:gunzip|inflate|brotliDecompress)(?:Raw)?(?:Sync)?\s?\(|\bfromCharCode\b/,
  ),
  rule(
    'eval',
    'warn',
    'runs text as code',
    /(?<![\w.])eval\b|\bnew Function\b|(?<![\w.])Function\s?\(|\bvm\.(?:run\w{1,20}|Script|compileFunction)\b|\bset(?:Timeout|Interval)\s?\(\s?['"`]/,
  ),
  rule('eval', 'info', 'loads code by a computed name', /\brequire\s?\(\s?(?!['"])[\w`]|\bimport\s?\(\s?(?!['"])[\w`]/),
  rule('files', 'info', 'looks in the home folder', /\bhomedir\s?\(|['"`]~\/|\/home\/|\/root\b/),
  rule('files', 'info', 'looks into other processes', /\/proc\/(?!self\b)|\/proc\/self\/(?:environ|mem|maps)/),
];

/** A command at the start of a line or after something that begins a new one. */
function command(names: string): RegExp {
  return new RegExp(
    String.raw`(?:^|[;&|({\x60]|\b(?:do|then|else|sudo|exec|xargs|env|time|nohup|if|while|until|!)\s)\s{0,200}(?:[\w./-]{0,60}\/)?(?:${names})(?=\s|$|[;&|)<>\x60])`,
  );
}

const BASH: readonly MarkRule[] = [
  rule('network', 'warn', 'opens a connection from the shell', /\/dev\/(?:tcp|udp)\//),
  rule(
    'network',
    'info',
    'connects or asks a host',
    command('curl|wget|nc|ncat|netcat|socat|telnet|ssh|scp|sftp|ftp|rsync|dig|nslookup|host|ping|openssl'),
  ),
  rule('network', 'info', 'fetches code or packages', command('git|pip3?|npm|npx|apt|apt-get|yum|dnf|apk|gem|cargo')),
  rule('process', 'warn', 'starts copies of itself (fork bomb)', /:\s?\(\s?\)\s?\{|\b(\w{1,40})\s?\|\s?\1\s?&/),
  rule('process', 'info', 'starts another interpreter', command('python3?|perl|ruby|node|php|bash|sh|zsh')),
  rule(
    'process',
    'info',
    'stays behind or raises its rights',
    command('nohup|setsid|disown|at|crontab|systemctl|sudo|su|doas|pkexec|chroot|unshare|nsenter'),
  ),
  rule('process', 'info', 'ends other processes', command('kill|killall|pkill')),
  rule('delete', 'warn', 'deletes whole folders', /\brm\s{1,20}(?:-\w{1,20}\s{1,20}){0,5}-\w{0,20}[rR]/),
  rule(
    'delete',
    'warn',
    'overwrites a device or file system',
    command('mkfs(?:\\.\\w{1,10})?|wipefs|shred|fdisk|parted'),
  ),
  rule('delete', 'info', 'deletes files', command('rm|rmdir|unlink|truncate')),
  rule('secret', 'info', 'reads the environment', command('printenv|export -p|declare -x')),
  rule(
    'secret',
    'warn',
    'uses a name that looks like a secret',
    /\$\{?\w{0,40}(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY)\w{0,40}/,
  ),
  rule(
    'encoded',
    'info',
    'decodes hidden data',
    /\bbase(?:64|32)\s{1,20}(?:-d|-D|--decode)|\bxxd\s{1,20}-\w{0,10}r|\bgunzip\b|\bopenssl\s{1,20}enc\b/,
  ),
  rule(
    'eval',
    'warn',
    'runs text as code',
    /(?:^|[;&|({\s])eval\s|(?:^|[\s;&|])(?:source|\.)\s{1,20}(?:<\(|\/dev\/|\$)/,
  ),
  rule(
    'eval',
    'warn',
    'runs what it gets from another command',
    /\|\s{0,20}(?:sudo\s{1,20})?(?:\/[\w/]{0,40}\/)?(?:ba|da|z)?sh\b|\|\s{0,20}(?:python3?|perl|node)\b|\b(?:ba)?sh\s{1,20}<\(/,
  ),
  rule('files', 'info', 'looks in the home folder', /(?:^|[\s"'=:])~(?:\/|\s|$)|\$\{?HOME\b|\/home\/|\/root\b/),
  rule('files', 'info', 'looks into other processes', /\/proc\/(?!self\b)|\/proc\/self\/(?:environ|mem|maps)/),
];

export const MARK_RULES: Readonly<Record<'python' | 'node' | 'bash', readonly MarkRule[]>> = {
  python: [...COMMON, ...PYTHON],
  node: [...COMMON, ...NODE],
  bash: [...COMMON, ...BASH],
};
