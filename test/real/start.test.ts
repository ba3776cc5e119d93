import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { descendantsOf, isAlive } from '../../scripts/local/process-tree.ts'
import { newPlace, type StartedMillrace, startMillrace } from './support/started-millrace.ts'

const running: StartedMillrace[] = []
async function start(...[place, command]: Parameters<typeof startMillrace>) {
  const millrace = await startMillrace(place, command)
  running.push(millrace)
  return millrace
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.end('SIGKILL')))
})

const readyLines = ({ output }: StartedMillrace) => output().match(/Millrace is ready.*/g)
const family = ({ process: { pid = 0 } }: StartedMillrace) => [pid, ...descendantsOf(pid)]

describe('npm start', () => {
  it('prints one line when it is ready, and nothing else that a newcomer would worry about', async () => {
    const place = await newPlace()
    await (await start(place)).end('SIGINT')
    const millrace = await start(place) // the first start may have built something
    expect(readyLines(millrace)).toEqual([`Millrace is ready at http://127.0.0.1:${place.port}`])
    const ownLines = millrace
      .output()
      .split('\n')
      .filter((line) => line !== '' && !/^> /.test(line))
    expect(ownLines).toEqual([`Millrace is ready at http://127.0.0.1:${place.port}`])
  })

  it('ends with 0 after Ctrl-C and leaves no process', async () => {
    // Without npm: its shell ends by the signal itself, whatever the script makes of it.
    const command = ['node', 'scripts/with-node.mjs', 'scripts/start.ts'] as const
    const millrace = await start(await newPlace(), command)
    const pids = family(millrace)
    expect(pids.length).toBeGreaterThan(4)
    expect(await millrace.end('SIGINT')).toBe(0)
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])
  })

  it('refuses a second start on the same state folder, in one clear line', async () => {
    const place = await newPlace()
    await start(place)
    const other = await newPlace()
    const second = await start({ ...other, stateDir: place.stateDir })
    expect(await second.end('SIGKILL')).toBe(1)
    expect(second.output()).toContain(
      `millrace: another Millrace runs on the state folder ${place.stateDir}\n`,
    )
  })

  it.each([0, 1])('refuses a taken port (PORT + %i), in one clear line', async (offset) => {
    const place = await newPlace()
    const squatter = createServer().listen(place.port + offset, '127.0.0.1')
    await once(squatter, 'listening')
    const millrace = await start(place)
    expect(await millrace.end('SIGKILL')).toBe(1)
    expect(millrace.output()).toContain(
      `millrace: port ${place.port + offset} is taken; set PORT to another\n`,
    )
    squatter.close()
  })

  it('refuses a state folder that it cannot use, by its name', async () => {
    const place = await newPlace()
    const stateDir = join(place.stateDir, 'a-file')
    writeFileSync(stateDir, '')
    const millrace = await start({ ...place, stateDir })
    expect(await millrace.end('SIGKILL')).toBe(1)
    expect(millrace.output()).toContain(`millrace: STATE_DIR ${stateDir} cannot be made: `)
  })

  it('refuses a PORT that is none, by its name', async () => {
    const millrace = await start({ ...(await newPlace()), port: 99_999 })
    expect(await millrace.end('SIGKILL')).toBe(1)
    expect(millrace.output()).toContain('millrace: PORT is "99999"')
  })

  it.each([
    ['start', /node\0.*scripts\/start\.ts/],
    ['wrangler', /wrangler-dist\/cli\.js\0dev/],
    ['keeper', /scripts\/local\/keeper\.ts/],
  ])('leaves no workerd behind when %s alone is killed', async (_, pattern) => {
    const place = await newPlace()
    const millrace = await start(place)
    const pids = family(millrace)
    const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    const victim = pids.find(
      (pid) => pattern.test(commandOf(pid)) && !/with-node/.test(commandOf(pid)),
    )
    expect(victim).toBeGreaterThan(0)
    process.kill(victim ?? 0, 'SIGKILL')
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])
    expect(readyLines(await start(place))).toHaveLength(1)
  })
})
