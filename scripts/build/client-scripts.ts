import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Step } from './run-step.ts'

/** The build step for the demo page's script. */
export const demoClient = clientScript({
  name: 'demo-client',
  constant: 'demoClient',
  entry: 'worker/console/demo/client.ts',
  inputs: [
    'worker/console/demo/client*.ts',
    'worker/console/demo/products.ts',
    'worker/console/live/client*.ts',
  ],
})

/** The build step for the live page's script. */
export const liveClient = clientScript({
  name: 'live-client',
  constant: 'liveClient',
  entry: 'worker/console/live/client.ts',
  inputs: [
    'worker/console/live/client*.ts',
    'worker/console/demo/client*.ts',
    'worker/console/demo/products.ts',
  ],
})

interface ClientScript {
  readonly name: string
  readonly constant: string
  readonly entry: string
  readonly inputs: readonly string[]
}

/** A page's script becomes a text in a module, because it is no public asset. */
function clientScript({ name, constant, entry, inputs }: ClientScript): Step {
  const output = `generated/${name}.ts`
  return {
    name,
    inputs: ['scripts/build/client-scripts.ts', ...inputs],
    outputs: [output],
    run: async (root) => {
      const script = await bundle(join(root, entry))
      const head = '// Built by scripts/build/client-scripts.ts\n'
      const module = `${head}export const ${constant} = ${JSON.stringify(script)}\n`
      writeFileSync(join(root, output), module)
      return `${Math.round(script.length / 1024)} kB`
    },
  }
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
