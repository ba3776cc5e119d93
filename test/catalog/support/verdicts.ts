import type { JSONObject } from '@segment/actions-core'
import type { CatalogModule } from '../../../queues/catalog/module.ts'

/** A destination as the build or the catalogue itself has it. */
export type Catalog = Pick<CatalogModule, 'Destination' | 'definition'>

/** What validation makes of an input: what the action would get, or why it would not. */
export type Verdict = { readonly accepted: JSONObject } | { readonly refused: string }

/** A destination whose actions give their payload back instead of sending it. */
export class Validation {
  readonly #destination: InstanceType<CatalogModule['Destination']>

  constructor({ Destination, definition }: Catalog) {
    const actions = Object.fromEntries(
      Object.entries(definition.actions).map(([key, action]) => [
        key,
        { ...action, perform: (_request: unknown, { payload }: { payload: unknown }) => payload },
      ]),
    )
    const silent = { ...definition, actions, extendRequest: undefined }
    this.#destination = new Destination(silent as unknown as Catalog['definition'])
  }

  get actions() {
    return this.#destination.actions
  }

  get settingsSchema() {
    return this.#destination.settingsSchema
  }

  settings(input: JSONObject): Promise<Verdict> {
    return judge(async () => {
      this.#destination.validateSettings(input as never)
      return input
    })
  }

  payload(action: string, mapping: JSONObject): Promise<Verdict> {
    const data = { type: 'track', event: 'Seen', messageId: 'm1' } as const
    const bundle = { data, mapping, settings: {}, auth: { accessToken: '', refreshToken: '' } }
    return judge(async () => {
      const results = await this.#destination.actions[action]?.execute(bundle)
      return results?.at(-1)?.data as JSONObject // what `perform` gave back
    })
  }
}

async function judge(run: () => Promise<JSONObject>): Promise<Verdict> {
  try {
    return { accepted: await run() }
  } catch (error) {
    return { refused: String(error) }
  }
}
