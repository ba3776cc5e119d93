import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePrefix } from '../../worker/deployment.ts'
import type { Step } from './run-step.ts'
import { applyPatches, PATCHES } from './sdk-patches.ts'

const SDK = 'node_modules/@segment/analytics-next/dist/umd'
const ASSETS = 'generated/assets'
const SCRIPT = 'generated/sdk-template.ts'
/** What the webpack runtime in standalone.js asks for: its name, its number in the patched one. */
const BUNDLE = /^(?<name>[\w-]+)\.bundle\.(?<hash>[0-9a-f]{20})\.js$/
const CHUNK_ID = /\.push\(\[\[(\d+)\]/
const SOURCE_MAP_COMMENT = /\n?\/\/# sourceMappingURL=\S+\s*$/
/** Reads `ajs_*` of a link; it goes into the script, where it costs no request. */
const QUERY_CHUNK = '538'

/** The build step for analytics.js: the script's template for the Worker, its chunks as static files. */
export const sdk: Step = {
  name: 'sdk',
  inputs: [
    'scripts/build/sdk.ts',
    'scripts/build/sdk-patches.ts',
    'worker/deployment.ts',
    'wrangler.toml',
  ],
  outputs: [ASSETS, SCRIPT],
  run: async (root) => buildSdk(root, readPrefix(root)),
}

function buildSdk(root: string, prefix: string): string {
  const chunks = readChunks(join(root, SDK))
  const query = chunks.find(({ id }) => id === QUERY_CHUNK)
  if (query === undefined) throw new Error(`no chunk ${QUERY_CHUNK} in ${SDK}`)
  const standalone = readFileSync(join(root, SDK, 'standalone.js'), 'utf8')
  const assets = join(root, ASSETS)
  mkdirSync(join(assets, prefix), { recursive: true })
  mkdirSync(join(assets, 'analytics-next/bundles'), { recursive: true })
  for (const { id, name, hash, text } of chunks) {
    writeFileSync(join(assets, prefix, `${id}.${hash}.js`), text)
    writeFileSync(join(assets, 'analytics-next/bundles', `${name}.bundle.${hash}.js`), text)
  }
  writeFileSync(join(assets, '_headers'), headers(prefix))
  writeTemplate(join(root, SCRIPT), `${wrap(query.text)}${applyPatches(standalone, PATCHES)}`)
  return `analytics.js and its ${chunks.length} chunks, under /${prefix}`
}

interface Chunk {
  readonly id: string
  readonly name: string
  readonly hash: string
  readonly text: string
}

function readChunks(folder: string): Chunk[] {
  const chunks = readdirSync(folder).flatMap((file) => {
    const { name, hash } = BUNDLE.exec(file)?.groups ?? {}
    if (name === undefined || hash === undefined) return []
    const text = readFileSync(join(folder, file), 'utf8').replace(SOURCE_MAP_COMMENT, '\n')
    const id = CHUNK_ID.exec(text)?.[1]
    if (id === undefined) throw new Error(`${file} pushes no chunk`)
    return [{ id, name, hash, text }]
  })
  if (chunks.length === 0) throw new Error(`no chunks in ${SDK}`)
  return chunks
}

/** A function of its own: its `"use strict"` must not reach the script after it. */
const wrap = (chunk: string) => `!function(){${chunk.trim()}}();`

function writeTemplate(path: string, template: string): void {
  const head = '// Built by scripts/build/sdk.ts\n'
  writeFileSync(path, `${head}export const sdkTemplate = ${JSON.stringify(template)}\n`)
}

/** Static files lie where the deployment's one variable says; what is read is what the Worker reads. */
export function readPrefix(root: string): string {
  const toml = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const [, prefix] = /^PATH_PREFIX\s*=\s*["']([^"']*)["']/m.exec(toml) ?? []
  if (prefix === undefined && /^PATH_PREFIX\b/m.test(toml)) {
    throw new Error('PATH_PREFIX in wrangler.toml is no text in quotes')
  }
  return parsePrefix({ PATH_PREFIX: prefix })
}

// A chunk's name holds the hash of its content.
const headers = (prefix: string) =>
  [`/${prefix}/*.js`, '/analytics-next/bundles/*']
    .map((path) =>
      [
        path,
        '  Cache-Control: public, max-age=31536000, immutable',
        '  Access-Control-Allow-Origin: *',
        '  Cross-Origin-Resource-Policy: cross-origin',
        '',
      ].join('\n'),
    )
    .join('\n')
