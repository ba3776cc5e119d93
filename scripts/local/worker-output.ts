import type { ChildProcess } from 'node:child_process'

/** What a Worker's process prints: held back until it is ready, shown from then on. */
export class WorkerOutput {
  #held = ''
  #isShown = false

  constructor({ stdout, stderr }: ChildProcess) {
    for (const stream of [stdout, stderr]) stream?.on('data', (data) => this.#take(String(data)))
  }

  /** What was held back: the reason, when a Worker does not start. */
  get held(): string {
    return this.#held
  }

  show(): void {
    this.#isShown = true
  }

  /** Holds back again: what is printed while it stops worries nobody. */
  hide(): void {
    this.#isShown = false
  }

  #take(text: string): void {
    if (this.#isShown) process.stderr.write(text)
    else this.#held += text
  }
}
