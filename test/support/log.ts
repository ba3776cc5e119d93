import { env } from 'cloudflare:workers'
import { vi } from 'vitest'

type Append = (
  segments: readonly Uint8Array[],
  options: { readonly urgent: boolean },
) => Promise<{ readonly state: string }>

/** The tests' bindings, but with `append` for every Intake's; R2 is real. */
export function withLog(append: (intake: string) => Append): Env {
  const getByName = (intake: string) => ({ append: append(intake) })
  return { ...env, INTAKE: { getByName } as unknown as Env['INTAKE'] } // all that callers use
}

/** An `append` that answers only when the test says so; what it was given is in its calls. */
export function heldAppend() {
  const answers: ((state: string) => void)[] = []
  const append = vi.fn<Append>(
    () => new Promise((resolve) => answers.push((state) => resolve({ state }))),
  )
  return { append, answerNext: (state = 'durable') => answers.shift()?.(state) }
}

/** The bytes of all objects in the spool of an Intake. */
export async function readSpool(intake: string): Promise<Uint8Array[]> {
  const { objects } = await env.ARCHIVE.list({ prefix: `spool/${intake}/` })
  const bodies = objects.map(async ({ key }) => (await env.ARCHIVE.get(key))?.arrayBuffer())
  return (await Promise.all(bodies)).map((body) => new Uint8Array(body ?? new ArrayBuffer()))
}
