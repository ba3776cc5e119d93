import * as chunk from './chunk.ts'
import * as log from './log.ts'
import * as routing from './routing.ts'
import type { Twin } from './twin.ts'

/** Every fault that the model must find. */
export const PLANTED: readonly Twin[] = [log, chunk, routing].flatMap((faults) =>
  Object.values(faults),
)
