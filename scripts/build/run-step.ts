import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One part of the build; all paths are relative to the project's folder. */
export interface Step {
  readonly name: string
  /** Glob patterns of the files that the outputs are made of, beside the lock file. */
  readonly inputs: readonly string[]
  /** Files and folders that this step alone writes; they are removed before it runs. */
  readonly outputs: readonly string[]
  /** Writes the outputs and says in a few words what was built. */
  readonly run: (root: string) => Promise<string>
}

const ALWAYS_INPUTS = ['package-lock.json', 'scripts/build/run-step.ts']

/** Runs a step unless its outputs are current; gives its line for the terminal, or null if skipped. */
export async function runStep(step: Step, root: string): Promise<string | null> {
  const stamp = join(root, 'generated/.stamps', step.name)
  const inputs = hashInputs(step, root)
  const outputs = step.outputs.map((path) => join(root, path))
  if (readStamp(stamp) === inputs && outputs.every((path) => existsSync(path))) return null
  // The stamp goes first and comes back last: a build that was killed in between is done again.
  for (const path of [stamp, ...outputs]) rmSync(path, { recursive: true, force: true })
  const built = await step.run(root)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, inputs)
  return `${step.name}: ${built}`
}

function readStamp(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function hashInputs({ inputs }: Step, root: string): string {
  const hash = createHash('sha256')
  for (const pattern of [...ALWAYS_INPUTS, ...inputs]) {
    const paths = globSync(pattern, { cwd: root }).sort()
    if (paths.length === 0) throw new Error(`build input ${pattern} is missing`)
    for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}
