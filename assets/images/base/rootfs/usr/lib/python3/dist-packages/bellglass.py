"""Data in and out of a run: what it was started with, and what it gives back.

    import bellglass
    bellglass.output({"sum": sum(bellglass.input() or [])})
"""
import json as _json
import os as _os
import time as _time

__all__ = ["input", "output", "get_variable", "set_variable", "set_condition", "event"]

_DATA = _os.environ.get("BELLGLASS_DATA_DIR", "/workspace/data")
_OUTPUT = _os.environ.get("BELLGLASS_OUTPUT_DIR", "/workspace/output")
_EVENT_BYTES = 16 * 1024
_EVENTS_BYTES = 4 * 1024 * 1024
_COUNTED = 1024 * 1024


def _read(path, absent):
    try:
        with open(path, encoding="utf-8") as file:
            return _json.load(file)
    except FileNotFoundError:
        return absent


def _text(value):
    return _json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _write(name, value):
    text = _text(value).encode("utf-8")
    _os.makedirs(_OUTPUT, exist_ok=True)
    part = _os.path.join(_OUTPUT, f".bellglass-{name}-{_os.getpid()}-{_time.monotonic_ns()}")
    try:
        with open(part, "xb") as file:
            file.write(text)
        _os.replace(part, _os.path.join(_OUTPUT, name))
    except BaseException:
        try:
            _os.unlink(part)
        except OSError:
            pass
        raise


def _check_name(name):
    if not isinstance(name, str) or name == "":
        raise ValueError("a name is a text that is not empty")


def input():
    """The run's input; None when it has none."""
    return _read(_os.path.join(_DATA, "input.json"), None)


def output(value):
    """Gives a JSON value back; the last one counts."""
    _write("output.json", value)


def get_variable(name, default=None):
    """The variable as this run set it, else as it was given, else the default."""
    _check_name(name)
    own = _read(_os.path.join(_OUTPUT, "variables.json"), {})
    if name in own:
        return own[name]
    return _read(_os.path.join(_DATA, "variables.json"), {}).get(name, default)


def set_variable(name, value):
    """Gives a variable back: any JSON value."""
    _check_name(name)
    _text(value)
    _os.makedirs(_OUTPUT, exist_ok=True)
    lock = _os.path.join(_OUTPUT, ".bellglass-lock")
    until = _time.monotonic() + 5
    while True:
        try:
            _os.close(_os.open(lock, _os.O_CREAT | _os.O_EXCL | _os.O_WRONLY))
            break
        except FileExistsError:
            # Its owner was killed.
            if _time.monotonic() > until:
                break
            _time.sleep(0.002)
    try:
        own = _read(_os.path.join(_OUTPUT, "variables.json"), {})
        own[name] = value
        _write("variables.json", own)
    finally:
        try:
            _os.unlink(lock)
        except OSError:
            pass


def set_condition(result):
    """Says whether the condition that this run decides holds."""
    if not isinstance(result, bool):
        raise TypeError("a condition is True or False")
    _write("condition.json", {"result": result})


def _append(name, text, limit):
    file = _os.open(_os.path.join(_OUTPUT, name), _os.O_WRONLY | _os.O_APPEND | _os.O_CREAT, 0o644)
    try:
        if _os.fstat(file).st_size + len(text) > limit:
            return False
        return _os.write(file, text) == len(text)
    except OSError:
        return False
    finally:
        _os.close(file)


def event(name, data=None):
    """Tells something while the run goes on. False when it was only counted: too large, or too many."""
    _check_name(name)
    line = _text({"name": name, "at": int(_time.time() * 1000), "data": data}).encode("utf-8") + b"\n"
    _os.makedirs(_OUTPUT, exist_ok=True)
    if len(line) <= _EVENT_BYTES and _append("events.jsonl", line, _EVENTS_BYTES):
        return True
    _append(".bellglass-lost", b".", _COUNTED)
    return False
