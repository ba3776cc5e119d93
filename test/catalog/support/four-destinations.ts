import type {
  DestinationConfig,
  Subscription,
} from '../../../durable-objects/workspace/snapshot.ts'
import type { Call } from './generate-events.ts'
import { core, loadPlain } from './plain-catalog.ts'

type Json = Subscription['mapping']

/** An action under its default mapping, where no preset of the destination takes a call. */
interface Further {
  readonly action: string
  readonly calls: readonly Call[]
  /** Fields that have no default. */
  readonly mapping?: Json
}

const ALL_CALLS: readonly Call[] = ['track', 'identify', 'page', 'screen', 'group', 'alias']

/** Destinations set up by their own presets and default mappings, so that each of the six calls is sent. */
export const FOUR_DESTINATIONS: readonly DestinationConfig[] = [
  configure('webhook', { sharedSecret: 'secret' }, [
    {
      action: 'send',
      calls: ALL_CALLS,
      mapping: {
        url: 'https://hook.example/in?a=1',
        headers: { 'X-Name': { '@path': '$.messageId' }, Authorization: 'Bearer t' },
      },
    },
  ]),
  configure('slack', {}, [
    {
      action: 'postToChannel',
      calls: ALL_CALLS,
      mapping: {
        url: 'https://hooks.slack.com/services/T/B/x',
        text: { '@template': '{{type}} by {{userId}}: {{event}}{{name}} {{traits.text}}' },
      },
    },
  ]),
  configure('mixpanel', { projectToken: 'token', apiSecret: 'secret', apiRegion: 'EU 🇪🇺' }, [
    { action: 'alias', calls: ['alias'] },
    { action: 'incrementProperties', calls: ['track'], mapping: { increment: { Seen: 1 } } },
  ]),
  configure('amplitude', { apiKey: 'key', secretKey: 'secret', endpoint: 'north_america' }, [
    { action: 'mapUser', calls: ['alias'] },
    {
      action: 'groupIdentifyUser',
      calls: ['group'],
      mapping: { group_type: 'company', group_value: { '@path': '$.groupId' } },
    },
  ]),
]

function configure(key: string, settings: Json, further: readonly Further[]): DestinationConfig {
  const { actions, presets = [] } = loadPlain(key)
  const preset = presets.flatMap((each) =>
    each.type === 'automatic' && each.partnerAction in actions
      ? [subscribe(each.partnerAction, each.subscribe, each.mapping)]
      : [],
  )
  const others = further.map(({ action, calls, mapping }) => {
    const trigger = calls.map((call) => `type = "${call}"`).join(' or ')
    const defaults = core.defaultValues(actions[action]?.fields ?? {})
    return subscribe(action, trigger, { ...defaults, ...mapping })
  })
  return {
    id: `test-${key}`,
    sourceId: 'test',
    name: key,
    enabled: true,
    catalogKey: key,
    settings,
    subscriptions: [...preset, ...others],
  }
}

function subscribe(action: string, trigger: string, mapping: unknown): Subscription {
  const id = `${action} ${trigger}`
  return { id, name: id, enabled: true, action, trigger, mapping: mapping as Json } // JSON by its type
}
