import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CATALOG, EXCLUDED, listDestinations } from '../../scripts/build/destinations.ts'

const root = resolve(import.meta.dirname, '../..')

describe('the list of destinations', () => {
  const folder = join(root, 'node_modules', CATALOG)
  const listed = listDestinations(root)

  // 213 = 217 folders, less `example`, which is empty, and the excluded ones. Two of them have no
  // id: the catalogue knows them by no other name than their folder. Without `noop`, which does
  // nothing, and without the one that needs the undeclared package xml-js it would be 211 and 209.
  it('holds every folder of the catalogue that has a definition, but for the excluded', () => {
    const folders = readdirSync(folder).filter((name) => !name.startsWith('index.'))
    expect(folders).toHaveLength(217)
    expect(listed).toHaveLength(213)
    expect(folders.filter((name) => !listed.includes(name)).sort()).toEqual([
      'example',
      'kafka',
      'liveramp-audiences',
      'sftp',
    ])
  })

  it('excludes with a reason those that need the packages replaced by an empty one', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(overrides).toMatchObject({
      kafkajs: 'npm:empty-npm-package@1.0.0',
      'ssh2-sftp-client': 'npm:empty-npm-package@1.0.0',
    })
    const users = new Set<string>()
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.js') || /test/.test(path)) continue
      const text = readFileSync(join(folder, path), 'utf8')
      if (/require\("(kafkajs|ssh2-sftp-client)"\)/.test(text)) users.add(path.split('/')[0] ?? '')
    }
    expect([...users].sort()).toEqual(Object.keys(EXCLUDED).sort())
    for (const reason of Object.values(EXCLUDED)) expect(reason).toMatch(/empty package$/)
  })

  it('has an id in the catalogue for 211 of them', () => {
    const index = readFileSync(join(folder, 'index.js'), 'utf8')
    const known = new Set(
      [...index.matchAll(/^register\('[0-9a-f]{24}', '\.\/(.+)'\);$/gm)].map(([, key]) => key),
    )
    expect(known.size).toBe(214)
    expect(listed.filter((key) => known.has(key))).toHaveLength(211)
    expect(listed.filter((key) => !known.has(key))).toEqual(['bing-ads-audiences', 'criteo'])
  })
})
