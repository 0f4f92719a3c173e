/** Times as the Run view writes them. */

const two = (value: number): string => String(value).padStart(2, '0');

/** Milliseconds as `00:12`, from an hour on as `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

/** Milliseconds as `00:12.3`. */
export function tenthClock(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  return `${clock(tenths * 100)}.${tenths % 10}`;
}

/** Milliseconds since the start of something as `00:12.345`; before it with a minus. */
export function exactClock(ms: number): string {
  const size = Math.abs(Math.round(ms));
  return `${ms < 0 ? '−' : ''}${clock(size)}.${String(size % 1000).padStart(3, '0')}`;
}

/** Epoch milliseconds as local `12:04:11.204`. */
export function timeOfDay(epochMs: number): string {
  const date = new Date(epochMs);
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
