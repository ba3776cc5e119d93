import { type JsonObject, readObject, readText } from './client-journey.ts'
import { formatPrice } from './products.ts'

const ANONYMOUS_SHOWN = 6
const FIELDS_SHOWN = 2

/** What an event is called: the name of a track, the type of the others. */
export function nameEvent(event: JsonObject): string {
  return readText(event, 'event') ?? readText(event, 'name') ?? capitalize(readType(event))
}

export const readType = (event: JsonObject): string => readText(event, 'type') ?? 'event'

/** Who did it: the user id, or a stranger's first characters. */
export function nameWho(event: JsonObject): string {
  const userId = readText(event, 'userId')
  if (userId !== null) return userId
  const anonymousId = readText(event, 'anonymousId')
  return anonymousId === null ? '' : `visitor ${anonymousId.slice(0, ANONYMOUS_SHOWN)}`
}

/** The most telling part of an event, in a few words. */
export function describeEvent(event: JsonObject): string {
  const traits = readObject(event, 'traits')
  const properties = readObject(event, 'properties')
  switch (readType(event)) {
    case 'identify':
    case 'group':
      return readText(traits, 'name') ?? readText(traits, 'email') ?? listFields(traits)
    case 'page':
      return readText(properties, 'path') ?? ''
    default:
      return describeProperties(properties)
  }
}

function describeProperties(properties: JsonObject): string {
  const { products, price, value, revenue } = properties
  const amount = [price, revenue, value].find((each) => typeof each === 'number')
  const priced = typeof amount === 'number' ? formatPrice(amount) : null
  const subject = readText(properties, 'name') ?? countProducts(products)
  if (subject === null) return listFields(properties)
  return priced === null ? subject : `${subject}, ${priced}`
}

function countProducts(products: unknown): string | null {
  if (!Array.isArray(products)) return null
  return products.length === 1 ? '1 product' : `${products.length} products`
}

function listFields(fields: JsonObject): string {
  return Object.entries(fields)
    .filter(([, value]) => typeof value !== 'object')
    .slice(0, FIELDS_SHOWN)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
