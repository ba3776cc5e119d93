import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Younger folders may belong to another run from the same checkout. */
const LEFTOVER_AGE_MS = 3_600_000

/** Removes the build folders that killed runs of wrangler left in a checkout. */
export function removeLeftovers(root: string): void {
  const folder = join(root, '.wrangler/tmp')
  for (const name of listFolder(folder)) {
    const path = join(folder, name)
    const ageMs = Date.now() - statSync(path).mtimeMs
    if (ageMs > LEFTOVER_AGE_MS) rmSync(path, { recursive: true, force: true })
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // wrangler has never run here
  }
}
