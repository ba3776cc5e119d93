import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'

const ROOT = join(import.meta.dirname, '../..')

/** What wrangler reads out of wrangler.toml, as far as workerd needs it. */
interface ReadConfig {
  readonly compatibility_date: string
  readonly compatibility_flags: readonly string[]
  readonly vars: Readonly<Record<string, unknown>>
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[]
  }
}

/** The catalogue's modules as they are, as texts of the same size, or not at all. */
export type CatalogAs = 'esModule' | 'text' | null

/** A configuration of workerd for what a deployment would upload, in the text form of Cap'n Proto. */
export function writeConfig(upload: string, catalogAs: CatalogAs): string {
  const config: ReadConfig = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') })
  const folder = 'generated/catalog'
  const paths = readdirSync(join(upload, folder)).map((name) => `${folder}/${name}`)
  const catalog = paths.map((path) => `(name="${path}",${catalogAs}=embed "${path}")`)
  const main = '(name="index.js",esModule=embed "index.js")'
  const modules = [main, ...(catalogAs === null ? [] : catalog)]
  const variables = Object.entries(config.vars).map(
    ([name, value]) => `(name="${name}",text="${value}")`,
  )
  const objects = config.durable_objects.bindings.map(({ class_name }) => class_name)
  const bindings = config.durable_objects.bindings.map(
    ({ name, class_name }) => `(name="${name}",durableObjectNamespace="${class_name}")`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name="main",worker = .main)],
  sockets = [(name="http",service="main",http=())],
);
const main :Workerd.Worker = (
  compatibilityDate = "${config.compatibility_date}",
  compatibilityFlags = [${config.compatibility_flags.map((flag) => `"${flag}"`)}],
  modules = [${modules}],
  bindings = [${[...variables, ...bindings]}],
  durableObjectNamespaces = [${objects.map((name) => `(className="${name}",uniqueKey="${name}",enableSql=true)`)}],
  durableObjectStorage = (inMemory=void),
);
`
}
