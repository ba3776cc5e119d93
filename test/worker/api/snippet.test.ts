import { reset } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import { bearer, localApp } from '../../support/app.ts'
import { Collector } from '../../support/collector.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

afterEach(() => reset())

const LOCAL = 'http://127.0.0.1:8787'
const token = bearer('local-admin-token')
const ask = async (query: string) => {
  const url = `${LOCAL}/api/sources/local-website/snippet${query}`
  const response = await localApp(url, { headers: token })
  return response.json<{ data: { snippet: { for: string; code: string } } }>()
}
const code = async (kind: string) => (await ask(`?for=${kind}`)).data.snippet.code

describe('GET /api/sources/{id}/snippet', () => {
  it('gives a page one script, under the prefix of the name that was asked', async () => {
    const html = await code('html')
    expect(html).toMatch(/^<script>\n[\s\S]*\n<\/script>\n$/)
    expect(html).toContain(`s.src="${LOCAL}/x7k/local-write-key-0000000000000000.js"`)
    expect(html).not.toMatch(/segment|https:/)
    expect(await ask('')).toEqual({ data: { snippet: { for: 'html', code: html } } })
  })

  it('gives npm the settings inside, without apiKey and with the key in the path', async () => {
    const npm = await code('npm')
    expect(npm).toContain('"apiHost": "127.0.0.1:8787/x7k/k/local-write-key-0000000000000000"')
    expect(npm).toContain('"cdnURL": "http://127.0.0.1:8787/x7k"')
    expect(npm).not.toMatch(/apiKey|globalPrivacyControl/)
  })

  it('gives a server the host', async () => {
    expect(await code('node')).toContain(
      `writeKey: "local-write-key-0000000000000000",\n  host: "${LOCAL}",`,
    )
  })

  it('gives npm the signals of privacy, where its source honours them', async () => {
    const workspace = new TestWorkspace()
    workspace.has(source({ honoursOptOut: true }))
    const response = await new Collector(workspace).api('/sources/shop/snippet?for=npm')
    expect(await response.text()).toContain('navigator.globalPrivacyControl === true')
  })

  it.each([
    ['/api/sources/local-website/snippet?for=fax', 400],
    ['/api/sources/nobody/snippet', 404],
  ])('refuses %s with %i', async (path, status) => {
    expect((await localApp(`${LOCAL}${path}`, { headers: token })).status).toBe(status)
  })

  it.each([
    ['html', 400],
    ['npm', 400],
    ['node', 200],
  ])(
    'puts a key that only servers may have on no page: for=%s is answered with %i',
    async (kind, status) => {
      const workspace = new TestWorkspace()
      workspace.has(source({ hasSecretKeys: true }))
      const response = await new Collector(workspace).api(`/sources/shop/snippet?for=${kind}`)
      expect(response.status).toBe(status)
    },
  )

  it('asks for the token', async () => {
    expect((await localApp(`${LOCAL}/api/sources/local-website/snippet`)).status).toBe(401)
  })
})
