import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runStep, type Step } from '../../scripts/build/run-step.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-build-'))
  write('package-lock.json', '{}')
  write('scripts/build/run-step.ts', '')
  write('source/one.ts', '1')
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const step: Step = {
  name: 'letters',
  inputs: ['source/*.ts'],
  outputs: ['generated/letters'],
  run: async () => {
    write('generated/letters/a.js', 'a')
    return '1 letter'
  },
}

describe('a build step', () => {
  it('runs once and is skipped while nothing changes', async () => {
    expect(await runStep(step, root)).toBe('letters: 1 letter')
    expect(await runStep(step, root)).toBeNull()
  })

  it.each([
    ['the lock file changes', () => write('package-lock.json', '{"a":1}')],
    ['an input changes', () => write('source/one.ts', '2')],
    ['an input appears', () => write('source/two.ts', '2')],
    ['its output is gone', () => rmSync(join(root, 'generated/letters'), { recursive: true })],
  ])('runs again when %s', async (_case, change) => {
    await runStep(step, root)
    change()
    expect(await runStep(step, root)).toBe('letters: 1 letter')
  })

  it('removes what an earlier build left in its folder, and nothing beside it', async () => {
    write('generated/letters/old.js', 'old')
    write('generated/numbers/1.js', '1')
    await runStep(step, root)
    expect(existsSync(join(root, 'generated/letters/old.js'))).toBe(false)
    expect(existsSync(join(root, 'generated/numbers/1.js'))).toBe(true)
  })

  it('runs again after a run that broke off half-way', async () => {
    await runStep(step, root)
    write('source/one.ts', '2')
    const broken = async () => {
      write('generated/letters/a.js', 'half')
      throw new Error('killed')
    }
    await expect(runStep({ ...step, run: broken }, root)).rejects.toThrow('killed')
    write('source/one.ts', '1')
    expect(await runStep(step, root)).toBe('letters: 1 letter')
  })

  it('refuses an input that does not exist', async () => {
    const typo = { ...step, inputs: ['sauce/*.ts'] }
    await expect(runStep(typo, root)).rejects.toThrow('build input sauce/*.ts is missing')
  })
})

it('the build of this project prints nothing when everything is current', async () => {
  const build = () =>
    promisify(execFile)(process.execPath, [resolve(import.meta.dirname, '../../scripts/build.ts')])
  await build()
  expect(await build()).toEqual({ stdout: '', stderr: '' })
}, 60_000)
