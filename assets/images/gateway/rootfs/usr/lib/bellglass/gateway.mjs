import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { read, readSync, writeSync } from "node:fs";
// \0rolldown/runtime.js
var __commonJSMin = (cb, mod) => () => (mod || (cb((mod = { exports: {} }).exports, mod, mod.exports), cb = null), mod.exports);
var __require = /* #__PURE__ */ (() => createRequire(import.meta.url))();
// electron/gateway/packets/marks.ts
/** What the filter and the reader of its queue tell each other, as marks of packets and connections. */
/** The number of the queue, and of the group of marks that are ours. */
var QUEUE = 2865;
/** A packet that must be looked at: dropped unless somebody did. */
var LOOK = 3004235777;
/** A call where the kernel remembers a connection that is over: forgotten, and dropped, so that it comes again as a new one. */
var LOOK_STALE = 3004235782;
/** The mark of a connection whose call was told of. */
var COUNTED_CALL = 3004235781;
/** Marks of packets that were looked at. Those from `looking` on become the connection's own. */
var SEEN = {
	/** A call that core refused and told of. */
	refused: 3004235778,
	/** A call that the filter shall tell of as denied. */
	denied: 3004235779,
	/** A call that may go out. */
	called: 3004235780,
	/** What the script says goes on being looked at. */
	looking: 3004235792,
	/** The right name was said: free as soon as the host answers. */
	named: 3004235793,
	/** Nothing more to look at. */
	free: 3004235794,
	/** Both directions are looked at. */
	both: 3004235795,
	/** It is in the body of a request: what lies wholly inside a range of it that the filter knows need not be looked at. */
	body: 3004235796
};
/** As the filter's text has it. */
var hex = (mark) => `0x${mark.toString(16)}`;
// electron/gateway/packets/segment.ts
var TCP$1 = 6;
var FIN = 1;
var SYN = 2;
var RST = 4;
var ACK = 16;
var URG = 32;
var OPTION = {
	end: 0,
	nothing: 1,
	multipath: 30
};
/** Null for what is no whole TCP segment. */
function readSegment(packet) {
	if (packet.length < 40 || packet[0] >> 4 !== 4 || packet[9] !== TCP$1) return null;
	const ip = (packet[0] & 15) * 4;
	const size = packet.readUInt16BE(2);
	if (ip < 20 || size !== packet.length || size < ip + 20) return null;
	if ((packet.readUInt16BE(6) & 16383) !== 0) return null;
	const tcp = (packet[ip + 12] >> 4) * 4;
	if (tcp < 20 || ip + tcp > packet.length) return null;
	const flags = packet[ip + 13];
	return {
		packet,
		source: packet.subarray(12, 16).join("."),
		destination: packet.subarray(16, 20).join("."),
		sourcePort: packet.readUInt16BE(ip),
		destinationPort: packet.readUInt16BE(ip + 2),
		sequence: packet.readUInt32BE(ip + 4),
		acknowledgement: packet.readUInt32BE(ip + 8),
		syn: (flags & SYN) !== 0,
		ack: (flags & ACK) !== 0,
		fin: (flags & FIN) !== 0,
		rst: (flags & RST) !== 0,
		urgent: (flags & URG) !== 0,
		payload: packet.subarray(ip + tcp)
	};
}
function sum(bytes, from, start) {
	let total = start;
	let at = from;
	for (; at + 1 < bytes.length; at += 2) total += bytes[at] << 8 | bytes[at + 1];
	if (at < bytes.length) total += bytes[at] << 8;
	return total;
}
function folded(total) {
	let rest = total;
	while (rest > 65535) rest = (rest & 65535) + Math.floor(rest / 65536);
	return ~rest & 65535;
}
function pseudo(packet, ip) {
	return sum(packet.subarray(12, 20), 0, TCP$1 + packet.length - ip);
}
/** The whole packet again, with right checksums. */
function writeSegment({ packet, payload: old }, change) {
	const ip = (packet[0] & 15) * 4;
	const payload = change.payload ?? old;
	const out = Buffer.concat([packet.subarray(0, packet.length - old.length), payload]);
	out.writeUInt16BE(out.length, 2);
	if (change.sequence !== void 0) out.writeUInt32BE(change.sequence >>> 0, ip + 4);
	if (change.acknowledgement !== void 0) out.writeUInt32BE(change.acknowledgement >>> 0, ip + 8);
	if (change.withoutFin) out[ip + 13] = out[ip + 13] & -2;
	out.writeUInt16BE(0, 10);
	out.writeUInt16BE(folded(sum(out.subarray(0, ip), 0, 0)), 10);
	out.writeUInt16BE(0, ip + 16);
	out.writeUInt16BE(folded(sum(out, ip, pseudo(out, ip))), ip + 16);
	return out;
}
/**
* A call without its wish for Multipath TCP, whose bytes could come in another order than their segments say; null when it
* has none. The host then answers as to any other call.
*/
function withoutMultipath({ packet }) {
	const ip = (packet[0] & 15) * 4;
	const end = ip + (packet[ip + 12] >> 4) * 4;
	const out = Buffer.from(packet);
	let found = false;
	for (let at = ip + 20; at < end;) {
		const kind = packet[at];
		if (kind === OPTION.end) break;
		const size = kind === OPTION.nothing ? 1 : packet[at + 1] ?? 0;
		if (size === 0 || at + size > end) break;
		if (kind === OPTION.multipath) {
			out.fill(OPTION.nothing, at, at + size);
			found = true;
		}
		at += size;
	}
	return found ? writeSegment(readSegment(out), {}) : null;
}
/** How far `a` is behind `b` in the circle of sequence numbers; negative when it is before it. */
var distance = (a, b) => a - b | 0;
var HANDSHAKE = 22;
var CLIENT_HELLO = 1;
var SERVER_NAME = 0;
var Reader = class Reader {
	#bytes;
	#at = 0;
	constructor(bytes) {
		this.#bytes = bytes;
	}
	get left() {
		return this.#bytes.length - this.#at;
	}
	number(size) {
		return this.take(size).readUIntBE(0, size);
	}
	take(size) {
		if (size > this.left) throw new RangeError("cut short");
		const part = this.#bytes.subarray(this.#at, this.#at + size);
		this.#at += size;
		return part;
	}
	vector(size) {
		return new Reader(this.take(this.number(size)));
	}
};
/** The handshake bytes of the records; null while the first message is not whole. */
function handshake(bytes) {
	const parts = [];
	let at = 0;
	let size = 0;
	while (at + 5 <= bytes.length) {
		if (bytes[at] !== HANDSHAKE) throw new RangeError("not a handshake record");
		const length = bytes.readUInt16BE(at + 3);
		if (length === 0 || length > 16384) throw new RangeError("a record of wrong size");
		if (at + 5 + length > bytes.length) return null;
		parts.push(bytes.subarray(at + 5, at + 5 + length));
		size += length;
		at += 5 + length;
		const all = Buffer.concat(parts);
		if (size >= 4 && size >= 4 + all.readUIntBE(1, 3)) return all.subarray(0, 4 + all.readUIntBE(1, 3));
	}
	return null;
}
function serverName(hello) {
	const reader = new Reader(hello);
	if (reader.number(1) !== CLIENT_HELLO) throw new RangeError("not a client hello");
	const body = reader.vector(3);
	body.take(34);
	body.vector(1);
	body.vector(2);
	body.vector(1);
	if (body.left === 0) return null;
	const extensions = body.vector(2);
	let host = null;
	while (extensions.left > 0) {
		const type = extensions.number(2);
		const content = extensions.vector(2);
		if (type !== SERVER_NAME) continue;
		if (host !== null) throw new RangeError("two server names");
		const names = content.vector(2);
		if (names.number(1) !== 0) throw new RangeError("a server name of unknown kind");
		const name = names.vector(2);
		host = name.take(name.left).toString("latin1");
		if (names.left > 0) throw new RangeError("two server names");
	}
	return host;
}
/** Hop-by-hop lines: without them and with `Connection: close` a server answers one request and no second for another host. */
var HOP = /^(connection|keep-alive|proxy-connection|upgrade|http2-settings)\s*:/i;
function http(text, bytes, skipped) {
	const end = /\r?\n\r?\n/.exec(text);
	if (!end) return text.length > 65536 ? {
		kind: "bad",
		why: "The header is too long."
	} : { kind: "more" };
	const [request = "", ...lines] = text.slice(0, end.index).split(/\r?\n/);
	const [, method = "", target = "", version = ""] = /^(\S+) +(\S+) +HTTP\/(\d(?:\.\d)?)\s*$/i.exec(request) ?? [];
	if (version.startsWith("2")) return {
		kind: "bad",
		why: "HTTP/2 without TLS cannot be looked at; use TLS or HTTP/1.1."
	};
	if (method === "") return {
		kind: "bad",
		why: "The request line cannot be read."
	};
	if (method.toUpperCase() === "CONNECT") return {
		kind: "bad",
		why: "A relayed host is no proxy."
	};
	if (lines.some((line) => /^[ \t]/.test(line) || line.includes("\r") || line.includes("\0"))) return {
		kind: "bad",
		why: "A header line cannot be read."
	};
	const hosts = lines.flatMap((line) => /^host\s*:(.*)$/i.exec(line)?.[1]?.trim() ?? []);
	const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]*)/i.exec(target)?.[1];
	const head = [
		request,
		...lines.filter((line) => !HOP.test(line)),
		"Connection: close",
		"",
		""
	].join("\r\n");
	return {
		kind: "http",
		hosts: [...hosts, ...absolute === void 0 ? [] : [absolute]].map(plainHost$1),
		head: Buffer.from(head, "latin1"),
		rest: bytes.subarray(skipped + end.index + end[0].length)
	};
}
/** A request of the oldest form, which names no host and has no version. */
var OLDEST = /^[\r\n]*(GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH)[ \t]+[^\r\n\t ]*[ \t]*[\r\n]/i;
/** Where a server takes everything for the web's protocols, whatever stands before; SSH says so itself. */
var WEB_PORTS = [80, 443];
/** Why bytes of an unknown protocol (`other`) are refused on this port; null when they are not. */
function refusedUnknown(bytes, port) {
	const text = bytes.toString("latin1", 0, 4096);
	if (OLDEST.test(text)) return "The request names no host.";
	return WEB_PORTS.includes(port) && !text.startsWith("SSH-") ? "That is neither HTTP nor TLS." : null;
}
/** Without port and dot at the end, in lower case. */
function plainHost$1(text) {
	return text.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
}
/**
* Looks at everything that came so far. `more` until it is certain: the bytes are held back meanwhile, so that a request
* cut into pieces is not mistaken for something else.
*/
function readFirstBytes(bytes) {
	if (bytes.length === 0) return { kind: "more" };
	if (bytes[0] === HANDSHAKE) {
		try {
			const hello = handshake(bytes);
			if (hello !== null) {
				const host = serverName(hello);
				return {
					kind: "tls",
					host: host === null ? null : plainHost$1(host)
				};
			}
		} catch {
			return {
				kind: "bad",
				why: "The TLS hello cannot be read."
			};
		}
		return bytes.length > 65536 ? {
			kind: "bad",
			why: "The TLS hello is too long."
		} : { kind: "more" };
	}
	let skipped = 0;
	while (skipped < bytes.length && (bytes[skipped] === 10 || bytes[skipped] === 13)) skipped++;
	const text = bytes.toString("latin1", skipped);
	const line = text.indexOf("\n");
	const first = line < 0 ? text : text.slice(0, line);
	if (/\sHTTP\/\d/i.test(first)) return http(text, bytes, skipped);
	if (line >= 0) return { kind: "other" };
	if (/[\x00-\x08\x0e-\x1f\x7f-\xff]/.test(first)) return { kind: "other" };
	return bytes.length > 65536 ? {
		kind: "bad",
		why: "The first line is too long."
	} : { kind: "more" };
}
// electron/gateway/packets/chunks.ts
/** Finds the end of a chunked request, byte by byte and strictly. Pure. */
var SIZE_LINE_MAX = 256;
var TRAILER_MAX = 8192;
var Chunks = class {
	#state = "size";
	#line = "";
	#left = 0;
	#trailer = 0;
	/**
	* Bytes from `at` on that still belong to the request, and whether it is over. `framing` is told of ranges that say how
	* long it is. Null when it cannot be read.
	*/
	take(bytes, at, framing) {
		let position = at;
		while (position < bytes.length) {
			if (this.#state === "data") {
				const part = Math.min(this.#left, bytes.length - position);
				position += part;
				this.#left -= part;
				if (this.#left === 0) this.#state = "break";
				continue;
			}
			const stop = bytes.indexOf(10, position);
			const end = stop < 0 ? bytes.length : stop + 1;
			framing(position, end);
			this.#line += bytes.toString("latin1", position, end);
			position = end;
			if (this.#line.length > SIZE_LINE_MAX && this.#state !== "trailer") return null;
			if (this.#trailer + this.#line.length > TRAILER_MAX) return null;
			if (stop < 0) break;
			const over = this.#lineEnded();
			if (over === null) return null;
			if (over) return {
				end: position,
				over: true
			};
		}
		return {
			end: position,
			over: false
		};
	}
	#lineEnded() {
		const line = this.#line;
		this.#line = "";
		if (!line.endsWith("\r\n") || line.indexOf("\r") !== line.length - 2) return null;
		switch (this.#state) {
			case "break":
				this.#state = "size";
				return line === "\r\n" ? false : null;
			case "trailer":
				this.#trailer += line.length;
				return line === "\r\n";
			default: {
				const size = /^([0-9a-f]{1,12})[ \t]*(?:;[^\r\n]*)?\r\n$/i.exec(line)?.[1];
				if (size === void 0) return null;
				this.#left = Number.parseInt(size, 16);
				this.#state = this.#left === 0 ? "trailer" : "data";
				return false;
			}
		}
	}
};
// electron/gateway/packets/request-head.ts
/** Longest header, bytes. */
var HEAD_MAX = 32768;
var UPGRADE = "Upgrade";
/** As long as the name that it is written over. */
var IGNORED = "Ignored";
var bad = (why) => ({
	kind: "bad",
	why
});
/** Without port and dot at the end, in lower case. */
function plainHost(text) {
	return text.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
}
function bodyOf(lines, method, version) {
	const all = (name) => lines.filter((line) => line.name === name).map(({ value }) => value);
	const lengths = all("content-length");
	const codings = all("transfer-encoding");
	if (codings.length > 0) return codings.length === 1 && codings[0].toLowerCase() === "chunked" && lengths.length === 0 && version === "1.1" ? { kind: "chunked" } : "The length of the request cannot be read.";
	if (lengths.length > 1 || lengths.length === 1 && !/^\d{1,15}$/.test(lengths[0])) return "The length of the request cannot be read.";
	const bytes = Number(lengths[0] ?? 0);
	return all("upgrade").some((value) => value.toLowerCase() === "websocket") && method === "GET" && bytes === 0 && version === "1.1" && all("upgrade").length === 1 ? { kind: "upgrade" } : {
		kind: "length",
		bytes
	};
}
/** `more` until the empty line has come. */
function readHead(bytes) {
	let skipped = 0;
	while (skipped < bytes.length && (bytes[skipped] === 10 || bytes[skipped] === 13)) skipped++;
	const text = bytes.toString("latin1", skipped);
	const end = /\r?\n\r?\n/.exec(text);
	if (!end) return bytes.length > HEAD_MAX ? bad("The header is too long.") : { kind: "more" };
	if (end[0].length === 3) return bad("A header line cannot be read.");
	const ending = end[0].length === 4 ? "\r\n" : "\n";
	const [request = "", ...rest] = text.slice(0, end.index).split(ending);
	if (end.index > HEAD_MAX) return bad("The header is too long.");
	const [, method = "", target = "", version = ""] = /^([!-~]+) +([!-~\x80-\xff]+) +HTTP\/(1\.[01])$/i.exec(request) ?? [];
	if (method === "") return bad("The request line cannot be read.");
	if (method.toUpperCase() === "CONNECT") return bad("A named host is no proxy.");
	const lines = [];
	let at = skipped + request.length + ending.length;
	for (const line of rest) {
		const [, name, value = ""] = /^([!#$%&'*+\-.^_`|~0-9a-z]+):([^\x00\r\n]*)$/i.exec(line) ?? [];
		if (name === void 0) return bad("A header line cannot be read.");
		lines.push({
			name: name.toLowerCase(),
			value: value.replace(/^[ \t]+|[ \t]+$/g, ""),
			at
		});
		at += line.length + ending.length;
	}
	const body = bodyOf(lines, method, version);
	if (typeof body === "string") return bad(body);
	const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@?#]*@)?([^/?#]*)/i.exec(target)?.[1];
	const hosts = lines.filter(({ name }) => name === "host").map(({ value }) => value);
	return {
		kind: "head",
		size: skipped + end.index + end[0].length,
		hosts: [...hosts, ...absolute === void 0 ? [] : [absolute]].map(plainHost),
		body,
		upgrades: lines.filter(({ name }) => name === UPGRADE.toLowerCase()).map((line) => line.at)
	};
}
// electron/gateway/packets/conversation.ts
/**
* What a script says on one connection to a named host, looked at as it comes: nothing is cleared before the name is
* known to be the right one, and with plain HTTP before every further request (NET-2). Pure.
*/
/** Bytes of headers and the like that are kept for being sent again. */
var KEPT_MAX = {
	bytes: 262144,
	parts: 8192
};
var Conversation = class {
	#name;
	#port;
	#state = { kind: "first" };
	#pending = Buffer.alloc(0);
	#seen = 0;
	#last = 0;
	#requests = 0;
	#kept = [];
	#keptBytes = 0;
	#forgotten = 0;
	constructor(name, port) {
		this.#name = name;
		this.#port = port;
	}
	/** Bytes that were looked at, from the first on. */
	get seen() {
		return this.#seen;
	}
	/** Bytes that may go to the host; the rest is held. */
	get cleared() {
		return this.#seen - this.#pending.length;
	}
	/** Before this place nothing is known any more of what must arrive as it was looked at. */
	get forgotten() {
		return this.#forgotten;
	}
	get kept() {
		return this.#kept;
	}
	/** Bytes of memory that it takes. */
	get weight() {
		return this.#pending.length + this.#keptBytes + 64 * this.#kept.length;
	}
	/** The byte before those that are held. */
	get last() {
		return this.#last;
	}
	/** Nothing more has to be looked at once the host has answered. */
	get named() {
		return this.#state.kind === "named";
	}
	/** Where the body ends whose length was said beforehand; null outside of one. */
	get bodyEnd() {
		return this.#state.kind === "body" ? this.#seen + this.#state.left : null;
	}
	/** Bytes up to this place, inside the body, went another way. Throws RangeError for a place that is not before its end. */
	skip(to) {
		const state = this.#state;
		if (state.kind !== "body" || to < this.#seen || to >= this.#seen + state.left) throw new RangeError("not in a body");
		state.left -= to - this.#seen;
		this.#seen = to;
	}
	/** What the host says next decides. */
	get asked() {
		return this.#state.kind === "asked";
	}
	/** Takes what comes next; a text is why it is refused, all of it. */
	add(bytes) {
		this.#seen += bytes.length;
		let rest = bytes;
		while (rest.length > 0) {
			const state = this.#state;
			switch (state.kind) {
				case "named": return null;
				case "asked": return "It went on before the host had switched protocols.";
				case "body": {
					const part = Math.min(state.left, rest.length);
					state.left -= part;
					this.#last = rest[part - 1];
					rest = rest.subarray(part);
					if (state.left === 0) this.#state = { kind: "head" };
					break;
				}
				case "chunked": {
					const base = this.#seen - rest.length;
					const here = rest;
					const taken = state.chunks.take(here, 0, (from, to) => this.#keep(base + from, here.subarray(from, to)));
					if (taken === null) return "The length of the request cannot be read.";
					this.#last = rest[taken.end - 1];
					rest = rest.subarray(taken.end);
					if (taken.over) this.#state = { kind: "head" };
					break;
				}
				case "first":
				case "head": {
					const all = Buffer.concat([this.#pending, rest]);
					this.#pending = all;
					const read = state.kind === "first" ? this.#first(all) : this.#head(all);
					if (typeof read === "string") return read;
					if (read === null) return null;
					this.#pending = Buffer.alloc(0);
					this.#last = all[read - 1];
					rest = all.subarray(read);
				}
			}
		}
		return null;
	}
	/** The host has answered that it goes on with a WebSocket, or not. */
	switched(did) {
		if (this.#state.kind === "asked") this.#state = did ? { kind: "named" } : { kind: "head" };
	}
	/** Bytes that are done with; null for more, a text for a refusal. */
	#first(all) {
		const first = readFirstBytes(all);
		switch (first.kind) {
			case "more": return null;
			case "bad": return first.why;
			case "http":
				this.#state = { kind: "head" };
				return this.#head(all);
			case "tls":
				if (first.host === null) return "The TLS hello names no host.";
				if (first.host !== this.#name) return `The TLS hello names ${first.host}.`;
				break;
			case "other": {
				const why = refusedUnknown(all, this.#port);
				if (why !== null) return why;
			}
		}
		this.#keep(this.#seen - all.length, all);
		this.#state = { kind: "named" };
		return all.length;
	}
	#head(all) {
		const head = readHead(all);
		if (head.kind === "more") return null;
		if (head.kind === "bad") return head.why;
		const other = head.hosts.find((host) => host !== this.#name);
		if (head.hosts.length === 0) return "The request names no host.";
		if (other !== void 0) return `The request is for ${other}.`;
		const bytes = Buffer.from(all.subarray(0, head.size));
		const upgrade = head.body.kind === "upgrade" && this.#requests === 0;
		if (!upgrade) for (const at of head.upgrades) bytes.write(IGNORED, at, "latin1");
		this.#keep(this.#seen - all.length, bytes);
		this.#requests++;
		if (head.body.kind === "chunked") this.#state = {
			kind: "chunked",
			chunks: new Chunks()
		};
		else if (upgrade) this.#state = { kind: "asked" };
		else {
			const left = head.body.kind === "length" ? head.body.bytes : 0;
			this.#state = left > 0 ? {
				kind: "body",
				left
			} : { kind: "head" };
		}
		return head.size;
	}
	#keep(at, bytes) {
		this.#kept.push({
			at,
			bytes: Buffer.from(bytes)
		});
		this.#keptBytes += bytes.length;
		while (this.#keptBytes > KEPT_MAX.bytes && this.#kept.length > 1 || this.#kept.length > KEPT_MAX.parts) {
			const oldest = this.#kept.shift();
			this.#keptBytes -= oldest.bytes.length;
			this.#forgotten = oldest.at + oldest.bytes.length;
		}
	}
};
// electron/gateway/packets/stream.ts
/**
* One connection to a named host, segment by segment. What was looked at is what arrives: bytes that decide are written
* over every segment that carries them, also when it is sent again, because a script can change what it has handed to
* the kernel. What is not cleared is held here: in its place the byte before goes once more, and the host's
* answer to that is told to the script as the receipt, so that it goes on and the rest of the header comes (NET-2).
* Segments that lie wholly inside the body of a request need no look; how far such a range goes is said, and what is missed
* there is not waited for. Pure.
*/
/** A segment that was made longer must still fit through. */
var GROWN_MAX = 1380;
/** Of the objects themselves, bytes. */
var OWN_WEIGHT = 1024;
var STATUS = /^HTTP\/1\.\d (\d{3})/;
var STATUS_BYTES$1 = 12;
var DROP = { kind: "drop" };
var RANGES = {
	segment: 65535,
	least: 262144,
	most: 2 ** 30
};
var SEQUENCES = 2 ** 32;
var CUT_OFF = "The connection ended before it said for which host it is.";
var Stream = class {
	#talk;
	/** Sequence number of the first byte. */
	#first;
	#sizes;
	/** Bytes that the script believes to have arrived, and that may not have, by their place; `open` while they are held. */
	#debt = null;
	#answer = null;
	#free = false;
	/** Of the body, where a segment need not be looked at. */
	#range = null;
	/** `sequence` is that of the call. */
	constructor(name, port, sequence, sizes = RANGES) {
		this.#talk = new Conversation(name, port);
		this.#sizes = sizes;
		this.#first = sequence + 1 >>> 0;
	}
	/** Bytes of the script that were looked at. */
	get seen() {
		return this.#talk.seen;
	}
	/** Bytes of memory that it takes. */
	get weight() {
		return OWN_WEIGHT + this.#talk.weight;
	}
	/**
	* Where segments may begin that need no look, as of the last verdict. The filter must know it before the verdict is given
	* when that is marked as a body, and must have forgotten every other range of this connection.
	*/
	get range() {
		if (this.#range === null) return null;
		const { from, to } = this.#range;
		return {
			from: this.#first + from >>> 0,
			to: this.#first + to >>> 0
		};
	}
	/** A segment of the script's; `large` ones are cut by the kernel afterwards. */
	script(segment, large) {
		const { payload, sequence, fin, rst } = segment;
		if (rst) return this.#pass(null);
		const talk = this.#talk;
		const start = this.#placeOf(sequence);
		const end = start + payload.length;
		if (payload.length > 0 && !this.#free) {
			if (segment.urgent) return {
				kind: "refuse",
				why: "It sent urgent data, which cannot be looked at."
			};
			if (start > talk.seen && !this.#passes(start)) return DROP;
			if (start < talk.forgotten) return DROP;
			if (end > talk.seen) {
				const why = talk.add(payload.subarray(talk.seen - start));
				if (why !== null) return {
					kind: "refuse",
					why
				};
				if (talk.asked && this.#answer === null) this.#answer = {
					at: segment.acknowledgement,
					bytes: Buffer.alloc(0)
				};
			}
		}
		if (fin && talk.cleared < talk.seen) return {
			kind: "refuse",
			why: CUT_OFF
		};
		if (payload.length === 0 || this.#free) return this.#pass(null);
		this.#settleDebt();
		return this.#send(segment, start, end, large);
	}
	/** A segment of the host's, while both directions are looked at. */
	host(segment) {
		if (segment.rst) return this.#pass(null);
		const verdict = this.#hostSaid(segment);
		if (verdict) return verdict;
		const debt = this.#debt;
		if (debt === null || !segment.ack) return this.#pass(null);
		const got = this.#placeOf(segment.acknowledgement);
		if (got > debt.from) debt.from = Math.min(got, debt.to);
		if (debt.open) return this.#pass(got >= this.#talk.cleared ? { acknowledgement: this.#first + debt.to >>> 0 } : null);
		if (debt.from >= debt.to) this.#debt = null;
		return this.#pass(null);
	}
	/** Where in the conversation a sequence number stands, which go round and round: near what was seen last. */
	#placeOf(sequence) {
		const { seen } = this.#talk;
		return seen + distance(sequence, this.#first + seen >>> 0);
	}
	/** What is held is told as received; one such stretch at a time, the script sends the next one again. */
	#settleDebt() {
		const { cleared, seen } = this.#talk;
		const held = cleared < seen;
		if (this.#debt !== null) {
			if (!held || cleared > this.#debt.to) this.#debt.open = false;
			else this.#debt.to = seen;
		} else if (held) this.#debt = {
			from: cleared,
			to: seen,
			open: true
		};
	}
	/** The answer to the wish for a WebSocket; null when this segment decides nothing. */
	#hostSaid({ payload, sequence }) {
		const answer = this.#answer;
		if (answer === null || payload.length === 0 || !this.#talk.asked) return null;
		const start = distance(sequence, answer.at);
		if (start > answer.bytes.length) return DROP;
		answer.bytes = Buffer.concat([answer.bytes, payload.subarray(answer.bytes.length - start)]).subarray(0, 64);
		if (answer.bytes.length < STATUS_BYTES$1) return null;
		const did = STATUS.exec(answer.bytes.toString("latin1"))?.[1] === "101";
		this.#talk.switched(did);
		this.#free = did;
		return null;
	}
	/** A gap inside the body where looking was not needed; any other closes when the segment before comes again. */
	#passes(start) {
		const end = this.#talk.bodyEnd;
		if (this.#range === null || end === null || start >= end) return false;
		this.#talk.skip(start);
		return true;
	}
	/** A stretch of the body from here on; the last 64 KiB of it, where the next header may begin, are always looked at. */
	#rangeNow() {
		const { bodyEnd, seen } = this.#talk;
		const { segment, least, most } = this.#sizes;
		if (bodyEnd === null || this.#debt !== null) return null;
		if (this.#range !== null && seen <= this.#range.to) return this.#range;
		const round = SEQUENCES - 1 - (this.#first + seen >>> 0);
		const to = Math.min(bodyEnd - segment, seen + most, seen + round);
		return to - seen < least ? null : {
			from: seen,
			to
		};
	}
	#mark() {
		this.#range = this.#rangeNow();
		if (this.#free) return SEEN.free;
		if (this.#debt !== null || this.#talk.asked) return SEEN.both;
		if (this.#range !== null) return SEEN.body;
		return this.#talk.named ? SEEN.named : SEEN.looking;
	}
	#pass(change) {
		return {
			kind: "pass",
			mark: this.#mark(),
			change
		};
	}
	#send(segment, start, end, large) {
		const talk = this.#talk;
		const from = this.#debt !== null && start > this.#debt.from && start <= this.#debt.to ? this.#debt.from : start;
		let to = Math.min(end, talk.cleared);
		if (to <= from) {
			if (!this.#debt?.open) return DROP;
			const sequence = this.#first + talk.cleared - 1 >>> 0;
			return this.#pass({
				sequence,
				payload: Buffer.from([talk.last]),
				withoutFin: true
			});
		}
		if (to - from > segment.payload.length && !large) to = Math.min(to, from + Math.max(GROWN_MAX, end - start));
		if (from === start && to === end && !this.#keeps(from, to)) return this.#pass(null);
		const bytes = Buffer.alloc(to - from);
		if (to > start) segment.payload.copy(bytes, Math.max(0, start - from), Math.max(0, from - start), to - start);
		this.#overlay(bytes, from);
		return this.#pass({
			sequence: this.#first + from >>> 0,
			payload: bytes,
			withoutFin: to < end
		});
	}
	/** True when something between these places is kept. */
	#keeps(from, to) {
		const { kept } = this.#talk;
		for (let i = kept.length - 1; i >= 0; i--) {
			const { at, bytes } = kept[i];
			if (at + bytes.length <= from) return false;
			if (at < to) return true;
		}
		return false;
	}
	/** Writes what is kept over it. */
	#overlay(bytes, from) {
		const to = from + bytes.length;
		const { kept } = this.#talk;
		for (let i = kept.length - 1; i >= 0; i--) {
			const part = kept[i];
			const stop = part.at + part.bytes.length;
			if (stop <= from) return;
			if (part.at < to) part.bytes.copy(bytes, Math.max(0, part.at - from), Math.max(0, from - part.at), Math.min(stop, to) - part.at);
		}
	}
};
// electron/gateway/packets/inspector.ts
/** Looks at what the filter hands over: calls of named hosts, and what is said on them (NET-2, NET-3). */
/** Memory for connections whose beginning is remembered, bytes; the oldest are forgotten, and of those nothing passes. */
var KNOWN_MAX = 24 << 20;
/** Ranges that the filter knows at once; beyond, the oldest is looked at again. */
var RANGES_MAX = 64;
var keyOf = (from, address, port) => `${from} ${address} ${port}`;
var Inspector = class {
	#deps;
	#known = /* @__PURE__ */ new Map();
	/** Those whose body the filter knows, the oldest first. */
	#inBody = /* @__PURE__ */ new Set();
	#weight = 0;
	constructor(deps) {
		this.#deps = deps;
	}
	look({ outgoing, packet, large, stale }) {
		const segment = readSegment(packet);
		if (segment === null) return null;
		if (outgoing && segment.syn) return this.#called(segment, stale);
		const key = outgoing ? keyOf(segment.sourcePort, segment.destination, segment.destinationPort) : keyOf(segment.destinationPort, segment.source, segment.sourcePort);
		const known = this.#known.get(key);
		if (!known) return outgoing ? {
			mark: SEEN.refused,
			packet: null
		} : null;
		if (known.refused) return outgoing ? {
			mark: SEEN.refused,
			packet: null
		} : null;
		const verdict = outgoing ? known.stream.script(segment, large) : known.stream.host(segment);
		this.#weigh(known);
		this.#tellBody(known, verdict.kind === "refuse" ? null : known.stream.range);
		return this.#answer(known, segment, verdict);
	}
	/** The filter was replaced, and knows of no body any more: told anew with the next look at each. */
	renew() {
		for (const known of this.#inBody) this.#tellBody(known, null);
	}
	/** Forgets a connection that is over. */
	forget(from, address, port) {
		this.#drop(keyOf(from, address, port));
	}
	#drop(key) {
		const known = this.#known.get(key);
		if (known === void 0) return;
		this.#tellBody(known, null);
		this.#weight -= known.weight;
		this.#known.delete(key);
	}
	#tellBody(known, range) {
		const before = known.range;
		if (before?.from === range?.from && before?.to === range?.to) return;
		if (before !== null) this.#deps.setBody("remove", known.call, before);
		this.#inBody.delete(known);
		known.range = range;
		if (range === null) return;
		const [oldest] = this.#inBody;
		if (oldest !== void 0 && this.#inBody.size >= RANGES_MAX) this.#tellBody(oldest, null);
		this.#inBody.add(known);
		this.#deps.setBody("add", known.call, range);
	}
	#weigh(known) {
		const weight = known.stream.weight;
		this.#weight += weight - known.weight;
		known.weight = weight;
		for (const [key, oldest] of this.#known) {
			if (this.#weight <= KNOWN_MAX || oldest === known) return;
			this.#drop(key);
		}
	}
	#called(segment, stale) {
		const { destination: address, destinationPort: port, sourcePort: from, source } = segment;
		const name = this.#deps.nameOf(address);
		if (segment.payload.length > 0) return null;
		if (name === null) return {
			mark: SEEN.denied,
			packet: null
		};
		const call = {
			name,
			address,
			port,
			source,
			from
		};
		const before = this.#known.get(keyOf(from, address, port));
		const again = before?.sequence === segment.sequence && before.stream.seen === 0;
		if (before) this.#tellBody(before, null);
		if (stale && !again) {
			this.#deps.forget(call);
			return null;
		}
		const decided = this.#deps.open(call, again);
		const settle = (how) => {
			if (how === "called") this.#remember(call, segment.sequence);
			return {
				mark: SEEN[how],
				packet: how === "called" ? withoutMultipath(segment) : null
			};
		};
		return typeof decided === "string" ? settle(decided) : decided.then(settle);
	}
	#remember(call, sequence) {
		const key = keyOf(call.from, call.address, call.port);
		this.#drop(key);
		const known = {
			call,
			stream: new Stream(call.name, call.port, sequence),
			sequence,
			begun: this.#deps.now(),
			refused: false,
			weight: 0,
			range: null
		};
		this.#known.set(key, known);
		this.#weigh(known);
	}
	#answer(known, segment, verdict) {
		switch (verdict.kind) {
			case "drop": return null;
			case "pass": return {
				mark: verdict.mark,
				packet: verdict.change && writeSegment(segment, verdict.change)
			};
			case "refuse": {
				known.refused = true;
				this.#deps.end(known.call);
				const duration = Math.round((this.#deps.now() - known.begun) * 10) / 10;
				this.#deps.onRefused({
					...known.call,
					why: verdict.why,
					out: known.stream.seen,
					duration
				});
				return {
					mark: SEEN.refused,
					packet: null
				};
			}
		}
	}
};
// electron/gateway/carrying.ts
/** Calls of named hosts that the kernel carries: where they go, and who ends them when they name another host (NET-2). */
/** Of calls to one place core is asked about the first in such a time, ms, because it sees which process waits. */
var ASK_EVERY_MS = 20;
/** So long a call that may go out waits for that. */
var PATIENCE_MS$1 = 2;
/** Core is asked about so many at once; beyond, a flood is refused and counted. */
var ASKED_MAX$1 = 256;
var Carrying = class {
	#deps;
	#inspector;
	#known = /* @__PURE__ */ new Map();
	#asked = /* @__PURE__ */ new Map();
	constructor(deps) {
		this.#deps = deps;
		this.#inspector = new Inspector({
			nameOf: (address) => deps.names.relayed(address),
			open: (call, again) => this.#open(call, again),
			end: (call) => deps.queue.end(call),
			forget: (call) => deps.queue.forget(call),
			setBody: (change, call, range) => deps.queue.body(change, call, range),
			onRefused: ({ why, out, duration, ...call }) => {
				const { name, address, port } = call;
				const to = this.#known.get(`${address} ${port}`)?.target.to ?? null;
				deps.told(call);
				setImmediate(() => deps.queue.forget(call));
				deps.report({
					type: "closed",
					name,
					address: to,
					port,
					in: 0,
					out,
					duration,
					refused: true,
					why
				});
			},
			now: () => performance.now()
		});
	}
	get inspector() {
		return this.#inspector;
	}
	/** What the filter has to know. */
	targets() {
		return [...this.#known.values()].map(({ target }) => target);
	}
	/** The real address behind a stand-in. */
	behind(address, port) {
		return this.#known.get(`${address} ${port}`)?.target.to ?? null;
	}
	/** The rules have changed: core is asked again about every host. */
	stale() {
		for (const [key, known] of this.#known) this.#known.set(key, {
			...known,
			until: 0,
			asked: 0
		});
	}
	#open(call, again) {
		if (!this.#deps.listed(call.port)) return "denied";
		const key = `${call.address} ${call.port}`;
		const known = this.#known.get(key);
		const now = performance.now();
		if (known && again) this.#turn(key, known);
		const fresh = known !== void 0 && known.until > now;
		if (fresh && known.asked + ASK_EVERY_MS > now) return "called";
		const asked = this.#asked.get(key);
		if (asked) return fresh ? "called" : asked;
		if (this.#asked.size >= ASKED_MAX$1) return fresh ? "called" : "denied";
		const asking = this.#ask(call, key).finally(() => this.#asked.delete(key));
		this.#asked.set(key, asking);
		return fresh ? Promise.race([asking, setTimeout$1(PATIENCE_MS$1, "called")]) : asking;
	}
	async #ask(call, key) {
		const { name, address, port } = call;
		const { addresses, ttl } = await this.#deps.open(name, port, (id) => this.#deps.expect(call, id));
		const before = this.#known.get(key)?.target.to;
		const to = before !== void 0 && addresses.includes(before) ? before : addresses[0];
		if (to === void 0) return "refused";
		const target = {
			address,
			port,
			to
		};
		const asked = performance.now();
		const until = asked + ttl * 1e3;
		if (before === to) this.#known.set(key, {
			target,
			addresses,
			until,
			asked
		});
		else await this.#aim(key, {
			target,
			addresses,
			until,
			asked
		});
		return "called";
	}
	/** Tells the filter first. */
	#aim(key, known) {
		return this.#deps.alone(async () => {
			await this.#deps.queue.target(known.target, this.#known.has(key));
			this.#known.set(key, known);
		});
	}
	/** Nobody answers there: calls from now on go to the name's next address. */
	#turn(key, known) {
		const { target, addresses } = known;
		const to = addresses[(addresses.indexOf(target.to) + 1) % addresses.length];
		if (to !== void 0 && to !== target.to) this.#aim(key, {
			...known,
			target: {
				...target,
				to
			}
		}).catch(() => {});
	}
};
// electron/gateway/commands.ts
/** Runs the system's network programs. */
/** Feeds `input`; rejects with what the program complained about. */
function run(program, args, input = "") {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: [
			"pipe",
			"pipe",
			"pipe"
		] });
		let out = "";
		let complaint = "";
		child.stdout.on("data", (chunk) => out += chunk.toString());
		child.stderr.on("data", (chunk) => complaint = (complaint + chunk.toString()).slice(0, 1500));
		child.stdin.on("error", () => {});
		child.on("error", reject);
		child.on("close", (code) => code === 0 ? resolve(out) : reject(/* @__PURE__ */ new Error(`${program}: ${complaint.trim() || `ended with ${code}`}`)));
		child.stdin.end(input);
	});
}
// electron/gateway/core-link.ts
/** Core answers within milliseconds, or not at all any more. */
var PATIENCE_MS = 8e3;
var CoreLink = class {
	#onMessage;
	#waiting = /* @__PURE__ */ new Map();
	#next = 1;
	#rest = "";
	constructor(onMessage) {
		this.#onMessage = onMessage;
		process.stdin.setEncoding("utf8");
		process.stdin.on("data", (text) => this.#take(text));
		process.stdin.on("end", () => process.exit(0));
		process.stdin.on("error", () => process.exit(0));
		process.stdout.on("error", () => process.exit(0));
	}
	send(message) {
		process.stdout.write(`${JSON.stringify(message)}\n`);
	}
	async lookup(name, kind) {
		const answer = await this.#ask({
			type: "lookup",
			id: this.#next++,
			name,
			kind
		});
		return answer?.type === "answer" ? answer : null;
	}
	/**
	* The addresses to connect to and for how many seconds; none when core refuses or does not answer. With `onAsked` the
	* filter tells of the call when it is allowed, by the number of this question.
	*/
	async open(name, port, onAsked) {
		const id = this.#next++;
		onAsked?.(id);
		const answer = await this.#ask({
			type: "open",
			id,
			name,
			port,
			told: onAsked !== void 0
		});
		return answer?.type === "opened" ? answer : {
			addresses: [],
			ttl: 0
		};
	}
	#ask(question) {
		return new Promise((resolve) => {
			const timer = setTimeout(() => settle(null), PATIENCE_MS);
			const settle = (answer) => {
				clearTimeout(timer);
				this.#waiting.delete(question.id);
				resolve(answer);
			};
			this.#waiting.set(question.id, settle);
			this.send(question);
		});
	}
	#take(text) {
		const lines = (this.#rest + text).split("\n");
		this.#rest = lines.pop() ?? "";
		for (const line of lines) {
			if (line === "") continue;
			const message = JSON.parse(line);
			if (message.type === "answer" || message.type === "opened") this.#waiting.get(message.id)?.(message);
			else this.#onMessage(message);
		}
	}
};
// node_modules/dns-packet/types.js
var require_types = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.toString = function(type) {
		switch (type) {
			case 1: return "A";
			case 10: return "NULL";
			case 28: return "AAAA";
			case 18: return "AFSDB";
			case 42: return "APL";
			case 257: return "CAA";
			case 60: return "CDNSKEY";
			case 59: return "CDS";
			case 37: return "CERT";
			case 5: return "CNAME";
			case 49: return "DHCID";
			case 32769: return "DLV";
			case 39: return "DNAME";
			case 48: return "DNSKEY";
			case 43: return "DS";
			case 55: return "HIP";
			case 13: return "HINFO";
			case 45: return "IPSECKEY";
			case 25: return "KEY";
			case 36: return "KX";
			case 29: return "LOC";
			case 15: return "MX";
			case 35: return "NAPTR";
			case 2: return "NS";
			case 47: return "NSEC";
			case 50: return "NSEC3";
			case 51: return "NSEC3PARAM";
			case 12: return "PTR";
			case 46: return "RRSIG";
			case 17: return "RP";
			case 24: return "SIG";
			case 6: return "SOA";
			case 99: return "SPF";
			case 33: return "SRV";
			case 44: return "SSHFP";
			case 32768: return "TA";
			case 249: return "TKEY";
			case 52: return "TLSA";
			case 250: return "TSIG";
			case 16: return "TXT";
			case 252: return "AXFR";
			case 251: return "IXFR";
			case 41: return "OPT";
			case 255: return "ANY";
		}
		return "UNKNOWN_" + type;
	};
	exports.toType = function(name) {
		switch (name.toUpperCase()) {
			case "A": return 1;
			case "NULL": return 10;
			case "AAAA": return 28;
			case "AFSDB": return 18;
			case "APL": return 42;
			case "CAA": return 257;
			case "CDNSKEY": return 60;
			case "CDS": return 59;
			case "CERT": return 37;
			case "CNAME": return 5;
			case "DHCID": return 49;
			case "DLV": return 32769;
			case "DNAME": return 39;
			case "DNSKEY": return 48;
			case "DS": return 43;
			case "HIP": return 55;
			case "HINFO": return 13;
			case "IPSECKEY": return 45;
			case "KEY": return 25;
			case "KX": return 36;
			case "LOC": return 29;
			case "MX": return 15;
			case "NAPTR": return 35;
			case "NS": return 2;
			case "NSEC": return 47;
			case "NSEC3": return 50;
			case "NSEC3PARAM": return 51;
			case "PTR": return 12;
			case "RRSIG": return 46;
			case "RP": return 17;
			case "SIG": return 24;
			case "SOA": return 6;
			case "SPF": return 99;
			case "SRV": return 33;
			case "SSHFP": return 44;
			case "TA": return 32768;
			case "TKEY": return 249;
			case "TLSA": return 52;
			case "TSIG": return 250;
			case "TXT": return 16;
			case "AXFR": return 252;
			case "IXFR": return 251;
			case "OPT": return 41;
			case "ANY": return 255;
			case "*": return 255;
		}
		if (name.toUpperCase().startsWith("UNKNOWN_")) return parseInt(name.slice(8));
		return 0;
	};
}));
// node_modules/dns-packet/rcodes.js
var require_rcodes = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.toString = function(rcode) {
		switch (rcode) {
			case 0: return "NOERROR";
			case 1: return "FORMERR";
			case 2: return "SERVFAIL";
			case 3: return "NXDOMAIN";
			case 4: return "NOTIMP";
			case 5: return "REFUSED";
			case 6: return "YXDOMAIN";
			case 7: return "YXRRSET";
			case 8: return "NXRRSET";
			case 9: return "NOTAUTH";
			case 10: return "NOTZONE";
			case 11: return "RCODE_11";
			case 12: return "RCODE_12";
			case 13: return "RCODE_13";
			case 14: return "RCODE_14";
			case 15: return "RCODE_15";
		}
		return "RCODE_" + rcode;
	};
	exports.toRcode = function(code) {
		switch (code.toUpperCase()) {
			case "NOERROR": return 0;
			case "FORMERR": return 1;
			case "SERVFAIL": return 2;
			case "NXDOMAIN": return 3;
			case "NOTIMP": return 4;
			case "REFUSED": return 5;
			case "YXDOMAIN": return 6;
			case "YXRRSET": return 7;
			case "NXRRSET": return 8;
			case "NOTAUTH": return 9;
			case "NOTZONE": return 10;
			case "RCODE_11": return 11;
			case "RCODE_12": return 12;
			case "RCODE_13": return 13;
			case "RCODE_14": return 14;
			case "RCODE_15": return 15;
		}
		return 0;
	};
}));
// node_modules/dns-packet/opcodes.js
var require_opcodes = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.toString = function(opcode) {
		switch (opcode) {
			case 0: return "QUERY";
			case 1: return "IQUERY";
			case 2: return "STATUS";
			case 3: return "OPCODE_3";
			case 4: return "NOTIFY";
			case 5: return "UPDATE";
			case 6: return "OPCODE_6";
			case 7: return "OPCODE_7";
			case 8: return "OPCODE_8";
			case 9: return "OPCODE_9";
			case 10: return "OPCODE_10";
			case 11: return "OPCODE_11";
			case 12: return "OPCODE_12";
			case 13: return "OPCODE_13";
			case 14: return "OPCODE_14";
			case 15: return "OPCODE_15";
		}
		return "OPCODE_" + opcode;
	};
	exports.toOpcode = function(code) {
		switch (code.toUpperCase()) {
			case "QUERY": return 0;
			case "IQUERY": return 1;
			case "STATUS": return 2;
			case "OPCODE_3": return 3;
			case "NOTIFY": return 4;
			case "UPDATE": return 5;
			case "OPCODE_6": return 6;
			case "OPCODE_7": return 7;
			case "OPCODE_8": return 8;
			case "OPCODE_9": return 9;
			case "OPCODE_10": return 10;
			case "OPCODE_11": return 11;
			case "OPCODE_12": return 12;
			case "OPCODE_13": return 13;
			case "OPCODE_14": return 14;
			case "OPCODE_15": return 15;
		}
		return 0;
	};
}));
// node_modules/dns-packet/classes.js
var require_classes = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.toString = function(klass) {
		switch (klass) {
			case 1: return "IN";
			case 2: return "CS";
			case 3: return "CH";
			case 4: return "HS";
			case 255: return "ANY";
		}
		return "UNKNOWN_" + klass;
	};
	exports.toClass = function(name) {
		switch (name.toUpperCase()) {
			case "IN": return 1;
			case "CS": return 2;
			case "CH": return 3;
			case "HS": return 4;
			case "ANY": return 255;
		}
		return 0;
	};
}));
// node_modules/dns-packet/optioncodes.js
var require_optioncodes = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.toString = function(type) {
		switch (type) {
			case 1: return "LLQ";
			case 2: return "UL";
			case 3: return "NSID";
			case 5: return "DAU";
			case 6: return "DHU";
			case 7: return "N3U";
			case 8: return "CLIENT_SUBNET";
			case 9: return "EXPIRE";
			case 10: return "COOKIE";
			case 11: return "TCP_KEEPALIVE";
			case 12: return "PADDING";
			case 13: return "CHAIN";
			case 14: return "KEY_TAG";
			case 26946: return "DEVICEID";
		}
		if (type < 0) return null;
		return `OPTION_${type}`;
	};
	exports.toCode = function(name) {
		if (typeof name === "number") return name;
		if (!name) return -1;
		switch (name.toUpperCase()) {
			case "OPTION_0": return 0;
			case "LLQ": return 1;
			case "UL": return 2;
			case "NSID": return 3;
			case "OPTION_4": return 4;
			case "DAU": return 5;
			case "DHU": return 6;
			case "N3U": return 7;
			case "CLIENT_SUBNET": return 8;
			case "EXPIRE": return 9;
			case "COOKIE": return 10;
			case "TCP_KEEPALIVE": return 11;
			case "PADDING": return 12;
			case "CHAIN": return 13;
			case "KEY_TAG": return 14;
			case "DEVICEID": return 26946;
			case "OPTION_65535": return 65535;
		}
		const m = name.match(/_(\d+)$/);
		if (m) return parseInt(m[1], 10);
		return -1;
	};
}));
// node_modules/@leichtgewicht/ip-codec/index.cjs
var require_ip_codec = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var ipCodec = (function(exports) {
		"use strict";
		Object.defineProperty(exports, "__esModule", { value: true });
		exports.decode = decode;
		exports.encode = encode;
		exports.familyOf = familyOf;
		exports.name = void 0;
		exports.sizeOf = sizeOf;
		exports.v6 = exports.v4 = void 0;
		const v4Regex = /^(\d{1,3}\.){3,3}\d{1,3}$/;
		const v4Size = 4;
		const v6Regex = /^(::)?(((\d{1,3}\.){3}(\d{1,3}){1})?([0-9a-f]){0,4}:{0,2}){1,8}(::)?$/i;
		const v6Size = 16;
		const v4 = {
			name: "v4",
			size: v4Size,
			isFormat: (ip) => v4Regex.test(ip),
			encode(ip, buff, offset) {
				offset = ~~offset;
				buff = buff || new Uint8Array(offset + v4Size);
				const max = ip.length;
				let n = 0;
				for (let i = 0; i < max;) {
					const c = ip.charCodeAt(i++);
					if (c === 46) {
						buff[offset++] = n;
						n = 0;
					} else n = n * 10 + (c - 48);
				}
				buff[offset] = n;
				return buff;
			},
			decode(buff, offset) {
				offset = ~~offset;
				return `${buff[offset++]}.${buff[offset++]}.${buff[offset++]}.${buff[offset]}`;
			}
		};
		exports.v4 = v4;
		const v6 = {
			name: "v6",
			size: v6Size,
			isFormat: (ip) => ip.length > 0 && v6Regex.test(ip),
			encode(ip, buff, offset) {
				offset = ~~offset;
				let end = offset + v6Size;
				let fill = -1;
				let hexN = 0;
				let decN = 0;
				let prevColon = true;
				let useDec = false;
				buff = buff || new Uint8Array(offset + v6Size);
				for (let i = 0; i < ip.length; i++) {
					let c = ip.charCodeAt(i);
					if (c === 58) {
						if (prevColon) {
							if (fill !== -1) {
								if (offset < end) buff[offset] = 0;
								if (offset < end - 1) buff[offset + 1] = 0;
								offset += 2;
							} else if (offset < end) fill = offset;
						} else {
							if (useDec === true) {
								if (offset < end) buff[offset] = decN;
								offset++;
							} else {
								if (offset < end) buff[offset] = hexN >> 8;
								if (offset < end - 1) buff[offset + 1] = hexN & 255;
								offset += 2;
							}
							hexN = 0;
							decN = 0;
						}
						prevColon = true;
						useDec = false;
					} else if (c === 46) {
						if (offset < end) buff[offset] = decN;
						offset++;
						decN = 0;
						hexN = 0;
						prevColon = false;
						useDec = true;
					} else {
						prevColon = false;
						if (c >= 97) c -= 87;
						else if (c >= 65) c -= 55;
						else {
							c -= 48;
							decN = decN * 10 + c;
						}
						hexN = (hexN << 4) + c;
					}
				}
				if (prevColon === false) {
					if (useDec === true) {
						if (offset < end) buff[offset] = decN;
						offset++;
					} else {
						if (offset < end) buff[offset] = hexN >> 8;
						if (offset < end - 1) buff[offset + 1] = hexN & 255;
						offset += 2;
					}
				} else if (fill === 0) {
					if (offset < end) buff[offset] = 0;
					if (offset < end - 1) buff[offset + 1] = 0;
					offset += 2;
				} else if (fill !== -1) {
					offset += 2;
					for (let i = Math.min(offset - 1, end - 1); i >= fill + 2; i--) buff[i] = buff[i - 2];
					buff[fill] = 0;
					buff[fill + 1] = 0;
					fill = offset;
				}
				if (fill !== offset && fill !== -1) {
					if (offset > end - 2) offset = end - 2;
					while (end > fill) buff[--end] = offset < end && offset > fill ? buff[--offset] : 0;
				} else while (offset < end) buff[offset++] = 0;
				return buff;
			},
			decode(buff, offset) {
				offset = ~~offset;
				let result = "";
				for (let i = 0; i < v6Size; i += 2) {
					if (i !== 0) result += ":";
					result += (buff[offset + i] << 8 | buff[offset + i + 1]).toString(16);
				}
				return result.replace(/(^|:)0(:0)*:0(:|$)/, "$1::$3").replace(/:{3,4}/, "::");
			}
		};
		exports.v6 = v6;
		exports.name = "ip";
		function sizeOf(ip) {
			if (v4.isFormat(ip)) return v4.size;
			if (v6.isFormat(ip)) return v6.size;
			throw Error(`Invalid ip address: ${ip}`);
		}
		function familyOf(string) {
			return sizeOf(string) === v4.size ? 1 : 2;
		}
		function encode(ip, buff, offset) {
			offset = ~~offset;
			const size = sizeOf(ip);
			if (typeof buff === "function") buff = buff(offset + size);
			if (size === v4.size) return v4.encode(ip, buff, offset);
			return v6.encode(ip, buff, offset);
		}
		function decode(buff, offset, length) {
			offset = ~~offset;
			length = length || buff.length - offset;
			if (length === v4.size) return v4.decode(buff, offset, length);
			if (length === v6.size) return v6.decode(buff, offset, length);
			throw Error(`Invalid buffer size needs to be ${v4.size} for v4 or ${v6.size} for v6.`);
		}
		return "default" in exports ? exports.default : exports;
	})({});
	if (typeof define === "function" && define.amd) define([], function() {
		return ipCodec;
	});
	else if (typeof module === "object" && typeof exports === "object") module.exports = ipCodec;
}));
// electron/gateway/places.ts
var import_dns_packet = (/* @__PURE__ */ __commonJSMin(((exports) => {
	var Buffer = __require("buffer").Buffer;
	var types = require_types();
	var rcodes = require_rcodes();
	var opcodes = require_opcodes();
	var classes = require_classes();
	var optioncodes = require_optioncodes();
	var ip = require_ip_codec();
	var QUERY_FLAG = 0;
	var RESPONSE_FLAG = 32768;
	var FLUSH_MASK = 32768;
	var NOT_FLUSH_MASK = -32769;
	var QU_MASK = 32768;
	var NOT_QU_MASK = -32769;
	var name = exports.name = {};
	name.encode = function(str, buf, offset, { mail = false } = {}) {
		if (!buf) buf = Buffer.alloc(name.encodingLength(str));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const n = str.replace(/^\.|\.$/gm, "");
		if (n.length) {
			let list = [];
			if (mail) {
				let localPart = "";
				n.split(".").forEach((label) => {
					if (label.endsWith("\\")) localPart += (localPart.length ? "." : "") + label.slice(0, -1);
					else if (list.length === 0 && localPart.length) list.push(localPart + "." + label);
					else list.push(label);
				});
			} else list = n.split(".");
			for (let i = 0; i < list.length; i++) {
				const len = buf.write(list[i], offset + 1);
				buf[offset] = len;
				offset += len + 1;
			}
		}
		buf[offset++] = 0;
		name.encode.bytes = offset - oldOffset;
		return buf;
	};
	name.encode.bytes = 0;
	name.decode = function(buf, offset, { mail = false } = {}) {
		if (!offset) offset = 0;
		const list = [];
		let oldOffset = offset;
		let totalLength = 0;
		let consumedBytes = 0;
		let jumped = false;
		while (true) {
			if (offset >= buf.length) throw new Error("Cannot decode name (buffer overflow)");
			const len = buf[offset++];
			consumedBytes += jumped ? 0 : 1;
			if (len === 0) break;
			else if ((len & 192) === 0) {
				if (offset + len > buf.length) throw new Error("Cannot decode name (buffer overflow)");
				totalLength += len + 1;
				if (totalLength > 254) throw new Error("Cannot decode name (name too long)");
				let label = buf.toString("utf-8", offset, offset + len);
				if (mail) label = label.replace(/\./g, "\\.");
				list.push(label);
				offset += len;
				consumedBytes += jumped ? 0 : len;
			} else if ((len & 192) === 192) {
				if (offset + 1 > buf.length) throw new Error("Cannot decode name (buffer overflow)");
				const jumpOffset = buf.readUInt16BE(offset - 1) - 49152;
				if (jumpOffset >= oldOffset) throw new Error("Cannot decode name (bad pointer)");
				offset = jumpOffset;
				oldOffset = jumpOffset;
				consumedBytes += jumped ? 0 : 1;
				jumped = true;
			} else throw new Error("Cannot decode name (bad label)");
		}
		name.decode.bytes = consumedBytes;
		return list.length === 0 ? "." : list.join(".");
	};
	name.decode.bytes = 0;
	name.encodingLength = function(n) {
		if (n === "." || n === "..") return 1;
		return Buffer.byteLength(n.replace(/^\.|\.$/gm, "")) + 2;
	};
	var string = {};
	string.encode = function(s, buf, offset) {
		if (!buf) buf = Buffer.alloc(string.encodingLength(s));
		if (!offset) offset = 0;
		const len = buf.write(s, offset + 1);
		buf[offset] = len;
		string.encode.bytes = len + 1;
		return buf;
	};
	string.encode.bytes = 0;
	string.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const len = buf[offset];
		const s = buf.toString("utf-8", offset + 1, offset + 1 + len);
		string.decode.bytes = len + 1;
		return s;
	};
	string.decode.bytes = 0;
	string.encodingLength = function(s) {
		return Buffer.byteLength(s) + 1;
	};
	var header = {};
	header.encode = function(h, buf, offset) {
		if (!buf) buf = header.encodingLength(h);
		if (!offset) offset = 0;
		const flags = (h.flags || 0) & 32767;
		const type = h.type === "response" ? RESPONSE_FLAG : QUERY_FLAG;
		buf.writeUInt16BE(h.id || 0, offset);
		buf.writeUInt16BE(flags | type, offset + 2);
		buf.writeUInt16BE(h.questions.length, offset + 4);
		buf.writeUInt16BE(h.answers.length, offset + 6);
		buf.writeUInt16BE(h.authorities.length, offset + 8);
		buf.writeUInt16BE(h.additionals.length, offset + 10);
		return buf;
	};
	header.encode.bytes = 12;
	header.decode = function(buf, offset) {
		if (!offset) offset = 0;
		if (buf.length < 12) throw new Error("Header must be 12 bytes");
		const flags = buf.readUInt16BE(offset + 2);
		return {
			id: buf.readUInt16BE(offset),
			type: flags & RESPONSE_FLAG ? "response" : "query",
			flags: flags & 32767,
			flag_qr: (flags >> 15 & 1) === 1,
			opcode: opcodes.toString(flags >> 11 & 15),
			flag_aa: (flags >> 10 & 1) === 1,
			flag_tc: (flags >> 9 & 1) === 1,
			flag_rd: (flags >> 8 & 1) === 1,
			flag_ra: (flags >> 7 & 1) === 1,
			flag_z: (flags >> 6 & 1) === 1,
			flag_ad: (flags >> 5 & 1) === 1,
			flag_cd: (flags >> 4 & 1) === 1,
			rcode: rcodes.toString(flags & 15),
			questions: new Array(buf.readUInt16BE(offset + 4)),
			answers: new Array(buf.readUInt16BE(offset + 6)),
			authorities: new Array(buf.readUInt16BE(offset + 8)),
			additionals: new Array(buf.readUInt16BE(offset + 10))
		};
	};
	header.decode.bytes = 12;
	header.encodingLength = function() {
		return 12;
	};
	var runknown = exports.unknown = {};
	runknown.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(runknown.encodingLength(data));
		if (!offset) offset = 0;
		buf.writeUInt16BE(data.length, offset);
		data.copy(buf, offset + 2);
		runknown.encode.bytes = data.length + 2;
		return buf;
	};
	runknown.encode.bytes = 0;
	runknown.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const len = buf.readUInt16BE(offset);
		const data = buf.slice(offset + 2, offset + 2 + len);
		runknown.decode.bytes = len + 2;
		return data;
	};
	runknown.decode.bytes = 0;
	runknown.encodingLength = function(data) {
		return data.length + 2;
	};
	var rns = exports.ns = {};
	rns.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rns.encodingLength(data));
		if (!offset) offset = 0;
		name.encode(data, buf, offset + 2);
		buf.writeUInt16BE(name.encode.bytes, offset);
		rns.encode.bytes = name.encode.bytes + 2;
		return buf;
	};
	rns.encode.bytes = 0;
	rns.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const len = buf.readUInt16BE(offset);
		const dd = name.decode(buf, offset + 2);
		rns.decode.bytes = len + 2;
		return dd;
	};
	rns.decode.bytes = 0;
	rns.encodingLength = function(data) {
		return name.encodingLength(data) + 2;
	};
	var rsoa = exports.soa = {};
	rsoa.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rsoa.encodingLength(data));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		name.encode(data.mname, buf, offset);
		offset += name.encode.bytes;
		name.encode(data.rname, buf, offset, { mail: true });
		offset += name.encode.bytes;
		buf.writeUInt32BE(data.serial || 0, offset);
		offset += 4;
		buf.writeUInt32BE(data.refresh || 0, offset);
		offset += 4;
		buf.writeUInt32BE(data.retry || 0, offset);
		offset += 4;
		buf.writeUInt32BE(data.expire || 0, offset);
		offset += 4;
		buf.writeUInt32BE(data.minimum || 0, offset);
		offset += 4;
		buf.writeUInt16BE(offset - oldOffset - 2, oldOffset);
		rsoa.encode.bytes = offset - oldOffset;
		return buf;
	};
	rsoa.encode.bytes = 0;
	rsoa.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const data = {};
		offset += 2;
		data.mname = name.decode(buf, offset);
		offset += name.decode.bytes;
		data.rname = name.decode(buf, offset, { mail: true });
		offset += name.decode.bytes;
		data.serial = buf.readUInt32BE(offset);
		offset += 4;
		data.refresh = buf.readUInt32BE(offset);
		offset += 4;
		data.retry = buf.readUInt32BE(offset);
		offset += 4;
		data.expire = buf.readUInt32BE(offset);
		offset += 4;
		data.minimum = buf.readUInt32BE(offset);
		offset += 4;
		rsoa.decode.bytes = offset - oldOffset;
		return data;
	};
	rsoa.decode.bytes = 0;
	rsoa.encodingLength = function(data) {
		return 22 + name.encodingLength(data.mname) + name.encodingLength(data.rname);
	};
	var rtxt = exports.txt = {};
	rtxt.encode = function(data, buf, offset) {
		if (!Array.isArray(data)) data = [data];
		for (let i = 0; i < data.length; i++) {
			if (typeof data[i] === "string") data[i] = Buffer.from(data[i]);
			if (!Buffer.isBuffer(data[i])) throw new Error("Must be a Buffer");
		}
		if (!buf) buf = Buffer.alloc(rtxt.encodingLength(data));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		data.forEach(function(d) {
			buf[offset++] = d.length;
			d.copy(buf, offset, 0, d.length);
			offset += d.length;
		});
		buf.writeUInt16BE(offset - oldOffset - 2, oldOffset);
		rtxt.encode.bytes = offset - oldOffset;
		return buf;
	};
	rtxt.encode.bytes = 0;
	rtxt.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		let remaining = buf.readUInt16BE(offset);
		offset += 2;
		let data = [];
		while (remaining > 0) {
			const len = buf[offset++];
			--remaining;
			if (remaining < len) throw new Error("Buffer overflow");
			data.push(buf.slice(offset, offset + len));
			offset += len;
			remaining -= len;
		}
		rtxt.decode.bytes = offset - oldOffset;
		return data;
	};
	rtxt.decode.bytes = 0;
	rtxt.encodingLength = function(data) {
		if (!Array.isArray(data)) data = [data];
		let length = 2;
		data.forEach(function(buf) {
			if (typeof buf === "string") length += Buffer.byteLength(buf) + 1;
			else length += buf.length + 1;
		});
		return length;
	};
	var rnull = exports.null = {};
	rnull.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rnull.encodingLength(data));
		if (!offset) offset = 0;
		if (typeof data === "string") data = Buffer.from(data);
		if (!data) data = Buffer.alloc(0);
		const oldOffset = offset;
		offset += 2;
		const len = data.length;
		data.copy(buf, offset, 0, len);
		offset += len;
		buf.writeUInt16BE(offset - oldOffset - 2, oldOffset);
		rnull.encode.bytes = offset - oldOffset;
		return buf;
	};
	rnull.encode.bytes = 0;
	rnull.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const len = buf.readUInt16BE(offset);
		offset += 2;
		const data = buf.slice(offset, offset + len);
		offset += len;
		rnull.decode.bytes = offset - oldOffset;
		return data;
	};
	rnull.decode.bytes = 0;
	rnull.encodingLength = function(data) {
		if (!data) return 2;
		return (Buffer.isBuffer(data) ? data.length : Buffer.byteLength(data)) + 2;
	};
	var rhinfo = exports.hinfo = {};
	rhinfo.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rhinfo.encodingLength(data));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		string.encode(data.cpu, buf, offset);
		offset += string.encode.bytes;
		string.encode(data.os, buf, offset);
		offset += string.encode.bytes;
		buf.writeUInt16BE(offset - oldOffset - 2, oldOffset);
		rhinfo.encode.bytes = offset - oldOffset;
		return buf;
	};
	rhinfo.encode.bytes = 0;
	rhinfo.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const data = {};
		offset += 2;
		data.cpu = string.decode(buf, offset);
		offset += string.decode.bytes;
		data.os = string.decode(buf, offset);
		offset += string.decode.bytes;
		rhinfo.decode.bytes = offset - oldOffset;
		return data;
	};
	rhinfo.decode.bytes = 0;
	rhinfo.encodingLength = function(data) {
		return string.encodingLength(data.cpu) + string.encodingLength(data.os) + 2;
	};
	var rptr = exports.ptr = {};
	var rcname = exports.cname = rptr;
	var rdname = exports.dname = rptr;
	rptr.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rptr.encodingLength(data));
		if (!offset) offset = 0;
		name.encode(data, buf, offset + 2);
		buf.writeUInt16BE(name.encode.bytes, offset);
		rptr.encode.bytes = name.encode.bytes + 2;
		return buf;
	};
	rptr.encode.bytes = 0;
	rptr.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const data = name.decode(buf, offset + 2);
		rptr.decode.bytes = name.decode.bytes + 2;
		return data;
	};
	rptr.decode.bytes = 0;
	rptr.encodingLength = function(data) {
		return name.encodingLength(data) + 2;
	};
	var rsrv = exports.srv = {};
	rsrv.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rsrv.encodingLength(data));
		if (!offset) offset = 0;
		buf.writeUInt16BE(data.priority || 0, offset + 2);
		buf.writeUInt16BE(data.weight || 0, offset + 4);
		buf.writeUInt16BE(data.port || 0, offset + 6);
		name.encode(data.target, buf, offset + 8);
		const len = name.encode.bytes + 6;
		buf.writeUInt16BE(len, offset);
		rsrv.encode.bytes = len + 2;
		return buf;
	};
	rsrv.encode.bytes = 0;
	rsrv.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const len = buf.readUInt16BE(offset);
		const data = {};
		data.priority = buf.readUInt16BE(offset + 2);
		data.weight = buf.readUInt16BE(offset + 4);
		data.port = buf.readUInt16BE(offset + 6);
		data.target = name.decode(buf, offset + 8);
		rsrv.decode.bytes = len + 2;
		return data;
	};
	rsrv.decode.bytes = 0;
	rsrv.encodingLength = function(data) {
		return 8 + name.encodingLength(data.target);
	};
	var rcaa = exports.caa = {};
	rcaa.ISSUER_CRITICAL = 128;
	rcaa.encode = function(data, buf, offset) {
		const len = rcaa.encodingLength(data);
		if (!buf) buf = Buffer.alloc(rcaa.encodingLength(data));
		if (!offset) offset = 0;
		if (data.issuerCritical) data.flags = rcaa.ISSUER_CRITICAL;
		buf.writeUInt16BE(len - 2, offset);
		offset += 2;
		buf.writeUInt8(data.flags || 0, offset);
		offset += 1;
		string.encode(data.tag, buf, offset);
		offset += string.encode.bytes;
		buf.write(data.value, offset);
		offset += Buffer.byteLength(data.value);
		rcaa.encode.bytes = len;
		return buf;
	};
	rcaa.encode.bytes = 0;
	rcaa.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const len = buf.readUInt16BE(offset);
		offset += 2;
		const oldOffset = offset;
		const data = {};
		data.flags = buf.readUInt8(offset);
		offset += 1;
		data.tag = string.decode(buf, offset);
		offset += string.decode.bytes;
		data.value = buf.toString("utf-8", offset, oldOffset + len);
		data.issuerCritical = !!(data.flags & rcaa.ISSUER_CRITICAL);
		rcaa.decode.bytes = len + 2;
		return data;
	};
	rcaa.decode.bytes = 0;
	rcaa.encodingLength = function(data) {
		return string.encodingLength(data.tag) + string.encodingLength(data.value) + 2;
	};
	var rmx = exports.mx = {};
	rmx.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rmx.encodingLength(data));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		buf.writeUInt16BE(data.preference || 0, offset);
		offset += 2;
		name.encode(data.exchange, buf, offset);
		offset += name.encode.bytes;
		buf.writeUInt16BE(offset - oldOffset - 2, oldOffset);
		rmx.encode.bytes = offset - oldOffset;
		return buf;
	};
	rmx.encode.bytes = 0;
	rmx.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const data = {};
		offset += 2;
		data.preference = buf.readUInt16BE(offset);
		offset += 2;
		data.exchange = name.decode(buf, offset);
		offset += name.decode.bytes;
		rmx.decode.bytes = offset - oldOffset;
		return data;
	};
	rmx.encodingLength = function(data) {
		return 4 + name.encodingLength(data.exchange);
	};
	var ra = exports.a = {};
	ra.encode = function(host, buf, offset) {
		if (!buf) buf = Buffer.alloc(ra.encodingLength(host));
		if (!offset) offset = 0;
		buf.writeUInt16BE(4, offset);
		offset += 2;
		ip.v4.encode(host, buf, offset);
		ra.encode.bytes = 6;
		return buf;
	};
	ra.encode.bytes = 0;
	ra.decode = function(buf, offset) {
		if (!offset) offset = 0;
		offset += 2;
		const host = ip.v4.decode(buf, offset);
		ra.decode.bytes = 6;
		return host;
	};
	ra.decode.bytes = 0;
	ra.encodingLength = function() {
		return 6;
	};
	var raaaa = exports.aaaa = {};
	raaaa.encode = function(host, buf, offset) {
		if (!buf) buf = Buffer.alloc(raaaa.encodingLength(host));
		if (!offset) offset = 0;
		buf.writeUInt16BE(16, offset);
		offset += 2;
		ip.v6.encode(host, buf, offset);
		raaaa.encode.bytes = 18;
		return buf;
	};
	raaaa.encode.bytes = 0;
	raaaa.decode = function(buf, offset) {
		if (!offset) offset = 0;
		offset += 2;
		const host = ip.v6.decode(buf, offset);
		raaaa.decode.bytes = 18;
		return host;
	};
	raaaa.decode.bytes = 0;
	raaaa.encodingLength = function() {
		return 18;
	};
	var roption = exports.option = {};
	roption.encode = function(option, buf, offset) {
		if (!buf) buf = Buffer.alloc(roption.encodingLength(option));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const code = optioncodes.toCode(option.code);
		buf.writeUInt16BE(code, offset);
		offset += 2;
		if (option.data) {
			buf.writeUInt16BE(option.data.length, offset);
			offset += 2;
			option.data.copy(buf, offset);
			offset += option.data.length;
		} else switch (code) {
			case 8:
				const spl = option.sourcePrefixLength || 0;
				const fam = option.family || ip.familyOf(option.ip);
				const ipBuf = ip.encode(option.ip, Buffer.alloc);
				const ipLen = Math.ceil(spl / 8);
				buf.writeUInt16BE(ipLen + 4, offset);
				offset += 2;
				buf.writeUInt16BE(fam, offset);
				offset += 2;
				buf.writeUInt8(spl, offset++);
				buf.writeUInt8(option.scopePrefixLength || 0, offset++);
				ipBuf.copy(buf, offset, 0, ipLen);
				offset += ipLen;
				break;
			case 11:
				if (option.timeout) {
					buf.writeUInt16BE(2, offset);
					offset += 2;
					buf.writeUInt16BE(option.timeout, offset);
					offset += 2;
				} else {
					buf.writeUInt16BE(0, offset);
					offset += 2;
				}
				break;
			case 12:
				const len = option.length || 0;
				buf.writeUInt16BE(len, offset);
				offset += 2;
				buf.fill(0, offset, offset + len);
				offset += len;
				break;
			case 14:
				const tagsLen = option.tags.length * 2;
				buf.writeUInt16BE(tagsLen, offset);
				offset += 2;
				for (const tag of option.tags) {
					buf.writeUInt16BE(tag, offset);
					offset += 2;
				}
				break;
			default: throw new Error(`Unknown roption code: ${option.code}`);
		}
		roption.encode.bytes = offset - oldOffset;
		return buf;
	};
	roption.encode.bytes = 0;
	roption.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const option = {};
		option.code = buf.readUInt16BE(offset);
		option.type = optioncodes.toString(option.code);
		offset += 2;
		const len = buf.readUInt16BE(offset);
		offset += 2;
		option.data = buf.slice(offset, offset + len);
		switch (option.code) {
			case 8:
				option.family = buf.readUInt16BE(offset);
				offset += 2;
				option.sourcePrefixLength = buf.readUInt8(offset++);
				option.scopePrefixLength = buf.readUInt8(offset++);
				const padded = Buffer.alloc(option.family === 1 ? 4 : 16);
				buf.copy(padded, 0, offset, offset + len - 4);
				option.ip = ip.decode(padded);
				break;
			case 11:
				if (len > 0) {
					option.timeout = buf.readUInt16BE(offset);
					offset += 2;
				}
				break;
			case 14:
				option.tags = [];
				for (let i = 0; i < len; i += 2) {
					option.tags.push(buf.readUInt16BE(offset));
					offset += 2;
				}
		}
		roption.decode.bytes = len + 4;
		return option;
	};
	roption.decode.bytes = 0;
	roption.encodingLength = function(option) {
		if (option.data) return option.data.length + 4;
		switch (optioncodes.toCode(option.code)) {
			case 8:
				const spl = option.sourcePrefixLength || 0;
				return Math.ceil(spl / 8) + 8;
			case 11: return typeof option.timeout === "number" ? 6 : 4;
			case 12: return option.length + 4;
			case 14: return 4 + option.tags.length * 2;
		}
		throw new Error(`Unknown roption code: ${option.code}`);
	};
	var ropt = exports.opt = {};
	ropt.encode = function(options, buf, offset) {
		if (!buf) buf = Buffer.alloc(ropt.encodingLength(options));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const rdlen = encodingLengthList(options, roption);
		buf.writeUInt16BE(rdlen, offset);
		offset = encodeList(options, roption, buf, offset + 2);
		ropt.encode.bytes = offset - oldOffset;
		return buf;
	};
	ropt.encode.bytes = 0;
	ropt.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const options = [];
		let rdlen = buf.readUInt16BE(offset);
		offset += 2;
		let o = 0;
		while (rdlen > 0) {
			options[o++] = roption.decode(buf, offset);
			offset += roption.decode.bytes;
			rdlen -= roption.decode.bytes;
		}
		ropt.decode.bytes = offset - oldOffset;
		return options;
	};
	ropt.decode.bytes = 0;
	ropt.encodingLength = function(options) {
		return 2 + encodingLengthList(options || [], roption);
	};
	var rdnskey = exports.dnskey = {};
	rdnskey.PROTOCOL_DNSSEC = 3;
	rdnskey.ZONE_KEY = 128;
	rdnskey.SECURE_ENTRYPOINT = 32768;
	rdnskey.encode = function(key, buf, offset) {
		if (!buf) buf = Buffer.alloc(rdnskey.encodingLength(key));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const keydata = key.key;
		if (!Buffer.isBuffer(keydata)) throw new Error("Key must be a Buffer");
		offset += 2;
		buf.writeUInt16BE(key.flags, offset);
		offset += 2;
		buf.writeUInt8(rdnskey.PROTOCOL_DNSSEC, offset);
		offset += 1;
		buf.writeUInt8(key.algorithm, offset);
		offset += 1;
		keydata.copy(buf, offset, 0, keydata.length);
		offset += keydata.length;
		rdnskey.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rdnskey.encode.bytes - 2, oldOffset);
		return buf;
	};
	rdnskey.encode.bytes = 0;
	rdnskey.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		var key = {};
		var length = buf.readUInt16BE(offset);
		offset += 2;
		key.flags = buf.readUInt16BE(offset);
		offset += 2;
		if (buf.readUInt8(offset) !== rdnskey.PROTOCOL_DNSSEC) throw new Error("Protocol must be 3");
		offset += 1;
		key.algorithm = buf.readUInt8(offset);
		offset += 1;
		key.key = buf.slice(offset, oldOffset + length + 2);
		offset += key.key.length;
		rdnskey.decode.bytes = offset - oldOffset;
		return key;
	};
	rdnskey.decode.bytes = 0;
	rdnskey.encodingLength = function(key) {
		return 6 + Buffer.byteLength(key.key);
	};
	var rrrsig = exports.rrsig = {};
	rrrsig.encode = function(sig, buf, offset) {
		if (!buf) buf = Buffer.alloc(rrrsig.encodingLength(sig));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const signature = sig.signature;
		if (!Buffer.isBuffer(signature)) throw new Error("Signature must be a Buffer");
		offset += 2;
		buf.writeUInt16BE(types.toType(sig.typeCovered), offset);
		offset += 2;
		buf.writeUInt8(sig.algorithm, offset);
		offset += 1;
		buf.writeUInt8(sig.labels, offset);
		offset += 1;
		buf.writeUInt32BE(sig.originalTTL, offset);
		offset += 4;
		buf.writeUInt32BE(sig.expiration, offset);
		offset += 4;
		buf.writeUInt32BE(sig.inception, offset);
		offset += 4;
		buf.writeUInt16BE(sig.keyTag, offset);
		offset += 2;
		name.encode(sig.signersName, buf, offset);
		offset += name.encode.bytes;
		signature.copy(buf, offset, 0, signature.length);
		offset += signature.length;
		rrrsig.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rrrsig.encode.bytes - 2, oldOffset);
		return buf;
	};
	rrrsig.encode.bytes = 0;
	rrrsig.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		var sig = {};
		var length = buf.readUInt16BE(offset);
		offset += 2;
		sig.typeCovered = types.toString(buf.readUInt16BE(offset));
		offset += 2;
		sig.algorithm = buf.readUInt8(offset);
		offset += 1;
		sig.labels = buf.readUInt8(offset);
		offset += 1;
		sig.originalTTL = buf.readUInt32BE(offset);
		offset += 4;
		sig.expiration = buf.readUInt32BE(offset);
		offset += 4;
		sig.inception = buf.readUInt32BE(offset);
		offset += 4;
		sig.keyTag = buf.readUInt16BE(offset);
		offset += 2;
		sig.signersName = name.decode(buf, offset);
		offset += name.decode.bytes;
		sig.signature = buf.slice(offset, oldOffset + length + 2);
		offset += sig.signature.length;
		rrrsig.decode.bytes = offset - oldOffset;
		return sig;
	};
	rrrsig.decode.bytes = 0;
	rrrsig.encodingLength = function(sig) {
		return 20 + name.encodingLength(sig.signersName) + Buffer.byteLength(sig.signature);
	};
	var rrp = exports.rp = {};
	rrp.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rrp.encodingLength(data));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		name.encode(data.mbox || ".", buf, offset, { mail: true });
		offset += name.encode.bytes;
		name.encode(data.txt || ".", buf, offset);
		offset += name.encode.bytes;
		rrp.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rrp.encode.bytes - 2, oldOffset);
		return buf;
	};
	rrp.encode.bytes = 0;
	rrp.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const data = {};
		offset += 2;
		data.mbox = name.decode(buf, offset, { mail: true }) || ".";
		offset += name.decode.bytes;
		data.txt = name.decode(buf, offset) || ".";
		offset += name.decode.bytes;
		rrp.decode.bytes = offset - oldOffset;
		return data;
	};
	rrp.decode.bytes = 0;
	rrp.encodingLength = function(data) {
		return 2 + name.encodingLength(data.mbox || ".") + name.encodingLength(data.txt || ".");
	};
	var typebitmap = {};
	typebitmap.encode = function(typelist, buf, offset) {
		if (!buf) buf = Buffer.alloc(typebitmap.encodingLength(typelist));
		if (!offset) offset = 0;
		const oldOffset = offset;
		var typesByWindow = [];
		for (var i = 0; i < typelist.length; i++) {
			var typeid = types.toType(typelist[i]);
			if (typesByWindow[typeid >> 8] === void 0) typesByWindow[typeid >> 8] = [];
			typesByWindow[typeid >> 8][typeid >> 3 & 31] |= 1 << 7 - (typeid & 7);
		}
		for (i = 0; i < typesByWindow.length; i++) if (typesByWindow[i] !== void 0) {
			var windowBuf = Buffer.from(typesByWindow[i]);
			buf.writeUInt8(i, offset);
			offset += 1;
			buf.writeUInt8(windowBuf.length, offset);
			offset += 1;
			windowBuf.copy(buf, offset);
			offset += windowBuf.length;
		}
		typebitmap.encode.bytes = offset - oldOffset;
		return buf;
	};
	typebitmap.encode.bytes = 0;
	typebitmap.decode = function(buf, offset, length) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		var typelist = [];
		while (offset - oldOffset < length) {
			var window = buf.readUInt8(offset);
			offset += 1;
			var windowLength = buf.readUInt8(offset);
			offset += 1;
			for (var i = 0; i < windowLength; i++) {
				var b = buf.readUInt8(offset + i);
				for (var j = 0; j < 8; j++) if (b & 1 << 7 - j) {
					var typeid = types.toString(window << 8 | i << 3 | j);
					typelist.push(typeid);
				}
			}
			offset += windowLength;
		}
		typebitmap.decode.bytes = offset - oldOffset;
		return typelist;
	};
	typebitmap.decode.bytes = 0;
	typebitmap.encodingLength = function(typelist) {
		var extents = [];
		for (var i = 0; i < typelist.length; i++) {
			var typeid = types.toType(typelist[i]);
			extents[typeid >> 8] = Math.max(extents[typeid >> 8] || 0, typeid & 255);
		}
		var len = 0;
		for (i = 0; i < extents.length; i++) if (extents[i] !== void 0) len += 2 + Math.ceil((extents[i] + 1) / 8);
		return len;
	};
	var rnsec = exports.nsec = {};
	rnsec.encode = function(record, buf, offset) {
		if (!buf) buf = Buffer.alloc(rnsec.encodingLength(record));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		name.encode(record.nextDomain, buf, offset);
		offset += name.encode.bytes;
		typebitmap.encode(record.rrtypes, buf, offset);
		offset += typebitmap.encode.bytes;
		rnsec.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rnsec.encode.bytes - 2, oldOffset);
		return buf;
	};
	rnsec.encode.bytes = 0;
	rnsec.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		var record = {};
		var length = buf.readUInt16BE(offset);
		offset += 2;
		record.nextDomain = name.decode(buf, offset);
		offset += name.decode.bytes;
		record.rrtypes = typebitmap.decode(buf, offset, length - (offset - oldOffset));
		offset += typebitmap.decode.bytes;
		rnsec.decode.bytes = offset - oldOffset;
		return record;
	};
	rnsec.decode.bytes = 0;
	rnsec.encodingLength = function(record) {
		return 2 + name.encodingLength(record.nextDomain) + typebitmap.encodingLength(record.rrtypes);
	};
	var rnsec3 = exports.nsec3 = {};
	rnsec3.encode = function(record, buf, offset) {
		if (!buf) buf = Buffer.alloc(rnsec3.encodingLength(record));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const salt = record.salt;
		if (!Buffer.isBuffer(salt)) throw new Error("salt must be a Buffer");
		const nextDomain = record.nextDomain;
		if (!Buffer.isBuffer(nextDomain)) throw new Error("nextDomain must be a Buffer");
		offset += 2;
		buf.writeUInt8(record.algorithm, offset);
		offset += 1;
		buf.writeUInt8(record.flags, offset);
		offset += 1;
		buf.writeUInt16BE(record.iterations, offset);
		offset += 2;
		buf.writeUInt8(salt.length, offset);
		offset += 1;
		salt.copy(buf, offset, 0, salt.length);
		offset += salt.length;
		buf.writeUInt8(nextDomain.length, offset);
		offset += 1;
		nextDomain.copy(buf, offset, 0, nextDomain.length);
		offset += nextDomain.length;
		typebitmap.encode(record.rrtypes, buf, offset);
		offset += typebitmap.encode.bytes;
		rnsec3.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rnsec3.encode.bytes - 2, oldOffset);
		return buf;
	};
	rnsec3.encode.bytes = 0;
	rnsec3.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		var record = {};
		var length = buf.readUInt16BE(offset);
		offset += 2;
		record.algorithm = buf.readUInt8(offset);
		offset += 1;
		record.flags = buf.readUInt8(offset);
		offset += 1;
		record.iterations = buf.readUInt16BE(offset);
		offset += 2;
		const saltLength = buf.readUInt8(offset);
		offset += 1;
		record.salt = buf.slice(offset, offset + saltLength);
		offset += saltLength;
		const hashLength = buf.readUInt8(offset);
		offset += 1;
		record.nextDomain = buf.slice(offset, offset + hashLength);
		offset += hashLength;
		record.rrtypes = typebitmap.decode(buf, offset, length - (offset - oldOffset));
		offset += typebitmap.decode.bytes;
		rnsec3.decode.bytes = offset - oldOffset;
		return record;
	};
	rnsec3.decode.bytes = 0;
	rnsec3.encodingLength = function(record) {
		return 8 + record.salt.length + record.nextDomain.length + typebitmap.encodingLength(record.rrtypes);
	};
	var rds = exports.ds = {};
	rds.encode = function(digest, buf, offset) {
		if (!buf) buf = Buffer.alloc(rds.encodingLength(digest));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const digestdata = digest.digest;
		if (!Buffer.isBuffer(digestdata)) throw new Error("Digest must be a Buffer");
		offset += 2;
		buf.writeUInt16BE(digest.keyTag, offset);
		offset += 2;
		buf.writeUInt8(digest.algorithm, offset);
		offset += 1;
		buf.writeUInt8(digest.digestType, offset);
		offset += 1;
		digestdata.copy(buf, offset, 0, digestdata.length);
		offset += digestdata.length;
		rds.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rds.encode.bytes - 2, oldOffset);
		return buf;
	};
	rds.encode.bytes = 0;
	rds.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		var digest = {};
		var length = buf.readUInt16BE(offset);
		offset += 2;
		digest.keyTag = buf.readUInt16BE(offset);
		offset += 2;
		digest.algorithm = buf.readUInt8(offset);
		offset += 1;
		digest.digestType = buf.readUInt8(offset);
		offset += 1;
		digest.digest = buf.slice(offset, oldOffset + length + 2);
		offset += digest.digest.length;
		rds.decode.bytes = offset - oldOffset;
		return digest;
	};
	rds.decode.bytes = 0;
	rds.encodingLength = function(digest) {
		return 6 + Buffer.byteLength(digest.digest);
	};
	var rsshfp = exports.sshfp = {};
	rsshfp.getFingerprintLengthForHashType = function getFingerprintLengthForHashType(hashType) {
		switch (hashType) {
			case 1: return 20;
			case 2: return 32;
		}
	};
	rsshfp.encode = function encode(record, buf, offset) {
		if (!buf) buf = Buffer.alloc(rsshfp.encodingLength(record));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		buf[offset] = record.algorithm;
		offset += 1;
		buf[offset] = record.hash;
		offset += 1;
		const fingerprintBuf = Buffer.from(record.fingerprint.toUpperCase(), "hex");
		if (fingerprintBuf.length !== rsshfp.getFingerprintLengthForHashType(record.hash)) throw new Error("Invalid fingerprint length");
		fingerprintBuf.copy(buf, offset);
		offset += fingerprintBuf.byteLength;
		rsshfp.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rsshfp.encode.bytes - 2, oldOffset);
		return buf;
	};
	rsshfp.encode.bytes = 0;
	rsshfp.decode = function decode(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const record = {};
		offset += 2;
		record.algorithm = buf[offset];
		offset += 1;
		record.hash = buf[offset];
		offset += 1;
		const fingerprintLength = rsshfp.getFingerprintLengthForHashType(record.hash);
		record.fingerprint = buf.slice(offset, offset + fingerprintLength).toString("hex").toUpperCase();
		offset += fingerprintLength;
		rsshfp.decode.bytes = offset - oldOffset;
		return record;
	};
	rsshfp.decode.bytes = 0;
	rsshfp.encodingLength = function(record) {
		return 4 + Buffer.from(record.fingerprint, "hex").byteLength;
	};
	var rnaptr = exports.naptr = {};
	rnaptr.encode = function(data, buf, offset) {
		if (!buf) buf = Buffer.alloc(rnaptr.encodingLength(data));
		if (!offset) offset = 0;
		const oldOffset = offset;
		offset += 2;
		buf.writeUInt16BE(data.order || 0, offset);
		offset += 2;
		buf.writeUInt16BE(data.preference || 0, offset);
		offset += 2;
		string.encode(data.flags, buf, offset);
		offset += string.encode.bytes;
		string.encode(data.services, buf, offset);
		offset += string.encode.bytes;
		string.encode(data.regexp, buf, offset);
		offset += string.encode.bytes;
		name.encode(data.replacement, buf, offset);
		offset += name.encode.bytes;
		rnaptr.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rnaptr.encode.bytes - 2, oldOffset);
		return buf;
	};
	rnaptr.encode.bytes = 0;
	rnaptr.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const data = {};
		offset += 2;
		data.order = buf.readUInt16BE(offset);
		offset += 2;
		data.preference = buf.readUInt16BE(offset);
		offset += 2;
		data.flags = string.decode(buf, offset);
		offset += string.decode.bytes;
		data.services = string.decode(buf, offset);
		offset += string.decode.bytes;
		data.regexp = string.decode(buf, offset);
		offset += string.decode.bytes;
		data.replacement = name.decode(buf, offset);
		offset += name.decode.bytes;
		rnaptr.decode.bytes = offset - oldOffset;
		return data;
	};
	rnaptr.decode.bytes = 0;
	rnaptr.encodingLength = function(data) {
		return string.encodingLength(data.flags) + string.encodingLength(data.services) + string.encodingLength(data.regexp) + name.encodingLength(data.replacement) + 6;
	};
	var rtlsa = exports.tlsa = {};
	rtlsa.encode = function(cert, buf, offset) {
		if (!buf) buf = Buffer.alloc(rtlsa.encodingLength(cert));
		if (!offset) offset = 0;
		const oldOffset = offset;
		const certdata = cert.certificate;
		if (!Buffer.isBuffer(certdata)) throw new Error("Certificate must be a Buffer");
		offset += 2;
		buf.writeUInt8(cert.usage, offset);
		offset += 1;
		buf.writeUInt8(cert.selector, offset);
		offset += 1;
		buf.writeUInt8(cert.matchingType, offset);
		offset += 1;
		certdata.copy(buf, offset, 0, certdata.length);
		offset += certdata.length;
		rtlsa.encode.bytes = offset - oldOffset;
		buf.writeUInt16BE(rtlsa.encode.bytes - 2, oldOffset);
		return buf;
	};
	rtlsa.encode.bytes = 0;
	rtlsa.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const cert = {};
		const length = buf.readUInt16BE(offset);
		offset += 2;
		cert.usage = buf.readUInt8(offset);
		offset += 1;
		cert.selector = buf.readUInt8(offset);
		offset += 1;
		cert.matchingType = buf.readUInt8(offset);
		offset += 1;
		cert.certificate = buf.slice(offset, oldOffset + length + 2);
		offset += cert.certificate.length;
		rtlsa.decode.bytes = offset - oldOffset;
		return cert;
	};
	rtlsa.decode.bytes = 0;
	rtlsa.encodingLength = function(cert) {
		return 5 + Buffer.byteLength(cert.certificate);
	};
	var renc = exports.record = function(type) {
		switch (type.toUpperCase()) {
			case "A": return ra;
			case "PTR": return rptr;
			case "CNAME": return rcname;
			case "DNAME": return rdname;
			case "TXT": return rtxt;
			case "NULL": return rnull;
			case "AAAA": return raaaa;
			case "SRV": return rsrv;
			case "HINFO": return rhinfo;
			case "CAA": return rcaa;
			case "NS": return rns;
			case "SOA": return rsoa;
			case "MX": return rmx;
			case "OPT": return ropt;
			case "DNSKEY": return rdnskey;
			case "RRSIG": return rrrsig;
			case "RP": return rrp;
			case "NSEC": return rnsec;
			case "NSEC3": return rnsec3;
			case "SSHFP": return rsshfp;
			case "DS": return rds;
			case "NAPTR": return rnaptr;
			case "TLSA": return rtlsa;
		}
		return runknown;
	};
	var answer = exports.answer = {};
	answer.encode = function(a, buf, offset) {
		if (!buf) buf = Buffer.alloc(answer.encodingLength(a));
		if (!offset) offset = 0;
		const oldOffset = offset;
		name.encode(a.name, buf, offset);
		offset += name.encode.bytes;
		buf.writeUInt16BE(types.toType(a.type), offset);
		if (a.type.toUpperCase() === "OPT") {
			if (a.name !== ".") throw new Error("OPT name must be root.");
			buf.writeUInt16BE(a.udpPayloadSize || 4096, offset + 2);
			buf.writeUInt8(a.extendedRcode || 0, offset + 4);
			buf.writeUInt8(a.ednsVersion || 0, offset + 5);
			buf.writeUInt16BE(a.flags || 0, offset + 6);
			offset += 8;
			ropt.encode(a.options || [], buf, offset);
			offset += ropt.encode.bytes;
		} else {
			let klass = classes.toClass(a.class === void 0 ? "IN" : a.class);
			if (a.flush) klass |= FLUSH_MASK;
			buf.writeUInt16BE(klass, offset + 2);
			buf.writeUInt32BE(a.ttl || 0, offset + 4);
			offset += 8;
			const enc = renc(a.type);
			enc.encode(a.data, buf, offset);
			offset += enc.encode.bytes;
		}
		answer.encode.bytes = offset - oldOffset;
		return buf;
	};
	answer.encode.bytes = 0;
	answer.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const a = {};
		const oldOffset = offset;
		a.name = name.decode(buf, offset);
		offset += name.decode.bytes;
		a.type = types.toString(buf.readUInt16BE(offset));
		if (a.type === "OPT") {
			a.udpPayloadSize = buf.readUInt16BE(offset + 2);
			a.extendedRcode = buf.readUInt8(offset + 4);
			a.ednsVersion = buf.readUInt8(offset + 5);
			a.flags = buf.readUInt16BE(offset + 6);
			a.flag_do = (a.flags >> 15 & 1) === 1;
			a.options = ropt.decode(buf, offset + 8);
			offset += 8 + ropt.decode.bytes;
		} else {
			const klass = buf.readUInt16BE(offset + 2);
			a.ttl = buf.readUInt32BE(offset + 4);
			a.class = classes.toString(klass & NOT_FLUSH_MASK);
			a.flush = !!(klass & FLUSH_MASK);
			const enc = renc(a.type);
			a.data = enc.decode(buf, offset + 8);
			offset += 8 + enc.decode.bytes;
		}
		answer.decode.bytes = offset - oldOffset;
		return a;
	};
	answer.decode.bytes = 0;
	answer.encodingLength = function(a) {
		const data = a.data !== null && a.data !== void 0 ? a.data : a.options;
		return name.encodingLength(a.name) + 8 + renc(a.type).encodingLength(data);
	};
	var question = exports.question = {};
	question.encode = function(q, buf, offset) {
		if (!buf) buf = Buffer.alloc(question.encodingLength(q));
		if (!offset) offset = 0;
		const oldOffset = offset;
		name.encode(q.name, buf, offset);
		offset += name.encode.bytes;
		buf.writeUInt16BE(types.toType(q.type), offset);
		offset += 2;
		buf.writeUInt16BE(classes.toClass(q.class === void 0 ? "IN" : q.class), offset);
		offset += 2;
		question.encode.bytes = offset - oldOffset;
		return q;
	};
	question.encode.bytes = 0;
	question.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const q = {};
		q.name = name.decode(buf, offset);
		offset += name.decode.bytes;
		q.type = types.toString(buf.readUInt16BE(offset));
		offset += 2;
		q.class = classes.toString(buf.readUInt16BE(offset));
		offset += 2;
		if (!!(q.class & QU_MASK)) q.class &= NOT_QU_MASK;
		question.decode.bytes = offset - oldOffset;
		return q;
	};
	question.decode.bytes = 0;
	question.encodingLength = function(q) {
		return name.encodingLength(q.name) + 4;
	};
	exports.AUTHORITATIVE_ANSWER = 1024;
	exports.TRUNCATED_RESPONSE = 512;
	exports.RECURSION_DESIRED = 256;
	exports.RECURSION_AVAILABLE = 128;
	exports.AUTHENTIC_DATA = 32;
	exports.CHECKING_DISABLED = 16;
	exports.DNSSEC_OK = 32768;
	exports.encode = function(result, buf, offset) {
		const allocing = !buf;
		if (allocing) buf = Buffer.alloc(exports.encodingLength(result));
		if (!offset) offset = 0;
		const oldOffset = offset;
		if (!result.questions) result.questions = [];
		if (!result.answers) result.answers = [];
		if (!result.authorities) result.authorities = [];
		if (!result.additionals) result.additionals = [];
		header.encode(result, buf, offset);
		offset += header.encode.bytes;
		offset = encodeList(result.questions, question, buf, offset);
		offset = encodeList(result.answers, answer, buf, offset);
		offset = encodeList(result.authorities, answer, buf, offset);
		offset = encodeList(result.additionals, answer, buf, offset);
		exports.encode.bytes = offset - oldOffset;
		if (allocing && exports.encode.bytes !== buf.length) return buf.slice(0, exports.encode.bytes);
		return buf;
	};
	exports.encode.bytes = 0;
	exports.decode = function(buf, offset) {
		if (!offset) offset = 0;
		const oldOffset = offset;
		const result = header.decode(buf, offset);
		offset += header.decode.bytes;
		offset = decodeList(result.questions, question, buf, offset);
		offset = decodeList(result.answers, answer, buf, offset);
		offset = decodeList(result.authorities, answer, buf, offset);
		offset = decodeList(result.additionals, answer, buf, offset);
		exports.decode.bytes = offset - oldOffset;
		return result;
	};
	exports.decode.bytes = 0;
	exports.encodingLength = function(result) {
		return header.encodingLength(result) + encodingLengthList(result.questions || [], question) + encodingLengthList(result.answers || [], answer) + encodingLengthList(result.authorities || [], answer) + encodingLengthList(result.additionals || [], answer);
	};
	exports.streamEncode = function(result) {
		const buf = exports.encode(result);
		const sbuf = Buffer.alloc(2);
		sbuf.writeUInt16BE(buf.byteLength);
		const combine = Buffer.concat([sbuf, buf]);
		exports.streamEncode.bytes = combine.byteLength;
		return combine;
	};
	exports.streamEncode.bytes = 0;
	exports.streamDecode = function(sbuf) {
		const len = sbuf.readUInt16BE(0);
		if (sbuf.byteLength < len + 2) return null;
		const result = exports.decode(sbuf.slice(2));
		exports.streamDecode.bytes = exports.decode.bytes;
		return result;
	};
	exports.streamDecode.bytes = 0;
	function encodingLengthList(list, enc) {
		let len = 0;
		for (let i = 0; i < list.length; i++) len += enc.encodingLength(list[i]);
		return len;
	}
	function encodeList(list, enc, buf, offset) {
		for (let i = 0; i < list.length; i++) {
			enc.encode(list[i], buf, offset);
			offset += enc.encode.bytes;
		}
		return offset;
	}
	function decodeList(list, enc, buf, offset) {
		for (let i = 0; i < list.length; i++) {
			list[i] = enc.decode(buf, offset);
			offset += enc.decode.bytes;
		}
		return offset;
	}
})))();
/** Addresses, ports and ids inside a gateway's network namespace. */
/** The agent's own user: the only one whose packets the filter lets out to relayed hosts. */
var AGENT_UID = 64002;
/** Relayed names get an address of these 131,072 (set aside for measurements, never routed); all of them are local here. */
var NAMES_RANGE = "198.18.0.0/15";
var NAMES_FIRST = -971898880;
/** The last of them, which no name gets: whoever calls it tries whether calls are looked at. */
var PROBE_ADDRESS = "198.19.255.254";
/** The relay listens from here on, one port for each relayed port. */
var RELAY_PORT = 61e3;
/** Docker's resolver; what a sandbox finds in its resolv.conf on a network of ours. */
var ENGINE_RESOLVER = "127.0.0.11";
var DNS_ADDRESS = "127.0.0.53";
var TABLE = "bellglass";
/** The n-th address for a name; null when they are used up. */
function nameAddress(index) {
	if (index + 1 >= 131070) return null;
	const value = NAMES_FIRST + index + 1 >>> 0;
	return [
		24,
		16,
		8,
		0
	].map((shift) => value >>> shift & 255).join(".");
}
// electron/gateway/dns-server.ts
/** Answers the script's lookups with what core says; nothing else leaves by way of a name (NET-2). */
/** Codes of RFC 1035 as they stand in the header's last four bits. */
var CODE = {
	none: 0,
	format: 1,
	failed: 2,
	unknown: 3,
	notImplemented: 4
};
/** Answers beyond this go over TCP. */
var UDP_MAX = 1232;
var ADDRESSES_MAX = 32;
var TCP_MAX = 64;
var TCP_IDLE_MS = 5e3;
/** Lookups that core is asked about at once; a flood beyond it fails at once. */
var ASKED_MAX = 256;
var RECURSION_DESIRED = 256;
var asked = 0;
var nothing = (code) => ({
	code,
	answers: []
});
async function resolve({ core, names, pin, unasked }, name, kind) {
	if (asked >= ASKED_MAX) {
		unasked();
		return nothing(CODE.failed);
	}
	asked++;
	const answer = await core.lookup(name, kind).finally(() => asked--);
	if (answer === null || answer.code === "failed") return nothing(CODE.failed);
	if (answer.code === "refused") return nothing(CODE.unknown);
	if (answer.code === "empty" || kind !== "A" && kind !== "AAAA") return nothing(CODE.none);
	if (answer.relay) {
		if (kind !== "A") return nothing(CODE.none);
		const address = names.addressFor(name.toLowerCase().replace(/\.$/, ""));
		return address === null ? nothing(CODE.failed) : {
			code: CODE.none,
			answers: [{
				address,
				ttl: answer.ttl
			}]
		};
	}
	const addresses = answer.addresses.slice(0, ADDRESSES_MAX);
	for (const address of addresses) names.saw(name, address);
	await pin(answer.named, addresses, answer.ttl);
	return {
		code: CODE.none,
		answers: addresses.map((address) => ({
			address,
			ttl: answer.ttl
		}))
	};
}
/** The answer to one message; null for what deserves none. */
async function answerTo(deps, message) {
	let query;
	try {
		query = (0, import_dns_packet.decode)(message);
	} catch {
		return null;
	}
	if (query.type !== "query") return null;
	const [question] = query.questions ?? [];
	const respond = (code, answers = []) => ({
		type: "response",
		id: query.id ?? 0,
		flags: import_dns_packet.RECURSION_AVAILABLE | (query.flags ?? 0) & RECURSION_DESIRED | (code === CODE.none ? 0 : import_dns_packet.AUTHORITATIVE_ANSWER) | code,
		questions: question ? [question] : [],
		answers: answers.map(({ address, ttl }) => ({
			type: address.includes(":") ? "AAAA" : "A",
			class: "IN",
			name: question.name,
			ttl,
			data: address
		}))
	});
	if (query.opcode !== "QUERY") return respond(CODE.notImplemented);
	if (!question || query.questions?.length !== 1) return respond(CODE.format);
	const reply = (question.class ?? "IN") === "IN" ? await resolve(deps, question.name, question.type) : nothing(CODE.unknown);
	return respond(reply.code, reply.answers);
}
function cut(packet) {
	return {
		...packet,
		flags: (packet.flags ?? 0) | 512,
		answers: []
	};
}
function serveStream(deps, socket) {
	let rest = Buffer.alloc(0);
	socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
	socket.on("error", () => {});
	socket.on("data", (chunk) => {
		rest = Buffer.concat([rest, chunk]);
		while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
			const message = rest.subarray(2, 2 + rest.readUInt16BE(0));
			rest = rest.subarray(2 + message.length);
			answerTo(deps, message).then((packet) => {
				if (packet && socket.writable) socket.write((0, import_dns_packet.streamEncode)(packet));
				else socket.destroy();
			});
		}
	});
}
/** Listens on UDP and TCP; resolves when both do. */
async function serveDns(deps) {
	const udp = createSocket("udp4");
	udp.on("message", (message, from) => {
		answerTo(deps, message).then((packet) => {
			if (!packet) return;
			const whole = (0, import_dns_packet.encode)(packet);
			udp.send(whole.length > UDP_MAX ? (0, import_dns_packet.encode)(cut(packet)) : whole, from.port, from.address, () => {});
		});
	});
	udp.on("error", () => {});
	const tcp = createServer((socket) => serveStream(deps, socket));
	tcp.maxConnections = TCP_MAX;
	await new Promise((ready) => udp.bind(53, DNS_ADDRESS, ready));
	await new Promise((ready, failed) => tcp.once("error", failed).listen(53, DNS_ADDRESS, ready));
}
// electron/gateway/packets/netlink.ts
var HEADER$1 = 16;
var GENERIC = 4;
var NESTED = 32768;
var FLAGS = {
	request: 1,
	acknowledge: 4,
	create: 1024,
	append: 2048
};
/** Subsystems of nfnetlink.h. */
var SUBSYSTEM = {
	conntrack: 1,
	queue: 3,
	log: 4,
	nftables: 10
};
function be32(value) {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value >>> 0);
	return bytes;
}
function be16(value) {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16BE(value);
	return bytes;
}
function attribute([type, content]) {
	const nested = typeof content !== "string" && !Buffer.isBuffer(content);
	const body = typeof content === "string" ? Buffer.from(`${content}\0`) : Buffer.isBuffer(content) ? content : Buffer.concat(content.map(attribute));
	const out = Buffer.alloc(GENERIC + body.length + 3 & -4);
	out.writeUInt16LE(GENERIC + body.length, 0);
	out.writeUInt16LE(nested ? type | NESTED : type, 2);
	body.copy(out, GENERIC);
	return out;
}
function encodeMessage({ type, flags, family, resource, attributes, sequence = 0 }) {
	const body = Buffer.concat(attributes.map(attribute));
	const out = Buffer.alloc(20 + body.length);
	out.writeUInt32LE(out.length, 0);
	out.writeUInt16LE(type, 4);
	out.writeUInt16LE(flags, 6);
	out.writeUInt32LE(sequence >>> 0, 8);
	out.writeUInt8(family, HEADER$1);
	out.writeUInt16BE(resource, 18);
	body.copy(out, 20);
	return out;
}
/** The messages of one read; throws RangeError for bytes that are none. */
function decodeMessages(bytes) {
	const messages = [];
	for (let at = 0; at + HEADER$1 <= bytes.length;) {
		const length = bytes.readUInt32LE(at);
		if (length < HEADER$1 || at + length > bytes.length) throw new RangeError("a netlink message of wrong size");
		const body = bytes.subarray(at + HEADER$1, at + length);
		messages.push({
			type: bytes.readUInt16LE(at + 4),
			sequence: bytes.readUInt32LE(at + 8),
			body
		});
		at += length + 3 & -4;
	}
	return messages;
}
/** Attributes behind the generic header, by type; the last of a kind counts. */
function decodeAttributes(body) {
	const found = /* @__PURE__ */ new Map();
	for (let at = GENERIC; at + GENERIC <= body.length;) {
		const length = body.readUInt16LE(at);
		if (length < GENERIC || at + length > body.length) break;
		found.set(body.readUInt16LE(at + 2) & 16383, body.subarray(at + GENERIC, at + length));
		at += length + 3 & -4;
	}
	return found;
}
// electron/gateway/packets/messages.ts
/** The messages that the gateway sends to the kernel: the queue's, one rule, named targets, ends of connections. Pure. */
/** Of netfilter.h, nfnetlink_queue.h, nf_tables.h, nfnetlink_conntrack.h and inet_diag.h. */
var QUEUE_MESSAGE = {
	packet: 0,
	verdict: 1,
	config: 2
};
var TABLES_MESSAGE = {
	rule: 6,
	element: 12,
	removeElement: 14
};
var BATCH = {
	begin: 16,
	end: 17
};
var DELETE_CONNECTION = 2;
var DESTROY_SOCKET = 21;
var [IPV4$1, INET] = [2, 1];
var TCP = 6;
var ACCEPT = 1;
var GSO = 4;
/** More than the largest packet. */
var WHOLE = 65535;
var PACKET_TYPE = SUBSYSTEM.queue << 8 | QUEUE_MESSAGE.packet;
/** Packets that may wait; more are dropped and come again. */
var WAITING_MAX = 4096;
/** The hook's table, beside the one that is replaced with every change. */
var QUEUE_TABLE = `${TABLE}_queue`;
var messageOf = (subsystem, message) => subsystem << 8 | message;
function host32(value) {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value >>> 0);
	return bytes;
}
var ipv4 = (text) => Buffer.from(text.split(".").map(Number));
var QUEUE_STEPS = {
	bind: [[1, Buffer.from([
		1,
		0,
		0,
		IPV4$1
	])]],
	copy: [[2, Buffer.concat([be32(WHOLE), Buffer.from([2])])]],
	options: [
		[3, be32(WAITING_MAX)],
		[4, be32(GSO)],
		[5, be32(GSO)]
	]
};
/** Makes a socket the queue's only reader, one step after another; each is acknowledged. */
function openQueue(step, sequence) {
	return encodeMessage({
		type: messageOf(SUBSYSTEM.queue, QUEUE_MESSAGE.config),
		flags: FLAGS.request | FLAGS.acknowledge,
		family: 0,
		resource: QUEUE,
		attributes: QUEUE_STEPS[step],
		sequence
	});
}
/** Accepts the packet, changed when one is given, or drops it. */
function verdict(id, answer) {
	const attributes = [[2, Buffer.concat([be32(answer === null ? 0 : ACCEPT), be32(id)])]];
	if (answer !== null) {
		attributes.push([3, be32(answer.mark)]);
		if (answer.packet !== null) attributes.push([10, answer.packet]);
	}
	return encodeMessage({
		type: messageOf(SUBSYSTEM.queue, QUEUE_MESSAGE.verdict),
		flags: FLAGS.request,
		family: 0,
		resource: QUEUE,
		attributes
	});
}
/** One transaction; the last change is acknowledged. */
function batch$1(changes, sequence) {
	const edge = (type) => encodeMessage({
		type,
		flags: FLAGS.request,
		family: 0,
		resource: SUBSYSTEM.nftables,
		attributes: []
	});
	const inner = changes.map(({ message, flags, family, attributes }, i) => {
		const acknowledge = i === changes.length - 1 ? FLAGS.acknowledge : 0;
		return encodeMessage({
			type: messageOf(SUBSYSTEM.nftables, message),
			flags: FLAGS.request | acknowledge | flags,
			family,
			resource: 0,
			attributes,
			sequence
		});
	});
	return Buffer.concat([
		edge(BATCH.begin),
		...inner,
		edge(BATCH.end)
	]);
}
var expression = (name, data) => [1, [[1, name], [2, data]]];
/**
* The rule that hands packets with this mark to the queue. Kernels have one of two forms, sometimes both: nftables' own, and the
* target of iptables. Neither lets a packet pass when nobody reads.
*/
function queueRule(form, chain, mark, sequence) {
	const info = Buffer.alloc(8);
	info.writeUInt16LE(QUEUE, 0);
	info.writeUInt16LE(1, 2);
	const hand = form === "queue" ? expression("queue", [
		[1, be16(QUEUE)],
		[2, be16(1)],
		[3, be16(0)]
	]) : expression("target", [
		[1, "NFQUEUE"],
		[2, be32(3)],
		[3, info]
	]);
	const attributes = [
		[1, QUEUE_TABLE],
		[2, chain],
		[4, [
			expression("meta", [[1, be32(1)], [2, be32(3)]]),
			expression("cmp", [
				[1, be32(1)],
				[2, be32(0)],
				[3, [[1, host32(mark)]]]
			]),
			hand
		]]
	];
	return batch$1([{
		message: TABLES_MESSAGE.rule,
		flags: FLAGS.create | FLAGS.append,
		family: IPV4$1,
		attributes
	}], sequence);
}
/** The map in the filter that holds them. */
var TARGETS = "targets";
/** Adds a target, in place of one that is there already. */
function setTarget({ address, port, to }, known, sequence) {
	const key = [1, [[1, Buffer.concat([
		ipv4(address),
		be16(port),
		Buffer.alloc(2)
	])]]];
	const element = (...parts) => [
		[1, TABLE],
		[2, TARGETS],
		[3, [[1, parts]]]
	];
	const add = {
		message: TABLES_MESSAGE.element,
		flags: FLAGS.create,
		family: INET
	};
	const remove = {
		message: TABLES_MESSAGE.removeElement,
		flags: 0,
		family: INET
	};
	return batch$1([...known ? [{
		...remove,
		attributes: element(key)
	}] : [], {
		...add,
		attributes: element(key, [2, [[1, ipv4(to)]]])
	}], sequence);
}
/** The set in the filter that holds bodies of requests. */
var BODIES = "bodies";
/** Lets segments of a connection that begin in the range pass without a look, or no longer. */
function setBody(change, ends, { from, to }, sequence) {
	const place = [
		ipv4(ends.address),
		be16(ends.from),
		Buffer.alloc(2),
		be16(ends.port),
		Buffer.alloc(2)
	];
	const key = (at) => [[1, Buffer.concat([...place, be32(at)])]];
	const element = [[1, key(from)], [10, key(to)]];
	const [message, flags] = change === "add" ? [TABLES_MESSAGE.element, FLAGS.create] : [TABLES_MESSAGE.removeElement, 0];
	return batch$1([{
		message,
		flags,
		family: INET,
		attributes: [
			[1, TABLE],
			[2, BODIES],
			[3, [[1, element]]]
		]
	}], sequence);
}
/** Makes the kernel forget a TCP connection. */
function forgetConnection({ source, from, address, port }) {
	const tuple = [[1, [[1, ipv4(source)], [2, ipv4(address)]]], [2, [
		[1, Buffer.from([TCP])],
		[2, be16(from)],
		[3, be16(port)]
	]]];
	return encodeMessage({
		type: messageOf(SUBSYSTEM.conntrack, DELETE_CONNECTION),
		flags: FLAGS.request,
		family: IPV4$1,
		resource: 0,
		attributes: [[1, tuple]]
	});
}
/** Aborts the script's socket, which tells the host too; for a socket of NETLINK_SOCK_DIAG. */
function destroySocket({ source, from, address, port }) {
	const out = Buffer.alloc(72);
	out.writeUInt32LE(out.length, 0);
	out.writeUInt16LE(DESTROY_SOCKET, 4);
	out.writeUInt16LE(FLAGS.request, 6);
	out.writeUInt8(IPV4$1, 16);
	out.writeUInt8(TCP, 17);
	out.writeUInt32LE(4294967295, 20);
	out.writeUInt16BE(from, 24);
	out.writeUInt16BE(port, 26);
	ipv4(source).copy(out, 28);
	ipv4(address).copy(out, 44);
	out.writeUInt32LE(4294967295, 64);
	out.writeUInt32LE(4294967295, 68);
	return out;
}
// electron/gateway/packets/chains.ts
/** The filter's part in carrying named hosts: what is marked, handed over, and set free, as nftables text (NET-2). Pure. */
/** Hooks that hand marked packets to the agent: right behind the looks at the way out, right before the way in. */
var QUEUE_CHAINS = ["out", "in"];
var queueText = () => [
	`add table ip ${QUEUE_TABLE}`,
	`delete table ip ${QUEUE_TABLE}`,
	`table ip ${QUEUE_TABLE} {`,
	"  chain out { type filter hook output priority -150; policy accept; }",
	"  chain in { type filter hook input priority 110; policy accept; }",
	"}",
	""
].join("\n");
/** Without it nothing is handed over any more, and what is marked is dropped. */
var noQueueText = () => `add table ip ${QUEUE_TABLE}\ndelete table ip ${QUEUE_TABLE}\n`;
/** Segments without a word in them: every length of the TCP header with its length of the packet. */
var BARE = Array.from({ length: 11 }, (_, i) => `    ip hdrlength 5 tcp doff ${i + 5} ip length ${20 + 4 * (i + 5)} accept`);
/** What the set of bodies holds: one connection, and the places where a segment may begin. */
var BODY_KEY = "ip daddr . tcp sport . tcp dport . tcp sequence";
var bodiesText = () => `  set ${BODIES} { typeof ${BODY_KEY}; flags interval; }`;
/** A segment of at most 64 KiB (larger ones write no length) that says nothing but its bytes. */
var PLAIN = "tcp flags & (fin | syn | rst | ack | urg) == ack ip length >= 40";
/**
* What is said to named hosts is marked before addresses are translated, handed over, and dropped unless somebody looked.
* A connection is free once the right name was said and the host has answered, because until then it could be said anew.
*/
function kernelChains() {
	return [
		"  chain bare {",
		...BARE,
		"  }",
		"  chain look {",
		"    type filter hook output priority -160; policy accept;",
		"    meta nfproto != ipv4 accept",
		`    ip daddr != ${NAMES_RANGE} accept`,
		"    meta l4proto != tcp accept",
		"    ct state invalid drop",
		`    tcp flags & (syn | ack) == syn ct state != new meta mark set ${hex(LOOK_STALE)} accept`,
		`    tcp flags & (syn | ack) == syn meta mark set ${hex(LOOK)} accept`,
		`    ct mark ${hex(SEEN.free)} accept`,
		"    ct state new reject with tcp reset",
		`    ct mark ${hex(SEEN.both)} meta mark set ${hex(LOOK)} accept`,
		`    ct mark ${hex(SEEN.body)} ${PLAIN} ${BODY_KEY} @${BODIES} accept`,
		"    jump bare",
		`    meta mark set ${hex(LOOK)}`,
		"  }",
		"  chain looked {",
		"    type filter hook output priority -140; policy accept;",
		`    meta mark { ${hex(LOOK)}, ${hex(LOOK_STALE)} } drop`,
		`    meta mark ${hex(SEEN.looking)}-${hex(SEEN.body)} ct mark set meta mark`,
		`    meta mark ${hex(SEEN.refused)} meta l4proto tcp reject with tcp reset`,
		`    meta mark ${hex(SEEN.denied)} goto refuse`,
		`    meta mark ${hex(SEEN.called)} goto grant`,
		"  }",
		"  chain heard {",
		"    type filter hook input priority 105; policy accept;",
		"    meta nfproto != ipv4 accept",
		`    ip saddr != ${NAMES_RANGE} accept`,
		"    meta l4proto != tcp accept",
		`    ct mark ${hex(SEEN.both)} meta mark set ${hex(LOOK)} accept`,
		`    ct mark != ${hex(SEEN.named)} accept`,
		"    jump bare",
		`    ct mark set ${hex(SEEN.free)}`,
		"  }",
		"  chain answered {",
		"    type filter hook input priority 120; policy accept;",
		`    meta mark ${hex(LOOK)} drop`,
		`    meta mark ${hex(SEEN.looking)}-${hex(SEEN.body)} ct mark set meta mark`,
		"  }"
	];
}
// electron/gateway/filter.ts
/** The agent's own way out: hosts of names that it relays. */
var PINNED = "pinned";
var namedSet = (id) => `named${id}`;
var IPV4 = /^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?$/;
var IPV6 = /^[0-9a-f:]{2,39}(\/\d{1,3})?$/;
/** Nothing but addresses and numbers gets into the text, whatever a message held. */
function address(text) {
	if (!IPV4.test(text) && !(text.includes(":") && IPV6.test(text))) throw new TypeError("not an address");
	return text;
}
/** A set holds one family: that of IPv6 has a name of its own. */
var FAMILIES$1 = [{
	of: "ip",
	type: "ipv4_addr",
	mark: "",
	has: (text) => !text.includes(":")
}, {
	of: "ip6",
	type: "ipv6_addr",
	mark: "v6",
	has: (text) => text.includes(":")
}];
var setFor = (set, text) => `${set}${text.includes(":") ? "v6" : ""}`;
function port(value) {
	if (!Number.isInteger(value) || value < 0 || value > 65535) throw new TypeError("not a port");
	return value;
}
var portSet = (ports) => `{ ${ports.map(({ from, to }) => from === to ? port(from) : `${port(from)}-${port(to)}`).join(", ")} }`;
function ports({ ports, protocol }) {
	if (protocol === null) return "";
	const name = protocol === "tcp" ? "tcp" : "udp";
	return ports === null ? `meta l4proto ${name} ` : `${name} dport ${portSet(ports)} `;
}
function addressSets(name, ranges) {
	return FAMILIES$1.flatMap(({ type, mark, has }) => {
		const own = ranges.filter(has).map(address);
		if (own.length === 0) return [];
		return [`  set ${name}${mark} { type ${type}; flags interval; auto-merge; elements = { ${own.join(", ")} } }`];
	});
}
var emptySets = (name) => FAMILIES$1.map(({ type, mark }) => `  set ${name}${mark} { type ${type}; flags timeout; }`);
/** One line for each family that the ranges have. */
var to = (set, ranges, rest) => FAMILIES$1.filter(({ has }) => ranges.some(has)).map(({ of, mark }) => `    ${of} daddr @${set}${mark} ${rest}`);
/** Asking for and telling the address of a neighbour; never for a router, whose way is set already. */
var NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255";
var log = (name) => `counter name "${name}" log prefix "${name}" group 5 snaplen 96 queue-threshold 1`;
/** Adding a pin that is there already would leave its old time, so it is taken out first. */
function pinText(pins) {
	return pins.map(({ set, address: at, seconds }) => {
		if (!/^(pinned|named\d+)$/.test(set)) throw new TypeError("not a set");
		const element = `inet ${TABLE} ${setFor(set, at)} { ${address(at)}`;
		return `add element ${element} }\ndelete element ${element} }\nadd element ${element} timeout ${Math.ceil(seconds)}s }`;
	}).join("\n");
}
/** What the filter counts itself; its log may lose entries in a flood, its counters never do. */
var COUNTED = [
	"allowed",
	"denied",
	"crowded"
];
var NO_COUNTS = {
	allowed: 0,
	denied: 0,
	crowded: 0
};
/** From the output of `nft list counters`; what is not in it counts nothing. */
function readCounts(text) {
	const of = (name) => Number(new RegExp(`counter ${name} \\{\\s*packets (\\d+)`).exec(text)?.[1] ?? 0);
	return {
		allowed: of("allowed"),
		denied: of("denied"),
		crowded: of("crowded")
	};
}
var NOTHING_HELD = {
	carrier: "relay",
	pins: [],
	targets: [],
	counts: NO_COUNTS
};
function relayChains(relayed) {
	if (relayed.length === 0) return [];
	return [
		"  chain called {",
		"    type filter hook output priority -140; policy accept;",
		`    ip daddr ${NAMES_RANGE} tcp dport { ${relayed.map(port).join(", ")} } ct state new jump cap`,
		"  }"
	];
}
/** Their addresses are translated to the real ones, or to the agent's own ports. */
function namedRules(config, carrier) {
	if (carrier === "kernel") return [`    dnat ip to ip daddr . tcp dport map @${TARGETS}`];
	return config.relayed.map((relayed, i) => `    ip daddr ${NAMES_RANGE} tcp dport ${port(relayed)} dnat to :${RELAY_PORT + i}`);
}
function targetText(targets) {
	const elements = targets.map((to) => `${address(to.address)} . ${port(to.port)} : ${address(to.to)}`);
	return elements.length > 0 ? `add element inet ${TABLE} ${TARGETS} { ${elements.join(", ")} }` : "";
}
/** The whole table. Everything that is not accepted by name is refused at once, never dropped in silence. */
function filterText(config, holding = NOTHING_HELD) {
	const { carrier, pins, targets, counts } = holding;
	const kernel = carrier === "kernel";
	const groups = (prefix, rules) => rules.filter((rule) => rule.ranges.length > 0).map((rule, i) => ({
		rule,
		set: `${prefix}${i}`
	}));
	const blocked = groups("blocked", config.blocked);
	const exempt = groups("exempt", config.exempt);
	const open = groups("open", config.open);
	const last = RELAY_PORT + Math.max(1, config.relayed.length) - 1;
	const cap = config.connections === null ? [] : [`    ct state new ct count over ${Math.max(1, Math.floor(config.connections))} goto crowded`];
	return [
		`add table inet ${TABLE}`,
		`delete table inet ${TABLE}`,
		`table inet ${TABLE} {`,
		...COUNTED.map((name) => `  counter ${name} { packets ${Math.floor(counts[name])} bytes 0 }`),
		...[
			...blocked,
			...exempt,
			...open
		].flatMap(({ rule, set }) => addressSets(set, rule.ranges)),
		...addressSets("refused", config.refused),
		`  set ${PINNED} { type ipv4_addr; flags timeout; }`,
		...config.named.flatMap(({ id }) => emptySets(namedSet(id))),
		...kernel ? [`  map ${TARGETS} { type ipv4_addr . inet_service : ipv4_addr; }`, bodiesText()] : [],
		"  chain names {",
		"    type nat hook output priority -110; policy accept;",
		`    meta skuid ${AGENT_UID} accept`,
		`    ip daddr ${ENGINE_RESOLVER} udp dport 53 dnat ip to ${DNS_ADDRESS}:53`,
		`    ip daddr ${ENGINE_RESOLVER} tcp dport 53 dnat ip to ${DNS_ADDRESS}:53`,
		...namedRules(config, carrier),
		"  }",
		"  chain refuse {",
		`    ${log("denied")}`,
		"    meta l4proto tcp reject with tcp reset",
		"    reject with icmpx type admin-prohibited",
		"  }",
		"  chain crowded {",
		`    ${log("crowded")}`,
		"    meta l4proto tcp reject with tcp reset",
		"    reject with icmpx type admin-prohibited",
		"  }",
		"  chain cap {",
		...cap,
		"  }",
		"  chain grant {",
		"    jump cap",
		`    ct state new meta l4proto tcp ct mark ${hex(COUNTED_CALL)} accept`,
		`    ct state { new, established } ${log("allowed")}`,
		`    ct mark set ${hex(COUNTED_CALL)}`,
		"    accept",
		"  }",
		...kernel ? kernelChains() : relayChains(config.relayed),
		"  chain known {",
		"    tcp flags & (syn | ack) == syn return",
		"    accept",
		"  }",
		"  chain out {",
		"    type filter hook output priority 0; policy drop;",
		"    ct state established,related jump known",
		`    meta skuid ${AGENT_UID} ip daddr @${PINNED} meta l4proto tcp accept`,
		`    meta skuid ${AGENT_UID} reject with icmpx type admin-prohibited`,
		kernel ? `    meta mark ${hex(SEEN.called)} ct status dnat accept` : `    oif lo ip daddr ${NAMES_RANGE} ct status dnat accept`,
		`    ip daddr ${NAMES_RANGE} goto refuse`,
		`    oif lo ip daddr ${DNS_ADDRESS} meta l4proto { tcp, udp } th dport 53 accept`,
		`    oif lo ip daddr ${ENGINE_RESOLVER} goto refuse`,
		`    oif lo tcp dport ${RELAY_PORT}-${last} goto refuse`,
		"    oif lo accept",
		...config.ipv6 ? [`    ${NEIGHBOURS} accept`] : [],
		"    meta l4proto 58 icmpv6 type != echo-request drop",
		...config.ipv6 ? [] : ["    meta nfproto ipv6 goto refuse"],
		...blocked.flatMap(({ rule, set }) => to(set, rule.ranges, `${ports(rule)}goto refuse`)),
		...exempt.flatMap(({ rule, set }) => to(set, rule.ranges, `${ports(rule)}goto grant`)),
		...to("refused", config.refused, "goto refuse"),
		...open.flatMap(({ rule, set }) => to(set, rule.ranges, `${ports(rule)}goto grant`)),
		...config.named.flatMap((entry) => to(namedSet(entry.id), ["0.0.0.0", "::"], `${ports(entry)}goto grant`)),
		config.mode === "full" ? "    meta l4proto { tcp, udp, icmp, 58 } goto grant" : "    goto refuse",
		"    goto refuse",
		"  }",
		"  chain in {",
		"    type filter hook input priority 0; policy drop;",
		"    iif lo accept",
		"    ct state established,related accept",
		...config.ipv6 ? [`    ${NEIGHBOURS} accept`] : [],
		...config.published.map(({ port: number, protocol }) => `    ${protocol === "udp" ? "udp" : "tcp"} dport ${port(number)} accept`),
		"  }",
		"  chain through {",
		"    type filter hook forward priority 0; policy drop;",
		"  }",
		"}",
		pinText(pins),
		kernel ? targetText(targets) : "",
		""
	].join("\n");
}
// electron/gateway/names.ts
/** Which name stands behind which address, as the agent handed them out. */
/** Real addresses whose names are remembered, the oldest are forgotten first. */
var SEEN_MAX = 2e4;
var Names = class {
	#byName = /* @__PURE__ */ new Map();
	#byAddress = /* @__PURE__ */ new Map();
	#seen = /* @__PURE__ */ new Map();
	/** The name's own address inside the sandbox; null when they are used up. */
	addressFor(name) {
		const known = this.#byName.get(name);
		if (known !== void 0) return known;
		const address = nameAddress(this.#byName.size);
		if (address === null) return null;
		this.#byName.set(name, address);
		this.#byAddress.set(address, name);
		return address;
	}
	/** The name that a relayed connection is for. */
	relayed(address) {
		return this.#byAddress.get(address) ?? null;
	}
	/** Remembers that a name was answered with a real address. */
	saw(name, address) {
		this.#seen.delete(address);
		this.#seen.set(address, name);
		if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.keys().next().value);
	}
	/** The name that was last looked up for an address of either kind. */
	behind(address) {
		return this.relayed(address) ?? this.#seen.get(address) ?? null;
	}
};
// electron/gateway/packets/socket.ts
/** A netlink socket that the gateway's starter opened, read without pause once it works (NET-2, NET-3). */
/** Null where the starter could open none. */
function inherited(env) {
	const numbers = (env["BELLGLASS_SOCKETS"] ?? "").split(",").map(Number);
	const [queue = 0, log = 0, ends = 0] = numbers;
	return numbers.length === 3 && numbers.every((number) => Number.isInteger(number) && number > 2) ? {
		queue,
		log,
		ends
	} : null;
}
var BUFFER = 1 << 17;
/** It waited in vain, or more came than could wait: what was lost comes again, or is counted. */
var HARMLESS = /* @__PURE__ */ new Set([
	"EAGAIN",
	"ENOBUFS",
	"EINTR"
]);
var KernelSocket = class {
	#number;
	#buffer = Buffer.alloc(BUFFER);
	#next = 1;
	constructor(number) {
		this.#number = number;
	}
	/** For a message that is answered by the same number. */
	sequence() {
		return this.#next++;
	}
	send(message) {
		writeSync(this.#number, message);
	}
	/** Sends and waits for the acknowledgement; throws the kernel's refusal. Only before reading has begun. */
	ask(compose) {
		const own = this.sequence();
		this.send(compose(own));
		for (;;) {
			const size = readSync(this.#number, this.#buffer, 0, BUFFER, null);
			for (const { type, sequence, body } of decodeMessages(this.#buffer.subarray(0, size))) {
				if (type !== 2 || sequence !== own) continue;
				const error = body.readInt32LE(0);
				if (error !== 0) throw new Error(`the kernel refuses: ${error}`);
				return;
			}
		}
	}
	/** Calls back for every message from now on; its bytes are valid during the call. `wake` is answered at once. */
	listen(onMessage, wake) {
		process.on("exit", () => this.send(wake));
		const next = () => read(this.#number, this.#buffer, 0, BUFFER, null, (failure, size) => {
			if (failure && !HARMLESS.has(failure.code ?? "")) process.exit(1);
			if (!failure) for (const message of decodeMessages(this.#buffer.subarray(0, size))) onMessage(message);
			next();
		});
		next();
	}
};
// electron/gateway/packets/queue.ts
/** Attributes of nfnetlink_queue.h. */
var [HEADER, MARK, PAYLOAD$1, CUT, INFO] = [
	1,
	3,
	10,
	13,
	14
];
var IS_LARGE = 2;
/** ENOENT: the filter was replaced meanwhile. */
var NOT_THERE = -2;
/** Hook of packets that the sandbox sends. */
var OUTPUT = 3;
var PacketQueue = class {
	#socket;
	#ends;
	#waiting = /* @__PURE__ */ new Map();
	#look = () => null;
	constructor({ queue, ends }) {
		this.#socket = new KernelSocket(queue);
		this.#ends = new KernelSocket(ends);
	}
	/**
	* Takes hold of the queue and hands over what the chains of these names mark. Throws when the kernel cannot; then
	* nothing was begun. The chains must be there.
	*/
	begin(chains, look) {
		this.#look = look;
		const socket = this.#socket;
		for (const step of [
			"bind",
			"copy",
			"options"
		]) socket.ask((sequence) => openQueue(step, sequence));
		for (const chain of chains) for (const mark of [LOOK, LOOK_STALE]) try {
			socket.ask((sequence) => queueRule("queue", chain, mark, sequence));
		} catch {
			socket.ask((sequence) => queueRule("target", chain, mark, sequence));
		}
		socket.listen((message) => this.#take(message), openQueue("copy", 0));
	}
	/** Resolves when calls go there. Rejects when the filter does not take it. */
	async target(target, known) {
		const sequence = this.#socket.sequence();
		const error = await new Promise((resolve) => {
			this.#waiting.set(sequence, resolve);
			this.#socket.send(setTarget(target, known, sequence));
		});
		this.#waiting.delete(sequence);
		if (error !== 0) throw new Error(`the filter refused a target: ${error}`);
	}
	/**
	* Lets segments of a connection that begin in the range pass without a look, or no longer; the kernel has done it when this
	* returns. A range that is not there only costs time, but with one that stays against our will the gateway ends.
	*/
	body(change, ends, range) {
		const sequence = this.#socket.sequence();
		this.#waiting.set(sequence, (error) => {
			this.#waiting.delete(sequence);
			if (change === "remove" && error !== 0 && error !== NOT_THERE) process.exit(1);
		});
		this.#socket.send(setBody(change, ends, range, sequence));
	}
	/** Ends both sides of a connection as far as this kernel can. */
	end(ends) {
		this.#ends.send(destroySocket(ends));
	}
	/** Makes the kernel forget a connection, after its end. */
	forget(ends) {
		this.#socket.send(forgetConnection(ends));
	}
	#take({ type, sequence, body }) {
		if (type === 2) return this.#waiting.get(sequence)?.(body.readInt32LE(0));
		if (type !== PACKET_TYPE) return;
		const attributes = decodeAttributes(body);
		const header = attributes.get(HEADER);
		const packet = attributes.get(PAYLOAD$1);
		if (header === void 0) return;
		const id = header.readUInt32BE(0);
		const say = (answer) => this.#socket.send(verdict(id, answer));
		if (packet === void 0 || attributes.has(CUT)) return say(null);
		const large = ((attributes.get(INFO)?.readUInt32BE(0) ?? 0) & IS_LARGE) !== 0;
		const stale = attributes.get(MARK)?.readUInt32BE(0) === LOOK_STALE;
		const answer = this.#look({
			outgoing: header[6] === OUTPUT,
			packet,
			large,
			stale
		});
		if (answer instanceof Promise) answer.then(say, () => say(null));
		else say(answer);
	}
};
// electron/gateway/rates.ts
/** Limits bytes a second in both directions: a token bucket on the way out, and one behind a redirect on the way in (POL-1). */
var OUTSIDE = "eth0";
var INWARDS = "ifb0";
/** A bucket of 20 ms, never smaller than one large packet. */
function bucket(rate) {
	const burst = Math.max(32768, Math.ceil(rate / 50));
	return `tbf rate ${Math.max(8, Math.round(rate * 8))}bit burst ${burst} latency 300ms`;
}
/** False when this kernel cannot; null lifts a limit. `again`: there may be limits already. */
async function limitRates(download, upload, again) {
	try {
		if (again) await clear();
		if (download !== null) await batch("ip", [`link add ${INWARDS} type ifb`, `link set ${INWARDS} up`]);
		const all = `u32 match u32 0 0 action mirred egress redirect dev ${INWARDS}`;
		await batch("tc", [...upload === null ? [] : [`qdisc replace dev ${OUTSIDE} root ${bucket(upload)}`], ...download === null ? [] : [
			`qdisc add dev ${OUTSIDE} handle ffff: ingress`,
			`filter add dev ${OUTSIDE} parent ffff: protocol all ${all}`,
			`qdisc replace dev ${INWARDS} root ${bucket(download)}`
		]]);
		return true;
	} catch {
		return false;
	}
}
/** One process for all of them: each takes its time to begin. */
async function batch(program, commands) {
	if (commands.length > 0) await run(program, ["-batch", "-"], `${commands.join("\n")}\n`);
}
async function clear() {
	await run("tc", [
		"qdisc",
		"del",
		"dev",
		OUTSIDE,
		"root"
	]).catch(() => {});
	await run("tc", [
		"qdisc",
		"del",
		"dev",
		OUTSIDE,
		"ingress"
	]).catch(() => {});
	await run("ip", [
		"link",
		"del",
		INWARDS
	]).catch(() => {});
}
// electron/gateway/relay.ts
/** Carries connections to allowed names, and to nothing but the name that was looked up (NET-2). */
var CONNECT_MS = 1e4;
/** The check needs the client's first bytes, which a client that waits for the server never sends; memory for such is bounded. */
var BACKLOG = 511;
var STATUS_BYTES = 12;
var HASTY = "It went on before the host had switched protocols.";
/** Nothing was called for so long, ms: nothing waits any more. */
var QUIET_MS$1 = 50;
var LAST_MS$1 = 1500;
/** One connection from call to end. */
var Carried = class {
	#deps;
	#client;
	#name;
	#port;
	#begun = performance.now();
	#ended;
	#server = null;
	#address = null;
	#held = [];
	#checked = false;
	/** What the host said so far to the wish for a WebSocket; null when there was none. */
	#answer = null;
	#over = false;
	#in = 0;
	#out = 0;
	constructor(deps, client, name, port, ended) {
		this.#deps = deps;
		this.#client = client;
		this.#name = name;
		this.#port = port;
		this.#ended = ended;
		client.setNoDelay(true);
		client.on("error", () => this.#end(null, false));
		client.on("close", () => this.#end(null, false));
		this.#run();
	}
	async #run() {
		const { addresses } = await this.#deps.open(this.#name, this.#port);
		if (this.#over) return;
		if (addresses.length === 0) return this.#end(null, false);
		await this.#deps.pin(addresses);
		for (const address of addresses) {
			if (this.#over) return;
			const server = await this.#reach(address);
			if (server === null) continue;
			if (this.#over) return void server.destroy();
			this.#address = address;
			this.#carry(server);
			return;
		}
		this.#end("The host did not answer.", false);
	}
	#reach(address) {
		return new Promise((resolve) => {
			const server = connect({
				host: address,
				port: this.#port,
				allowHalfOpen: true,
				noDelay: true
			});
			const failed = () => {
				server.destroy();
				resolve(null);
			};
			server.setTimeout(CONNECT_MS, failed);
			server.once("error", failed);
			server.once("connect", () => {
				server.setTimeout(0);
				server.off("error", failed);
				resolve(server);
			});
		});
	}
	#carry(server) {
		this.#server = server;
		const client = this.#client;
		server.on("error", () => this.#end(null, false));
		server.on("close", () => this.#end(null, false));
		server.on("data", (chunk) => {
			this.#in += chunk.length;
			this.#hostSaid(chunk);
			if (!client.write(chunk)) server.pause();
		});
		client.on("drain", () => server.resume());
		server.on("end", () => client.end());
		client.on("data", (chunk) => this.#fromClient(chunk));
		server.on("drain", () => client.resume());
		client.on("end", () => {
			if (!this.#checked && this.#held.length > 0) this.#end("The connection ended before it said for which host it is.", true);
			else server.end();
		});
		client.resume();
	}
	#fromClient(chunk) {
		if (this.#answer !== null) return this.#end(HASTY, true);
		if (this.#checked) return this.#toServer(chunk);
		this.#held.push(chunk);
		const all = Buffer.concat(this.#held);
		const first = readFirstBytes(all);
		switch (first.kind) {
			case "more": return;
			case "bad": return this.#end(first.why, true);
			case "tls":
				if (first.host === this.#name) return this.#pass(all);
				return this.#end(first.host === null ? "The TLS hello names no host." : `The TLS hello names ${first.host}.`, true);
			case "http": {
				const other = first.hosts.find((host) => host !== this.#name);
				if (first.hosts.length === 0) return this.#end("The request names no host.", true);
				if (other !== void 0) return this.#end(`The request is for ${other}.`, true);
				const head = readHead(all);
				if (head.kind === "head" && head.body.kind === "upgrade") {
					if (all.length > head.size) return this.#end(HASTY, true);
					this.#answer = Buffer.alloc(0);
					return this.#pass(all);
				}
				this.#pass(first.head);
				return first.rest.length > 0 ? this.#toServer(first.rest) : void 0;
			}
			case "other": {
				const why = refusedUnknown(all, this.#port);
				return why === null ? this.#pass(all) : this.#end(why, true);
			}
		}
	}
	/** Only a host that switches protocols hears more. */
	#hostSaid(chunk) {
		if (this.#answer === null || this.#answer.length >= STATUS_BYTES) return;
		this.#answer = Buffer.concat([this.#answer, chunk]).subarray(0, STATUS_BYTES);
		if (/^HTTP\/1\.\d 101/.test(this.#answer.toString("latin1"))) this.#answer = null;
	}
	#pass(bytes) {
		this.#checked = true;
		this.#held = [];
		this.#toServer(bytes);
	}
	#toServer(bytes) {
		this.#out += bytes.length;
		if (this.#server && !this.#server.write(bytes)) this.#client.pause();
	}
	#end(why, refused) {
		if (this.#over) return;
		this.#over = true;
		if (why === null) this.#client.destroySoon();
		else this.#client.resetAndDestroy();
		this.#server?.destroySoon();
		this.#deps.report({
			type: "closed",
			name: this.#name,
			address: this.#address,
			port: this.#port,
			in: this.#in,
			out: this.#out,
			duration: Math.round((performance.now() - this.#begun) * 10) / 10,
			refused,
			why: why === null ? null : why.slice(0, 400)
		});
		this.#ended();
	}
};
var Relay = class {
	#deps;
	#servers = [];
	#ports = [];
	#live = 0;
	#busyAt = Number.NEGATIVE_INFINITY;
	constructor(deps) {
		this.#deps = deps;
	}
	get live() {
		return this.#live;
	}
	/** It was called at least once. */
	get used() {
		return this.#busyAt > 0;
	}
	/** Resolves when the calls that waited are carried and told of. */
	async settle() {
		const begun = performance.now();
		while (performance.now() - Math.max(begun, this.#busyAt) < QUIET_MS$1 || this.#live > 0) {
			if (performance.now() - begun > LAST_MS$1) return;
			await setTimeout$1(10);
		}
	}
	/** Listens for these ports, one after another from the relay's first port on; calls in progress go on. */
	async listen(ports) {
		this.#ports = ports;
		for (let i = this.#servers.length; i < ports.length; i++) {
			const server = createServer({
				pauseOnConnect: true,
				allowHalfOpen: true
			}, (client) => this.#called(client, i));
			this.#servers.push(server);
			await new Promise((ready, failed) => server.once("error", failed).listen({
				port: RELAY_PORT + i,
				host: "0.0.0.0",
				backlog: BACKLOG
			}, ready));
		}
	}
	#called(client, index) {
		const address = client.localAddress ?? "";
		const name = this.#deps.names.relayed(address);
		const port = this.#ports[index];
		if (name === null || port === void 0) return void client.resetAndDestroy();
		this.#live++;
		this.#busyAt = performance.now();
		new Carried(this.#deps, client, name, port, () => this.#live--);
	}
};
// electron/gateway/flows.ts
var OVER = /* @__PURE__ */ new Set([
	"TIME_WAIT",
	"CLOSE",
	"LAST_ACK"
]);
/**
* One line of `conntrack -L`: `tcp 6 117 TIME_WAIT src= dst= sport= dport= packets= bytes= src= …`, the second half for the
* answers. Null for other lines and protocols, and for what was never answered.
*/
function readFlow(line) {
	const [, protocol, state = ""] = /^(tcp|udp)\s+\d+\s+\d+\s+([A-Z_]+)?/.exec(line) ?? [];
	if (protocol !== "tcp" && protocol !== "udp") return null;
	const of = (key) => [...line.matchAll(new RegExp(`\\b${key}=(\\S+)`, "g"))].map((match) => match[1]);
	const [address] = of("dst");
	const [from] = of("sport");
	const port = Number(of("dport")[0]);
	const bytes = of("bytes").map(Number);
	if (address === void 0 || from === void 0 || !Number.isInteger(port) || state.startsWith("SYN")) return null;
	return {
		key: `${protocol} ${from} ${address} ${port}`,
		address,
		port,
		protocol,
		out: bytes[0] ?? 0,
		in: bytes[1] ?? 0,
		over: protocol === "tcp" && OVER.has(state)
	};
}
/** Compares one look at the table with the one before. */
var Flows = class {
	#live = /* @__PURE__ */ new Map();
	#told = /* @__PURE__ */ new Set();
	get live() {
		return this.#live.size;
	}
	/** What ended since the last look; `end` tells of all that is left too. */
	look(table, end = false) {
		const ended = [];
		const seen = /* @__PURE__ */ new Set();
		const finish = (flow) => {
			this.#live.delete(flow.key);
			this.#told.add(flow.key);
			ended.push(flow);
		};
		for (const flow of table) {
			seen.add(flow.key);
			if (this.#told.has(flow.key)) continue;
			this.#live.set(flow.key, flow);
			if (flow.over || end) finish(flow);
		}
		for (const flow of this.#live.values()) if (!seen.has(flow.key)) finish(flow);
		for (const key of this.#told) if (!seen.has(key)) this.#told.delete(key);
		return ended;
	}
};
// electron/gateway/packet-log.ts
/** Attribute types of nfnetlink_log.h. */
var PAYLOAD = 9;
var PREFIX = 10;
var VERDICTS = [
	"allowed",
	"denied",
	"crowded"
];
var PROTOCOLS = {
	6: "tcp",
	17: "udp",
	1: "icmp",
	58: "icmp"
};
/** In the form of RFC 5952, as every other program writes it: the longest run of zeros is left out. */
function ipv6(bytes) {
	const text = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(":");
	const longest = (text.match(/\b0(?::0)+\b/g) ?? []).reduce((best, run) => run.length > best.length ? run : best, "");
	return longest === "" ? text : text.replace(new RegExp(`:?\\b${longest}\\b:?`), "::");
}
/** Destination of an IP packet; null for what is none. */
function destination(packet) {
	const version = (packet[0] ?? 0) >> 4;
	if (version === 4 && packet.length >= 20) {
		const protocol = PROTOCOLS[packet[9]] ?? "other";
		const header = (packet[0] & 15) * 4;
		return {
			protocol,
			address: packet.subarray(16, 20).join("."),
			...portsAt(packet, header, protocol)
		};
	}
	if (version === 6 && packet.length >= 40) {
		const protocol = PROTOCOLS[packet[6]] ?? "other";
		return {
			protocol,
			address: ipv6(packet.subarray(24, 40)),
			...portsAt(packet, 40, protocol)
		};
	}
	return null;
}
function portsAt(packet, header, protocol) {
	return (protocol === "tcp" || protocol === "udp") && packet.length >= header + 4 ? {
		from: packet.readUInt16BE(header),
		port: packet.readUInt16BE(header + 2)
	} : {
		from: null,
		port: null
	};
}
/** One logged packet: a family byte, version, resource id, then attributes padded to four bytes. */
function readLogged(bytes) {
	let prefix = "";
	let payload = null;
	for (let at = 4; at + 4 <= bytes.length;) {
		const length = bytes.readUInt16LE(at);
		if (length < 4 || at + length > bytes.length) return null;
		const type = bytes.readUInt16LE(at + 2) & 32767;
		const content = bytes.subarray(at + 4, at + length);
		if (type === PREFIX) prefix = content.toString("latin1").replace(/\0.*$/s, "");
		if (type === PAYLOAD) payload = content;
		at += length + 3 & -4;
	}
	const verdict = VERDICTS.find((word) => word === prefix);
	const to = payload === null ? null : destination(payload);
	return verdict && to ? {
		verdict,
		...to
	} : null;
}
// electron/gateway/packets/log-socket.ts
/** What the filter logs, packet by packet, as the kernel tells it (NET-3). */
/** Of nfnetlink_log.h. */
var [PACKET, CONFIG] = [0, 1];
var [COMMAND, MODE, BUFFER_SIZE] = [
	1,
	2,
	3
];
var BIND = 1;
var COPY_PACKET = 2;
function config(group, attributes, sequence) {
	return encodeMessage({
		type: SUBSYSTEM.log << 8 | CONFIG,
		flags: FLAGS.request | FLAGS.acknowledge,
		family: 0,
		resource: group,
		attributes,
		sequence
	});
}
/** Calls back with one logged packet after another. Throws when the kernel has no such log. */
function openLog(number, group, snaplen, onPacket) {
	const socket = new KernelSocket(number);
	const mode = [MODE, Buffer.concat([be32(snaplen), Buffer.from([COPY_PACKET, 0])])];
	socket.ask((sequence) => config(group, [[COMMAND, Buffer.from([BIND])]], sequence));
	socket.ask((sequence) => config(group, [mode], sequence));
	socket.ask((sequence) => config(group, [[BUFFER_SIZE, be32(65536)]], sequence));
	socket.listen(({ type, body }) => {
		if (type === (SUBSYSTEM.log << 8 | PACKET)) onPacket(body);
	}, config(group, [mode], 0));
}
// electron/gateway/watch.ts
/** Everything that the packet filter saw, and how many bytes passed (NET-3). */
/** Attempts that are alike become one message within this time, ms. */
var TOGETHER_MS = 20;
var TRAFFIC_MS = 250;
var FLOWS_MS = 500;
var PASSED_MAX = 16384;
/** The log is read to its end when nothing came for so long, ms. */
var QUIET_MS = 100;
var LAST_MS = 1500;
/** From the table of UDP sockets: what the one at 127.0.0.53:53 had no room for. */
function lookupsDropped(table) {
	return Number(/^\s*\d+: 3500007F:0035 .*\s(\d+)\s*$/m.exec(table)?.[1] ?? 0);
}
var FAMILIES = ["ipv4", "ipv6"];
var Watch = class {
	#names;
	#relayed;
	#behind;
	#onOver;
	#send;
	#waiting = /* @__PURE__ */ new Map();
	#flows = new Flows();
	/** Connections that the filter let pass; the agent's own are not among them. */
	#passed = /* @__PURE__ */ new Map();
	#direct = false;
	/** What the log told, to hold against the filter's own counters. */
	#logged = { ...NO_COUNTS };
	#lastCounts = NO_COUNTS;
	#compared = "";
	#loggedAt = 0;
	/** Calls that core was asked about, by the script's port and the far end; the question's number tells who it was. */
	#asked = /* @__PURE__ */ new Map();
	#pending = false;
	#working = false;
	/** Something went out over IPv6. */
	#six = false;
	#said = "";
	#unasked = 0;
	/** Lookups that the kernel dropped before the agent read them. */
	#overrun = 0;
	constructor({ names, relayed, behind, onOver, send }) {
		this.#names = names;
		this.#relayed = relayed;
		this.#behind = behind;
		this.#onOver = onOver;
		this.#send = send;
	}
	/** A lookup was refused without asking core. */
	unasked() {
		this.#unasked++;
	}
	/** The filter's events arrive. */
	get working() {
		return this.#working;
	}
	begin() {
		this.#working = this.#log();
		setInterval(() => void this.#traffic(), TRAFFIC_MS).unref();
		setInterval(() => {
			this.#look(false);
			this.#compare();
			this.#lookups();
		}, FLOWS_MS).unref();
	}
	/** Tells everything that is held back, connections that are still open included. */
	async settle() {
		await this.#look(true);
		const counts = await this.counts();
		const behind = () => COUNTED.some((verdict) => this.#logged[verdict] < counts[verdict]);
		const begun = performance.now();
		while (behind() && performance.now() - Math.max(begun, this.#loggedAt) < QUIET_MS) {
			if (performance.now() - begun > LAST_MS) break;
			await setTimeout$1(10);
		}
		this.#flush();
		this.#lost(counts);
		await this.#lookups();
	}
	/** Tells of lookups that nobody answered for, whether they were read or not. */
	async #lookups() {
		const dropped = lookupsDropped(await readFile("/proc/net/udp", "utf8").catch(() => ""));
		const count = this.#unasked + Math.max(0, dropped - this.#overrun);
		this.#unasked = 0;
		this.#overrun = Math.max(dropped, this.#overrun);
		if (count > 0) this.#send({
			type: "unasked",
			count
		});
	}
	#log() {
		const sockets = inherited(process.env);
		if (sockets === null) return false;
		try {
			openLog(sockets.log, 5, 96, (bytes) => {
				const packet = readLogged(bytes);
				if (packet) this.#packet(packet);
			});
			return true;
		} catch {
			return false;
		}
	}
	#packet(packet) {
		this.#logged[packet.verdict]++;
		this.#loggedAt = performance.now();
		if (packet.verdict === "allowed") this.#granted(packet);
		const name = this.#names.behind(packet.address);
		const { verdict, protocol, from, address, port } = packet;
		const ends = `${protocol} ${from} ${address} ${port}`;
		const asked = this.#asked.get(ends);
		if (asked !== void 0) {
			this.#asked.delete(ends);
			return this.#report(packet, name, 1, asked);
		}
		if (!this.#pending) {
			this.#pending = true;
			setTimeout(() => this.#flush(), TOGETHER_MS);
			return this.#report(packet, name, 1);
		}
		const key = `${verdict} ${address} ${port} ${protocol} ${name}`;
		const known = this.#waiting.get(key);
		if (known) known.count++;
		else this.#waiting.set(key, {
			packet,
			name,
			count: 1
		});
	}
	#flush() {
		this.#pending = false;
		for (const { packet, name, count } of this.#waiting.values()) this.#report(packet, name, count);
		this.#waiting.clear();
	}
	#report(packet, name, count, asked = null) {
		const { verdict, address, port, protocol } = packet;
		const to = verdict === "allowed" ? this.#behind(address, port) : null;
		this.#send({
			type: "packets",
			verdict,
			address,
			to,
			port,
			protocol,
			name,
			count,
			asked
		});
	}
	/** Core was asked about this call, and it may go out: the log tells what became of it. */
	expect({ from, address, port }, question) {
		this.#asked.set(`tcp ${from} ${address} ${port}`, question);
		if (this.#asked.size > PASSED_MAX) this.#asked.delete(this.#asked.keys().next().value);
	}
	/** Says nothing of the end of this connection. */
	forget({ from, address, port }) {
		this.#passed.delete(`tcp ${from} ${address} ${port}`);
	}
	#granted({ protocol, from, address, port }) {
		this.#direct = true;
		this.#six ||= address.includes(":");
		const begun = {
			name: this.#names.behind(address),
			to: this.#behind(address, port),
			at: performance.now()
		};
		this.#passed.set(`${protocol} ${from} ${address} ${port}`, begun);
		if (this.#passed.size > PASSED_MAX) this.#passed.delete(this.#passed.keys().next().value);
	}
	async #look(end) {
		if (!this.#direct && this.#flows.live === 0) return;
		this.#direct = false;
		const table = (await Promise.all(FAMILIES.slice(0, this.#six ? 2 : 1).map((family) => run("conntrack", [
			"-L",
			"-f",
			family
		]).catch(() => "")))).join("\n").split("\n").flatMap((line) => readFlow(line) ?? []).filter(({ key }) => this.#passed.has(key));
		const now = performance.now();
		for (const { key, address, port, protocol, in: received, out } of this.#flows.look(table, end)) {
			const { name = null, to = null, at = now } = this.#passed.get(key) ?? {};
			if (protocol === "tcp") this.#onOver({
				from: Number(key.split(" ")[1]),
				address,
				port
			});
			const duration = Math.round(now - at);
			this.#send({
				type: "flow",
				name,
				address: to ?? address,
				port,
				protocol,
				in: received,
				out,
				duration
			});
		}
	}
	/** The filter's own counters. */
	async counts() {
		return readCounts(await run("nft", [
			"list",
			"counters",
			"table",
			"inet",
			TABLE
		]).catch(() => ""));
	}
	/** Only what was counted before the last look can be late no more, and only when the log is read to its end. */
	async #compare() {
		const seen = JSON.stringify(this.#logged);
		if (seen === this.#compared) return;
		this.#compared = seen;
		const before = this.#lastCounts;
		this.#lastCounts = await this.counts();
		if (performance.now() - this.#loggedAt > QUIET_MS) this.#lost(before);
	}
	/** Tells of packets that the log lost. */
	#lost(counts) {
		for (const verdict of COUNTED) {
			const lost = counts[verdict] - this.#logged[verdict];
			if (lost <= 0) continue;
			this.#logged[verdict] += lost;
			this.#send({
				type: "packets",
				verdict,
				address: "",
				port: null,
				protocol: "other",
				name: null,
				count: lost
			});
		}
	}
	async #traffic() {
		const table = await readFile("/proc/net/dev", "utf8").catch(() => "");
		const numbers = /^\s*eth0:\s*(.*)$/m.exec(table)?.[1]?.trim().split(/\s+/).map(Number);
		const counts = {
			in: numbers?.[0] ?? 0,
			out: numbers?.[8] ?? 0,
			connections: this.#relayed() + this.#flows.live
		};
		const text = JSON.stringify(counts);
		if (text === this.#said) return;
		this.#said = text;
		this.#send({
			type: "traffic",
			...counts
		});
	}
};
// electron/gateway/agent.ts
/** The agent of one gateway: carries out what core decides, reports everything, and closes with core (NET-2, NET-3). */
/** Addresses stay open a little longer than the script may remember them. */
var PIN_SLACK_S = 5;
/** The agent's own pins; core decides about each call anyway. */
var OWN_PIN_S = 60;
/** A queue that works refuses the agent's own call much sooner. */
var PROBE_MS = 500;
/** A way out over IPv6: a default route through a device. */
async function hasRoute6() {
	const table = await readFile("/proc/net/ipv6_route", "latin1").catch(() => "");
	return /^0{32} 00 .* (?!lo$)\S+$/m.test(table);
}
var Agent = class {
	#core;
	#names = new Names();
	#relay;
	#watch;
	/** Until when an address is in a set: `SET ADDRESS` → milliseconds of this process. */
	#pins = /* @__PURE__ */ new Map();
	#filter = Promise.resolve();
	#relayed = [];
	#config = null;
	#carrying = null;
	#begun = false;
	constructor() {
		this.#core = new CoreLink((message) => {
			if (message.type === "ping") this.#core.send({ type: "pong" });
			else if (message.type === "settle") this.#settle().finally(() => this.#core.send({ type: "settled" }));
			else this.#configure(message.id, message.config);
		});
		const send = (message) => this.#core.send(message);
		this.#relay = new Relay({
			names: this.#names,
			open: (name, port) => this.#core.open(name, port),
			pin: (addresses) => this.#pin([PINNED], addresses, OWN_PIN_S),
			report: send
		});
		this.#watch = new Watch({
			names: this.#names,
			relayed: () => this.#relay.live,
			behind: (address, port) => this.#carrying?.behind(address, port) ?? null,
			onOver: ({ from, address, port }) => this.#carrying?.inspector.forget(from, address, port),
			send
		});
		send({ type: "up" });
	}
	async #settle() {
		if (this.#carrying === null && this.#relay.used) await this.#relay.settle();
		await this.#watch.settle();
	}
	async #configure(id, given) {
		try {
			this.#relayed.push(...given.relayed.filter((port) => !this.#relayed.includes(port)));
			const config = {
				...given,
				relayed: [...this.#relayed]
			};
			const first = !this.#begun;
			const rates = this.#config?.download !== config.download || this.#config?.upload !== config.upload;
			this.#config = config;
			this.#carrying?.stale();
			const limiting = rates || first ? limitRates(config.download, config.upload, !first) : Promise.resolve(true);
			const counts = first ? NO_COUNTS : await this.#watch.counts();
			if (first && config.inKernel && config.mode === "restricted") await this.#carry(config);
			if (this.#carrying === null) await this.#relay.listen(config.relayed);
			if (!first || this.#carrying === null) await this.#load(config, counts);
			if (first) await this.#begin();
			const limited = await limiting;
			const ipv6 = config.ipv6 && await hasRoute6();
			const { working: events } = this.#watch;
			this.#core.send({
				type: "configured",
				id,
				rates: limited,
				events,
				ipv6,
				carrier: this.#carrier
			});
		} catch (failure) {
			this.#core.send({
				type: "failed",
				id,
				why: String(failure).slice(0, 1500)
			});
		}
	}
	get #carrier() {
		return this.#carrying === null ? "relay" : "kernel";
	}
	#load(config, counts, before = "") {
		return this.#commit(() => {
			const targets = this.#carrying?.targets() ?? [];
			return before + filterText(config, {
				carrier: this.#carrier,
				pins: this.#livePins(config),
				targets,
				counts
			});
		}).finally(() => this.#carrying?.inspector.renew());
	}
	/** Leaves named hosts to the kernel if it can hand over what is said to them, which is tried. */
	async #carry(config) {
		const sockets = inherited(process.env);
		if (sockets === null) return;
		const queue = new PacketQueue(sockets);
		const carrying = new Carrying({
			queue,
			names: this.#names,
			open: (name, port, onAsked) => this.#core.open(name, port, onAsked),
			listed: (port) => this.#config?.relayed.includes(port) ?? false,
			alone: (change) => this.#alone(change),
			report: (event) => this.#core.send(event),
			told: (call) => this.#watch.forget(call),
			expect: (call, question) => this.#watch.expect(call, question)
		});
		this.#carrying = carrying;
		try {
			await this.#load(config, NO_COUNTS, queueText());
			let seen = false;
			queue.begin(QUEUE_CHAINS, (packet) => {
				if (this.#begun) return carrying.inspector.look(packet);
				seen = true;
				return {
					mark: SEEN.refused,
					packet: null
				};
			});
			await this.#call();
			if (seen) return;
		} catch {}
		this.#carrying = null;
		await this.#commit(noQueueText);
	}
	/** Calls an address that no name has: refused by who looks, or by nobody. */
	#call() {
		return new Promise((resolve) => {
			const socket = connect({
				host: PROBE_ADDRESS,
				port: 9
			});
			socket.setTimeout(PROBE_MS, () => socket.destroy());
			socket.on("error", () => {});
			socket.once("close", () => resolve());
		});
	}
	/** Only once the filter stands. */
	async #begin() {
		this.#begun = true;
		if (this.#carrying === null) await run("ip", [
			"route",
			"replace",
			"local",
			NAMES_RANGE,
			"dev",
			"lo"
		]);
		await serveDns({
			core: this.#core,
			unasked: () => this.#watch.unasked(),
			names: this.#names,
			pin: (named, addresses, seconds) => this.#pin(named.map(namedSet), addresses, seconds + PIN_SLACK_S)
		});
		this.#watch.begin();
	}
	/** One change of the filter at a time. */
	#commit(text) {
		return this.#alone(() => run("nft", ["-f", "-"], text()));
	}
	#alone(change) {
		const next = this.#filter.then(change);
		this.#filter = next.catch(() => {});
		return next;
	}
	#livePins(config) {
		const sets = /* @__PURE__ */ new Set([PINNED, ...config.named.map(({ id }) => namedSet(id))]);
		const now = performance.now();
		const pins = [];
		for (const [key, until] of this.#pins) {
			const [set = "", address = ""] = key.split(" ");
			if (until <= now) this.#pins.delete(key);
			else if (sets.has(set)) pins.push({
				set,
				address,
				seconds: (until - now) / 1e3
			});
		}
		return pins;
	}
	async #pin(sets, addresses, seconds) {
		const now = performance.now();
		const pins = sets.flatMap((set) => addresses.map((address) => ({
			set,
			address,
			seconds
		}))).filter(({ set, address }) => (this.#pins.get(`${set} ${address}`) ?? 0) < now + seconds * 1e3 / 2);
		if (pins.length === 0) return await this.#filter.then(() => {});
		for (const { set, address } of pins) this.#pins.set(`${set} ${address}`, now + seconds * 1e3);
		await this.#commit(() => pinText(pins)).catch(() => {});
	}
};
// electron/gateway/main.ts
/** Starts the agent; everything else happens on its line to core. */
process.env["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
process.on("uncaughtException", () => process.exit(1));
process.on("unhandledRejection", () => process.exit(1));
new Agent();
export {};
