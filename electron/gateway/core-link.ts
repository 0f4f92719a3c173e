/** The agent's line to core: one JSON document a line on stdin and stdout. */
import type { FromGateway, ToGateway } from '../../shared/domain/gateway.ts';

type Answer = Extract<ToGateway, { type: 'answer' }>;
type Opened = Extract<ToGateway, { type: 'opened' }>;
type Question = Extract<FromGateway, { type: 'lookup' | 'open' }>;

/** Core answers within milliseconds, or not at all any more. */
const PATIENCE_MS = 8000;

export class CoreLink {
  readonly #onMessage: (message: Exclude<ToGateway, Answer | Opened>) => void;
  readonly #waiting = new Map<number, (answer: Answer | Opened | null) => void>();
  #next = 1;
  #rest = '';

  constructor(onMessage: (message: Exclude<ToGateway, Answer | Opened>) => void) {
    this.#onMessage = onMessage;
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (text: string) => this.#take(text));
    // Without core nothing may be decided: the namespace closes with us.
    process.stdin.on('end', () => process.exit(0));
    process.stdin.on('error', () => process.exit(0));
    process.stdout.on('error', () => process.exit(0));
  }

  send(message: FromGateway): void {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  }

  async lookup(name: string, kind: string): Promise<Answer | null> {
    const answer = await this.#ask({ type: 'lookup', id: this.#next++, name, kind });
    return answer?.type === 'answer' ? answer : null;
  }

  /**
   * The addresses to connect to and for how many seconds; none when core refuses or does not answer. With `onAsked` the
   * filter tells of the call when it is allowed, by the number of this question.
   */
  async open(
    name: string,
    port: number,
    onAsked?: (question: number) => void,
  ): Promise<{ readonly addresses: readonly string[]; readonly ttl: number }> {
    const id = this.#next++;
    onAsked?.(id);
    const answer = await this.#ask({ type: 'open', id, name, port, told: onAsked !== undefined });
    return answer?.type === 'opened' ? answer : { addresses: [], ttl: 0 };
  }

  #ask(question: Question): Promise<Answer | Opened | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(null), PATIENCE_MS);
      const settle = (answer: Answer | Opened | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(question.id);
        resolve(answer);
      };
      this.#waiting.set(question.id, settle);
      this.send(question);
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') continue;
      const message = JSON.parse(line) as ToGateway;
      if (message.type === 'answer' || message.type === 'opened') this.#waiting.get(message.id)?.(message);
      else this.#onMessage(message);
    }
  }
}
