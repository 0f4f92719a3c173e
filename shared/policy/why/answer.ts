/** "Would this be allowed?", answered by the rules that are enforced (POL-9). Pure. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import { capability, env, syscall } from './kernel.ts';
import { cpu, memory, openFiles, output, processes, wallTime } from './limits.ts';
import { connect, listen, lookup } from './network.ts';
import { file } from './paths.ts';
import type { Question } from './question.ts';
import type { Answer, WhyContext } from './reply.ts';

/** Yes, no, or what it depends on; with the line of the policy that decided and the tier that it came from. */
export function answer(question: Question, policy: EffectivePolicy, context: WhyContext): Answer {
  switch (question.kind) {
    case 'connect':
      return connect(policy, question, context);
    case 'lookup':
      return lookup(policy, question.name, context);
    case 'listen':
      return listen(policy, question.port, context);
    case 'read':
    case 'execute':
      return file(policy, question.kind, question.path, null, context);
    case 'write':
      return file(policy, 'write', question.path, question.bytes, context);
    case 'memory':
      return memory(policy, question.bytes);
    case 'output':
      return output(policy, question.bytes);
    case 'cpu':
      return cpu(policy, question.percent);
    case 'run':
      return wallTime(policy, question.ms);
    case 'processes':
      return processes(policy, question.count, context);
    case 'open-files':
      return openFiles(policy, question.count);
    case 'syscall':
      return syscall(policy, question.name, context);
    case 'capability':
      return capability(policy, question.name);
    case 'env':
      return env(policy, question.name, context);
  }
}
