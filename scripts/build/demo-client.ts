import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Step } from './run-step.ts'

const ENTRY = 'worker/console/demo/client.ts'
const OUTPUT = 'generated/demo-client.ts'

/** The build step for the demo page's script: a text in a module, because it is no public asset. */
export const demoClient: Step = {
  name: 'demo-client',
  inputs: [
    'scripts/build/demo-client.ts',
    'worker/console/demo/client*.ts',
    'worker/console/demo/products.ts',
  ],
  outputs: [OUTPUT],
  run: bundle,
}

async function bundle(root: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, ENTRY)],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.text ?? ''
  const module = `// Built by scripts/build/demo-client.ts\nexport const demoClient = ${JSON.stringify(script)}\n`
  writeFileSync(join(root, OUTPUT), module)
  return `${Math.round(script.length / 1024)} kB`
}
