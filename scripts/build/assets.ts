import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from './run-step.ts'

const SDK = 'node_modules/@segment/analytics-next/dist/umd'
const OUTPUT = 'generated/assets'
const FOLDER = 'analytics-next'
/** What the webpack runtime in standalone.js asks for, below `bundles/`. */
const BUNDLE = /^[\w-]+\.bundle\.[0-9a-f]{20}\.js$/
const SOURCE_MAP_COMMENT = /\n?\/\/# sourceMappingURL=\S+\s*$/

// A bundle's name holds the hash of its content; standalone.js keeps its name across releases.
const HEADERS = `/${FOLDER}/bundles/*
  Cache-Control: public, max-age=31536000, immutable

/${FOLDER}/standalone.js
  Cache-Control: public, max-age=300
`

/** The build step for Segment's browser SDK, served first-party as static files. */
export const assets: Step = {
  name: 'assets',
  inputs: ['scripts/build/assets.ts'],
  outputs: [`${OUTPUT}/${FOLDER}`, `${OUTPUT}/_headers`],
  run: async (root) => copySdk(join(root, SDK), join(root, OUTPUT)),
}

function copySdk(from: string, to: string): string {
  const bundles = readdirSync(from).filter((name) => BUNDLE.test(name))
  if (bundles.length === 0) throw new Error(`no bundles in ${SDK}`)
  mkdirSync(join(to, FOLDER, 'bundles'), { recursive: true })
  copyScript(join(from, 'standalone.js'), join(to, FOLDER, 'standalone.js'))
  for (const name of bundles) copyScript(join(from, name), join(to, FOLDER, 'bundles', name))
  writeFileSync(join(to, '_headers'), HEADERS)
  return `analytics.js and its ${bundles.length} bundles`
}

function copyScript(from: string, to: string): void {
  writeFileSync(to, readFileSync(from, 'utf8').replace(SOURCE_MAP_COMMENT, '\n'))
}
