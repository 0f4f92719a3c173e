import { describe, expect, it } from 'vitest';
import { MIB } from '../../lib/units.ts';
import { cliExitCode, verdict, type EndFacts } from './verdict.ts';

const facts = (more: Partial<EndFacts>): EndFacts => ({
  stopped: false,
  breach: null,
  failure: null,
  exitCode: 0,
  signal: null,
  oomKills: 0,
  sandboxEnded: false,
  memoryLimit: 64 * MIB,
  wallLimit: 60_000,
  rule: (field) => `${field} (untrusted)`,
  ...more,
});

describe('verdict (RUN-7)', () => {
  it('calls it out of memory when the kernel killed the first process for memory', () => {
    const end = verdict(facts({ exitCode: 137, signal: 9, oomKills: 1 }));
    expect(end).toMatchObject({ outcome: 'out-of-memory', rule: 'resources.memory (untrusted)' });
    expect(end.reason).toContain('64 MiB');
    expect(end.suggestions[0]?.set).toEqual({ 'resources.memory': '128 MiB' });
    expect(cliExitCode(end)).toBe(137);
  });

  it('does not call it out of memory when only a child was killed and the script went on', () => {
    expect(verdict(facts({ exitCode: 0, oomKills: 3 })).outcome).toBe('succeeded');
    expect(verdict(facts({ exitCode: 1, oomKills: 3 })).outcome).toBe('failed');
  });

  it('does not believe a faked 137, with or without a killed child', () => {
    expect(verdict(facts({ exitCode: 137, signal: null, oomKills: 0 }))).toMatchObject({
      outcome: 'failed',
      exitCode: 137,
    });
    expect(verdict(facts({ exitCode: 137, signal: null, oomKills: 1 }))).toMatchObject({
      outcome: 'failed',
      exitCode: 137,
    });
    expect(cliExitCode(verdict(facts({ exitCode: 137 })))).toBe(137);
  });

  it('falls back to exit code and kernel count together where signals are not told', () => {
    expect(verdict(facts({ exitCode: 137, signal: undefined, oomKills: 1 })).outcome).toBe('out-of-memory');
    expect(verdict(facts({ exitCode: 137, signal: undefined, oomKills: 0 })).outcome).toBe('failed');
    expect(verdict(facts({ exitCode: null, signal: undefined, oomKills: 1, sandboxEnded: true })).outcome).toBe(
      'out-of-memory',
    );
  });

  it('names the limit when we ended the run', () => {
    const wall = verdict(
      facts({ breach: { kind: 'wall-time', field: 'resources.wall_time', limit: 60_000 }, signal: 15, exitCode: 143 }),
    );
    expect(wall).toMatchObject({ outcome: 'timed-out', exitCode: null, rule: 'resources.wall_time (untrusted)' });
    expect(cliExitCode(wall)).toBe(124);
    const output = verdict(
      facts({ breach: { kind: 'output', field: 'resources.output', limit: MIB }, signal: 9, exitCode: 137 }),
    );
    expect(cliExitCode(output)).toBe(123);
  });

  it('keeps cancelled, lost and broken apart from the script failing', () => {
    expect(cliExitCode(verdict(facts({ stopped: true, signal: 15, exitCode: 143 })))).toBe(130);
    const lost = verdict(facts({ failure: { kind: 'engine-lost', message: 'gone', next: 'wait' }, exitCode: null }));
    expect([lost.outcome, cliExitCode(lost)]).toEqual(['engine-lost', 125]);
    expect(verdict(facts({ exitCode: null })).outcome).toBe('engine-error');
  });

  it('says which signal ended a script and passes on what a shell would (HOST-4)', () => {
    const end = verdict(facts({ signal: 11, exitCode: 139 }));
    expect(end).toMatchObject({ outcome: 'failed', exitCode: 139 });
    expect(cliExitCode(end)).toBe(139);
    expect(end.reason).toContain('SIGSEGV');
  });
});
