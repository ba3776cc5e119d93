import { fullFormats } from 'ajv-formats/dist/formats'
import type Ajv from './ajv.ts'

/** Stands in for the plugin that gives Ajv its formats; the formats themselves are the real ones. */
export default function addFormats(ajv: Ajv): Ajv {
  for (const [name, format] of Object.entries(fullFormats)) ajv.addFormat(name, format)
  return ajv
}
