import { describe, expect, it } from 'vitest';
import type { PlannedStep, WorkflowPlan } from '#shared/domain/workflow.ts';
import { draftAgain, draftOf, launchOf, standsInTheWay } from './draft.ts';
import { flowFilesOf, hasWorkflows } from './recognise.ts';

const SOURCE = { name: 'flow.yaml', text: 'workflows: {}\n', files: [] };

describe('recognising a file with workflows', () => {
  it.each([
    ['workflows:\n  a: {}\n', true],
    ['# mine\n"workflows" : {}\n', true],
    ['jobs:\n  workflows: 1\n', false],
    ['#!/bin/bash\nworkflows: 1\n', false],
    ['print("workflows:")\n', false],
  ])('%j: %s (WF-1)', (text, wanted) => expect(hasWorkflows(text)).toBe(wanted));

  it('looks at YAML files at the top alone, and at what was pasted', () => {
    const text = 'workflows:\n';
    expect(flowFilesOf(new Map([['flow.yaml', text]]))).toEqual(['flow.yaml']);
    expect(
      flowFilesOf(
        new Map([
          ['b.yml', text],
          ['a.yaml', text],
          ['x.py', 'pass'],
        ]),
      ),
    ).toEqual(['a.yaml', 'b.yml']);
    expect(
      flowFilesOf(
        new Map([
          ['.circleci/config.yml', text],
          ['notes.txt', text],
          ['c.yaml', null],
        ]),
      ),
    ).toEqual([]);
    expect(flowFilesOf(new Map([['pasted', text]]))).toEqual(['pasted']);
  });
});

describe('the draft of a workflow', () => {
  it('carries what was typed, and nothing that was not (WF-1)', () => {
    const draft = {
      ...draftOf(SOURCE),
      workflow: 'a',
      input: '{"n": 1}',
      variables: [{ id: 1, name: 'currency', value: '"EUR"' }],
      env: [
        { id: 2, name: '', value: '' },
        { id: 3, name: 'LOG', value: 'debug' },
      ],
      secrets: { TOKEN: 's', EMPTY: '' },
    };
    expect(launchOf(draft)).toEqual({
      name: 'flow.yaml',
      text: SOURCE.text,
      files: [],
      workflow: 'a',
      env: { LOG: 'debug' },
      secrets: { TOKEN: 's' },
      input: { n: 1 },
      variables: { currency: 'EUR' },
    });
    expect(launchOf({ ...draft, input: '{' })).toBeNull();
    expect(launchOf({ ...draft, env: [{ id: 2, name: '', value: 'x' }] })).toBeNull();
  });

  it('opens an earlier start with everything that it was given but its secrets (WF-1)', () => {
    const launch = {
      name: 'flow.yaml',
      text: SOURCE.text,
      files: [{ path: 'sum.py', content: 'cHJpbnQoMSk=' }],
      workflow: 'a',
      folder: '/home/me/flows',
      project: { path: '/home/me/flows/bellglass.yaml', text: 'trust_level: limited\n' },
      trust: 'limited' as const,
      set: { 'resources.wall_time': '2s' },
      input: [1, null, 'x'],
      variables: { currency: 'EUR', rates: { a: 1 } },
      env: { LOG: ' debug' },
    };
    expect(launchOf(draftAgain(launch))).toEqual({ ...launch, secrets: {} });
    expect(launchOf(draftAgain(SOURCE))).toEqual(launchOf(draftOf(SOURCE)));
  });

  it('says in one sentence why it cannot start', () => {
    const plan: WorkflowPlan = {
      names: ['a', 'b'],
      workflow: null,
      description: '',
      order: 'list',
      steps: [],
      problems: [],
      warnings: [],
      secrets: ['TOKEN'],
      file: null,
    };
    const refused = { refusal: 'Too much memory.' } as PlannedStep;
    expect(standsInTheWay({ ...plan, problems: [{ message: 'no' }] }, { secrets: {} })).toBe('The file has a mistake.');
    expect(standsInTheWay(plan, { secrets: {} })).toBe('Choose which workflow to run.');
    const chosen = { ...plan, workflow: 'a' };
    expect(standsInTheWay({ ...chosen, steps: [refused, refused] }, { secrets: {} })).toBe('2 steps would be refused.');
    expect(standsInTheWay(chosen, { secrets: { TOKEN: '' } })).toBe('The secret TOKEN is missing.');
    expect(standsInTheWay(chosen, { secrets: { TOKEN: 'x' } })).toBeNull();
  });
});
